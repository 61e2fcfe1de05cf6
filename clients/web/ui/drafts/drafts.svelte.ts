// The state of the list of drafts.

import { commitDraft, discardDraft } from "../../core/drafts";
import type { Outcome } from "../../core/fault";
import { Keeper } from "../../core/keeper";
import { explain } from "../../core/messages";
import { listDrafts, type Listed } from "../../core/shelf";
import type { App } from "../app.svelte";

export class Drafts {
  /** The drafts, the last changed first; undefined until the device has said so. */
  list: readonly Listed[] | undefined = $state.raw();
  trouble = $state("");
  /** The one that is asked about. */
  asked = $state("");
  readonly #app: App;
  #turn = 0;

  constructor(app: App) {
    this.#app = app;
  }

  async read(): Promise<void> {
    const turn = (this.#turn += 1);
    const outcome = await listDrafts(this.#app.page.door);
    if (turn === this.#turn) {
      this.list = outcome.ok ? outcome.value : this.list;
      this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    }
  }

  async discard(id: string): Promise<void> {
    await this.#done(await discardDraft(this.#app.page.door, id), id);
  }

  /** Its words are an entry, or will be: the draft goes. */
  async putAway(id: string): Promise<void> {
    await this.#done(await commitDraft(this.#app.page.door, id, false), id);
  }

  async #done(outcome: Outcome<unknown>, id: string): Promise<void> {
    this.asked = "";
    if (outcome.ok) {
      // Whoever still held words of it here has nothing to bring any more.
      this.#app.holders.all.forEach((holder) => holder instanceof Keeper && holder.piece.id === id && holder.end());
    }
    await this.read();
    this.trouble = outcome.ok ? this.trouble : explain(outcome.fault, this.#app.say);
  }
}
