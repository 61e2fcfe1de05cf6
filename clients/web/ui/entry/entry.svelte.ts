// An entry that's read: what's shown is the last answer, and what was done to it is said where it was done.

import { today } from "../../core/day";
import { commitDraft, discardDraft, isSameAside, isSameText } from "../../core/drafts";
import { EntryKind, fromTrash, hasLater, readEntry, readResult, toTrash, type MeasureResult, type Read } from "../../core/entry";
import type { Outcome } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { entry as spoken } from "../../core/messages/entry";
import { changeOf } from "../../core/unfinished";
import type { App } from "../app.svelte";

/** A change to the entry that was begun on this device and isn't finished. */
export interface Begun {
  readonly id: string;
  /** Whether its words are what the entry says now. */
  readonly isShown: boolean;
  /** What keeps it from being in the entry; empty if nothing does. */
  readonly problem: string;
}

export class EntryRead {
  read: Read | undefined = $state.raw();
  /** Of an entry that answers a measure; undefined as long as it isn't known. */
  result: MeasureResult | undefined = $state.raw();
  hasResultFailed = $state(false);
  hasLater = $state(false);
  change: Begun | undefined = $state.raw();
  isBusy = $state(false);
  trouble = $state("");
  news = $state("");
  readonly id: string;
  readonly #app: App;
  #turn = 0;
  #looks = 0;

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
    await this.look();
    if (this.isMeasure) {
      const result = await readResult(door, outcome.value.summary);
      this.result = result.ok ? result.value : undefined;
      this.hasResultFailed = !result.ok;
    } else if (this.isExercise) {
      this.hasLater = await hasLater(door, this.id, today(new Date()));
    }
  }

  /** Looks whether a change to it is unfinished. What can't be told just now stays as it was. */
  async look(): Promise<void> {
    const turn = (this.#looks += 1);
    const outcome = await changeOf(this.#app.page.door, this.id);
    if (turn !== this.#looks || !outcome.ok) {
      return;
    }
    const { read } = this;
    const { piece, problem } = outcome.value ?? {};
    if (!read || !piece) {
      this.change = undefined;
      return;
    }
    const { title, at, people, tags } = read.summary;
    const words = { title, text: read.text, at, people: people.map(({ id }) => id), tags };
    const isShown = isSameText(piece.words, words) && isSameAside(piece.words, words);
    this.change = { id: piece.id, isShown, problem: problem ?? "" };
  }

  async discardChange(): Promise<boolean> {
    const { id } = this.change ?? { id: "" };
    return this.#change(() => discardDraft(this.#app.page.door, id), words(this.#app.say, spoken).unfinished.discarded);
  }

  /** Its words are in the entry already: only the draft goes. */
  async finishChange(): Promise<boolean> {
    const { id } = this.change ?? { id: "" };
    return this.#change(() => commitDraft(this.#app.page.door, id, false), words(this.#app.say, spoken).unfinished.finished);
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
