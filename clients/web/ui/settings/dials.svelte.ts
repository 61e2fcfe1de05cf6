// The settings as something to turn: each is kept by the device before it holds here.

import { explain } from "../../core/messages";
import { setSetting, type Setting } from "../../core/settings";
import type { App } from "../app.svelte";

export class Dials {
  /** The one that is being kept. */
  busy = $state("");
  /** The one that was kept last. */
  kept = $state("");
  /** Which one was refused, and why. */
  refused: { readonly key: string; readonly words: string } = $state.raw({ key: "", words: "" });
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** The setting; undefined where this device doesn't have it. */
  of(key: string): Setting | undefined {
    return this.#app.settings.find((setting) => setting.key === key);
  }

  isOn(key: string): boolean {
    return this.of(key)?.value === "true";
  }

  /** Whether it's kept; where it isn't, why is said beside it. */
  async set(key: string, value: string): Promise<boolean> {
    this.busy = key;
    this.kept = "";
    this.refused = { key: "", words: "" };
    const outcome = await setSetting(this.#app.page.door, key, value);
    this.busy = "";
    if (!outcome.ok) {
      this.refused = { key, words: explain(outcome.fault, this.#app.say) };
      return false;
    }
    await this.#app.readSettings();
    this.kept = key;
    return true;
  }
}
