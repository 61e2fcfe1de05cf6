// The state of Today: what comes up, and what its person doesn't want to see now.

import { today as dayOf } from "../../core/day";
import { explain } from "../../core/messages";
import { readToday, tidyDrafts, type Today } from "../../core/today";
import type { App } from "../app.svelte";

export class Coming {
  /** What comes up; undefined until the device has said so. */
  what: Today | undefined = $state.raw();
  trouble = $state("");
  readonly #app: App;
  #hidden: readonly string[] = $state.raw([]);
  #turn = 0;

  constructor(app: App) {
    this.#app = app;
    this.#hidden = [...app.notNow];
  }

  /** Reads it anew. An older answer doesn't take the place of a newer one. */
  async read(): Promise<void> {
    const turn = (this.#turn += 1);
    const { page, say } = this.#app;
    const outcome = await readToday(page.door, dayOf(new Date()));
    if (turn === this.#turn) {
      this.what = outcome.ok ? outcome.value : this.what;
      this.trouble = outcome.ok ? "" : explain(outcome.fault, say);
    }
  }

  async tidy(): Promise<void> {
    await tidyDrafts(this.#app.page.door, Date.now());
  }

  isShown(id: string): boolean {
    return !this.#hidden.includes(id);
  }

  /** Hides something until the next visit; it stays where it is. */
  hide(id: string): void {
    this.#app.notNow.add(id);
    this.#hidden = [...this.#app.notNow];
  }
}
