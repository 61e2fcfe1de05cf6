// A month with the days that have entries. Whether there's one or ten makes no difference.

import { monthAfter, monthOf, type Day, type Month } from "../../core/civil";
import { today } from "../../core/day";
import { daysOf } from "../../core/days";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

export class Calendar {
  month: Month = $state("");
  days: ReadonlySet<Day> = $state.raw(new Set());
  trouble = $state("");
  readonly #app: App;
  #turn = 0;

  constructor(app: App, month: Month) {
    this.#app = app;
    this.month = month;
  }

  async step(months: number): Promise<void> {
    this.month = monthAfter(this.month, months);
    this.days = new Set();
    await this.read();
  }

  async read(): Promise<void> {
    const turn = (this.#turn += 1);
    const outcome = await daysOf(this.#app.page.door, this.month);
    if (turn !== this.#turn) {
      return;
    }
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (outcome.ok) {
      this.days = new Set(outcome.value);
    }
  }

  forget(): void {
    this.#turn += 1;
    this.month = monthOf(today(new Date()));
    this.days = new Set();
    this.trouble = "";
  }
}
