// The server of this journal: which it is, setting one, syncing now.

import { Reason } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { devices } from "../../core/messages/devices";
import { getServer, setServer, syncNow, type Server } from "../../core/server";
import type { App } from "../app.svelte";

export class ServerLink {
  server: Server | undefined = $state.raw();
  hasCome = $state(false);
  url = $state("");
  invite = $state("");
  isBusy = $state(false);
  isSyncing = $state(false);
  /** What went wrong with the address, with trusting, with syncing. */
  trouble = $state("");
  troubleSync = $state("");
  /** Whether another identity than the trusted one answered. */
  isOther = $state(false);
  isAgreed = $state(false);
  news = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
  }

  get #say() {
    return words(this.#app.say, devices).server;
  }

  async read(): Promise<void> {
    const outcome = await getServer(this.#app.page.door);
    this.hasCome = true;
    if (outcome.ok) {
      this.server = outcome.value;
    } else {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }

  async set(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.news = this.trouble = "";
    if (this.url.trim() === "") {
      this.trouble = this.#say.missing;
      return;
    }
    if (this.isOther && !this.isAgreed) {
      this.trouble = this.#say.trustFirst;
      return;
    }
    this.isBusy = true;
    const choice = { url: this.url.trim(), invite: this.invite.trim(), acceptIdentity: this.isOther && this.isAgreed };
    const outcome = await setServer(this.#app.page.door, choice);
    this.isBusy = false;
    if (!outcome.ok) {
      this.isOther = outcome.fault.reason === Reason.SERVER_IDENTITY_CHANGED;
      this.isAgreed = false;
      this.trouble = explain(outcome.fault, this.#app.say);
      return;
    }
    this.server = outcome.value;
    this.url = this.invite = "";
    this.isOther = this.isAgreed = false;
    this.news = this.#say.done;
  }

  /** Another address: what was said of the one before no longer holds. */
  typed(): void {
    this.isOther = this.isAgreed = false;
    this.trouble = "";
  }

  async sync(): Promise<void> {
    if (this.isSyncing) {
      return;
    }
    this.isSyncing = true;
    this.news = this.troubleSync = "";
    const outcome = await syncNow(this.#app.page.door);
    this.isSyncing = false;
    if (!outcome.ok) {
      this.troubleSync = explain(outcome.fault, this.#app.say);
      return;
    }
    const { received, sent, isUpToDate } = outcome.value;
    const counts = received + sent > 0 ? this.#say.counts(received, sent) : "";
    this.news = [isUpToDate ? this.#say.upToDate : this.#say.goesOn, counts].filter((part) => part !== "").join(" ");
  }
}
