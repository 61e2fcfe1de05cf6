// A change that takes the passphrase and goes to the server: what can stand in its way first, and what may come of it.

import { isLost, Reason, type Fault, type Outcome } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { renewing } from "../../core/messages/renewing";
import { syncNow } from "../../core/server";
import { isTroubled } from "../../core/syncing";
import type { App } from "../app.svelte";

/** What came of it: `refused` was said where it belongs, and nobody knows of `unknown`. */
export type Came<T> = { readonly kind: "done"; readonly value: T } | { readonly kind: "refused"; readonly reason: Reason } | { readonly kind: "unknown" };

export class Confirm {
  passphrase = $state("");
  isShown = $state(false);
  isBusy = $state(false);
  /** What's wrong with the passphrase, and what else. */
  troublePassphrase = $state("");
  trouble = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  /** Whether this device has a server at all. */
  get hasServer(): boolean {
    return this.#app.stand.kind === "open" && (this.#app.stand.status.sync?.serverUrl ?? "") !== "";
  }

  /** Why the server can't be reached now; empty if it can, as far as this device knows. */
  async reach(): Promise<string> {
    if (this.#app.stand.kind !== "open" || !isTroubled(this.#app.stand.status)) {
      return "";
    }
    const outcome = await syncNow(this.#app.page.door);
    // Whatever takes long is on its way.
    return outcome.ok || outcome.fault.reason === Reason.TIMED_OUT ? "" : explain(outcome.fault, this.#app.say);
  }

  /** Does it, once: undefined where it's under way already or the passphrase is missing. */
  async run<T>(call: (passphrase: string) => Promise<Outcome<T>>): Promise<Came<T> | undefined> {
    if (this.isBusy) {
      return undefined;
    }
    this.trouble = "";
    this.troublePassphrase = this.passphrase === "" ? words(this.#app.say, renewing).emptyPassphrase : "";
    if (this.troublePassphrase) {
      return undefined;
    }
    this.isBusy = true;
    const outcome = await call(this.passphrase);
    this.isBusy = false;
    if (outcome.ok) {
      this.forget();
      return { kind: "done", value: outcome.value };
    }
    return this.#refused(outcome.fault);
  }

  forget(): void {
    this.passphrase = "";
    this.isShown = false;
  }

  #refused(fault: Fault): Came<never> {
    const { reason } = fault;
    if (reason === Reason.OUTCOME_UNKNOWN || isLost(reason)) {
      this.forget();
      return { kind: "unknown" };
    }
    if (reason === Reason.WRONG_PASSPHRASE) {
      this.troublePassphrase = words(this.#app.say, renewing).wrong;
    } else if (reason === Reason.TOO_MANY_TRIES) {
      this.troublePassphrase = explain(fault, this.#app.say);
    } else {
      this.trouble = explain(fault, this.#app.say);
    }
    return { kind: "refused", reason };
  }
}
