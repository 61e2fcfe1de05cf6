// The devices as they are now, and giving one another name.

import { listDevices, renameDevice, type Device } from "../../core/devices";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

export class Devices {
  /** Undefined until they've come. */
  all: readonly Device[] | undefined = $state.raw();
  trouble = $state("");
  /** Which one is being renamed, by id. */
  renaming = $state("");
  name = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  async read(): Promise<void> {
    const outcome = await listDevices(this.#app.page.door);
    if (outcome.ok) {
      this.all = outcome.value;
    }
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
  }

  begin({ id, name }: Device): void {
    this.renaming = id;
    this.name = name;
    this.trouble = "";
  }

  async rename(): Promise<void> {
    const outcome = await renameDevice(this.#app.page.door, this.renaming, this.name.trim());
    if (outcome.ok) {
      this.renaming = "";
      await this.read();
    } else {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }
}
