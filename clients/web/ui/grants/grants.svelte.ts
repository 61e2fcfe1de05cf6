// The grants as they are, making one, taking one back.

import { createGrant, listGrants, revokeGrant, SCOPES, type Grant, type ScopeName } from "../../core/grants";
import { explain, words } from "../../core/messages";
import { grants } from "../../core/messages/grants";
import type { App } from "../app.svelte";

const DAY_MS = 86_400_000;

/** How long a grant can be given for, in days; 0 for one that doesn't end by itself. */
export const DAYS = [30, 365, 0] as const;

export class Grants {
  all: readonly Grant[] = $state.raw([]);
  trouble = $state("");
  /** Which one may be taken back, by id, if its person says so once more. */
  asked = $state("");
  name = $state("");
  chosen: Record<ScopeName, boolean> = $state({ read: false, write: false, practice: false, share: false, devices: false, admin: false });
  days: (typeof DAYS)[number] = $state(30);
  isBusy = $state(false);
  troubleNew = $state("");
  /** The token of the one just made; empty once its person has it. */
  token = $state("");
  readonly #app: App;
  readonly #now: () => number;

  constructor(app: App, now: () => number = Date.now) {
    this.#app = app;
    this.#now = now;
  }

  async read(): Promise<void> {
    const outcome = await listGrants(this.#app.page.door);
    if (outcome.ok) {
      this.all = outcome.value;
    }
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
  }

  async revoke(id: string): Promise<void> {
    const outcome = await revokeGrant(this.#app.page.door, id);
    this.asked = "";
    await this.read();
    if (!outcome.ok) {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }

  async make(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    const say = words(this.#app.say, grants);
    const scopes = SCOPES.filter((scope) => this.chosen[scope]);
    this.troubleNew = this.name.trim() === "" ? say.missingName : scopes.length === 0 ? say.missingScope : "";
    if (this.troubleNew) {
      return;
    }
    this.isBusy = true;
    const endsMs = this.days === 0 ? undefined : this.#now() + this.days * DAY_MS;
    const outcome = await createGrant(this.#app.page.door, { name: this.name.trim(), scopes, endsMs });
    this.isBusy = false;
    if (!outcome.ok) {
      this.troubleNew = explain(outcome.fault, this.#app.say);
      return;
    }
    this.token = outcome.value;
    this.name = "";
    SCOPES.forEach((scope) => (this.chosen[scope] = false));
    await this.read();
  }

  /** The token leaves the page. */
  forget(): void {
    this.token = "";
  }
}
