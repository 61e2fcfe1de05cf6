// Which lines of the plan can be read while the journal is locked.

import { explain, words } from "../../core/messages";
import { taking } from "../../core/messages/taking";
import { listPlanLines, setReadableLines, type PlanLine } from "../../core/plan";
import type { App } from "../app.svelte";

export class Readable {
  lines: readonly PlanLine[] = $state.raw([]);
  warning: readonly string[] = $state.raw([]);
  hasCome = $state(false);
  /** Which lines are ticked, by their place. */
  chosen: boolean[] = $state([]);
  isAgreed = $state(false);
  trouble = $state("");
  news = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Whether a line is ticked that can't be read so far: only that needs the person's word. */
  get opensOne(): boolean {
    return this.lines.some((line, at) => this.chosen[at] === true && !line.readable);
  }

  async read(): Promise<void> {
    const outcome = await listPlanLines(this.#app.page.door);
    this.hasCome = true;
    if (!outcome.ok) {
      this.trouble = explain(outcome.fault, this.#app.say);
      return;
    }
    this.lines = outcome.value.lines;
    this.warning = outcome.value.warning;
    this.chosen = this.lines.map(({ readable }) => readable);
  }

  async keep(): Promise<void> {
    const say = words(this.#app.say, taking).plan;
    this.trouble = this.news = "";
    if (this.opensOne && !this.isAgreed) {
      this.trouble = say.agreeFirst;
      return;
    }
    const chosen = this.lines.filter((_, at) => this.chosen[at]);
    const outcome = await setReadableLines(this.#app.page.door, chosen, this.isAgreed);
    if (!outcome.ok) {
      this.trouble = explain(outcome.fault, this.#app.say);
      return;
    }
    this.isAgreed = false;
    this.news = say.done;
    await this.read();
  }
}
