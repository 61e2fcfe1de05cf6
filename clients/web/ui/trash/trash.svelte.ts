// What's in the trash, and taken back from there.

import { fromTrash } from "../../core/entry";
import type { Found } from "../../core/journal";
import { trashed } from "../../core/trash";
import { explain, words } from "../../core/messages";
import { journal as spoken } from "../../core/messages/journal";
import type { App } from "../app.svelte";

export class Trash {
  found: Found | undefined = $state.raw();
  /** The entry that's being taken back. */
  busy = $state("");
  trouble = $state("");
  news = $state("");
  readonly #app: App;
  #turn = 0;

  constructor(app: App) {
    this.#app = app;
  }

  /** Reads it anew, as far as it was read. */
  async load(): Promise<void> {
    await this.#read(undefined, this.found?.lines.length ?? 1);
  }

  async earlier(): Promise<void> {
    await this.#read(this.found, (this.found?.lines.length ?? 0) + 1);
  }

  async takeBack(id: string, name: string): Promise<void> {
    if (this.busy) {
      return;
    }
    this.busy = id;
    const outcome = await fromTrash(this.#app.page.door, id);
    this.busy = "";
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (outcome.ok) {
      this.news = words(this.#app.say, spoken).bin.tookBack(name);
      await this.load();
    }
  }

  async #read(start: Found | undefined, many: number): Promise<void> {
    const turn = (this.#turn += 1);
    let found = start;
    do {
      const outcome = await trashed(this.#app.page.door, found?.next ?? "");
      if (turn !== this.#turn) {
        return;
      }
      this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
      if (!outcome.ok) {
        return;
      }
      found = { ...outcome.value, lines: [...(found?.lines ?? []), ...outcome.value.lines] };
    } while (found.next !== "" && found.lines.length < many);
    this.found = found;
  }
}
