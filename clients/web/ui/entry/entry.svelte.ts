// An entry that's read: what's shown is the last answer, and what was done to it is said where it was done.

import { today } from "../../core/day";
import { EntryKind, fromTrash, hasLater, readEntry, readResult, toTrash, type MeasureResult, type Read } from "../../core/entry";
import type { Outcome } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { entry as spoken } from "../../core/messages/entry";
import type { App } from "../app.svelte";

export class EntryRead {
  read: Read | undefined = $state.raw();
  /** Of an entry that answers a measure; undefined as long as it isn't known. */
  result: MeasureResult | undefined = $state.raw();
  hasResultFailed = $state(false);
  hasLater = $state(false);
  isBusy = $state(false);
  trouble = $state("");
  news = $state("");
  readonly id: string;
  readonly #app: App;
  #turn = 0;

  constructor(app: App, id: string) {
    this.#app = app;
    this.id = id;
  }

  get isMeasure(): boolean {
    return this.read?.summary.kind === EntryKind.MEASURE;
  }

  get isExercise(): boolean {
    return this.read?.summary.exercise !== undefined && !this.isMeasure;
  }

  /** Reads it, and then what belongs to it. The answer to an earlier question counts no more. */
  async load(): Promise<void> {
    const turn = (this.#turn += 1);
    const { door } = this.#app.page;
    const outcome = await readEntry(door, this.id);
    if (turn !== this.#turn) {
      return;
    }
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (!outcome.ok || !outcome.value) {
      return;
    }
    this.read = outcome.value;
    if (this.isMeasure) {
      const result = await readResult(door, outcome.value.summary);
      this.result = result.ok ? result.value : undefined;
      this.hasResultFailed = !result.ok;
    } else if (this.isExercise) {
      this.hasLater = await hasLater(door, this.id, today(new Date()));
    }
  }

  async toTrash(): Promise<boolean> {
    return this.#change(() => toTrash(this.#app.page.door, this.id), "");
  }

  async takeBack(): Promise<boolean> {
    return this.#change(() => fromTrash(this.#app.page.door, this.id), words(this.#app.say, spoken).tookBack);
  }

  async copy(): Promise<void> {
    const say = words(this.#app.say, spoken);
    try {
      await navigator.clipboard.writeText(this.read?.text ?? "");
      this.news = say.copied;
    } catch {
      this.news = say.notCopied;
    }
  }

  async #change(call: () => Promise<Outcome<unknown>>, news: string): Promise<boolean> {
    if (this.isBusy) {
      return false;
    }
    this.isBusy = true;
    this.news = "";
    const outcome = await call();
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (outcome.ok) {
      this.news = news;
      await this.load();
    }
    return outcome.ok;
  }
}
