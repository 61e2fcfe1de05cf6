// Somebody says that the kit is kept, or that they don't want to be asked: believed once the device has taken it.

import { setUnconfirmed } from "../../core/kit";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

export class Confirming {
  isBusy = $state(false);
  isDone = $state(false);
  trouble = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async settle(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    const outcome = await setUnconfirmed(this.#app.page.door, false);
    this.isBusy = false;
    this.isDone = outcome.ok;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (outcome.ok) {
      await this.#app.readSettings();
    }
  }
}
