// Adding a device: a code for two minutes, then the words that the other device shows, typed here.

import { cancelLink, confirmLink, startLink, watchLink, type LinkCode, type LinkState } from "../../core/devices";
import { Reason, type Fault } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { devices } from "../../core/messages/devices";
import type { App } from "../app.svelte";

const SECOND_MS = 1000;

/** A stream that ends without a last state is asked again after this. */
const AGAIN_MS = 500;

export class Linking {
  code: LinkCode | undefined = $state.raw();
  state: LinkState | undefined = $state.raw();
  secondsLeft = $state(0);
  words = $state("");
  passphrase = $state("");
  isShown = $state(false);
  isBusy = $state(false);
  /** What's wrong with the words, the passphrase, or the whole. */
  troubleWords = $state("");
  troublePassphrase = $state("");
  trouble = $state("");
  /** Whether the device is in the list of devices, whatever became of it. */
  wasLetIn = $state(false);
  /** Whether what's missing is a server. */
  needsServer = $state(false);
  readonly #app: App;
  readonly #now: () => number;
  #watching: AbortController | undefined;
  #stopCount = (): void => {};
  #release = (): void => {};

  constructor(app: App, now: () => number = Date.now) {
    this.#app = app;
    this.#now = now;
  }

  get #say() {
    return words(this.#app.say, devices).link;
  }

  get isOver(): boolean {
    return this.state?.kind === "done" || this.state?.kind === "expired" || this.state?.kind === "failed";
  }

  async start(): Promise<void> {
    this.#rest();
    this.trouble = this.troubleWords = this.troublePassphrase = "";
    this.state = this.code = undefined;
    this.wasLetIn = false;
    this.words = this.passphrase = "";
    const outcome = await startLink(this.#app.page.door);
    this.needsServer = !outcome.ok && outcome.fault.reason === Reason.NO_SERVER;
    if (!outcome.ok) {
      this.trouble = this.needsServer ? words(this.#app.say, devices).noServer : explain(outcome.fault, this.#app.say);
      return;
    }
    this.code = outcome.value;
    // Somebody is at the other device for two minutes: this one mustn't lock under their hands.
    this.#release = this.#app.presence.hold();
    this.#watching = new AbortController();
    this.#count(outcome.value.expiresMs);
    void this.#watch(this.#watching.signal);
  }

  async confirm(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.troubleWords = this.words.trim() === "" ? this.#say.empty : "";
    this.troublePassphrase = this.passphrase === "" ? this.#say.emptyPassphrase : "";
    if (this.troubleWords || this.troublePassphrase) {
      return;
    }
    this.isBusy = true;
    const outcome = await confirmLink(this.#app.page.door, this.words, this.passphrase);
    this.isBusy = false;
    if (!outcome.ok) {
      this.#refused(outcome.fault);
    }
  }

  /** When its screen goes. What was begun is called off, unless the device is in already. */
  stop(): void {
    const wasUnderWay = this.code !== undefined && !this.isOver && !this.wasLetIn;
    this.#rest();
    this.words = this.passphrase = "";
    this.code = undefined;
    if (wasUnderWay) {
      void cancelLink(this.#app.page.door);
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.isOver) {
      const outcome = await watchLink(this.#app.page.door, (state) => this.#hear(state), signal);
      if (!outcome.ok && outcome.fault.reason === Reason.NO_LINK && !this.isOver && !signal.aborted) {
        this.#hear(this.wasLetIn ? { kind: "failed", fault: outcome.fault } : { kind: "expired" });
      }
      await new Promise<void>((done) => this.#app.clock.after(AGAIN_MS, done));
    }
  }

  #hear(state: LinkState): void {
    this.state = state;
    if (state.kind === "comparing") {
      this.wasLetIn = true;
      this.passphrase = "";
      this.#stopCount();
    }
    if (this.isOver) {
      this.passphrase = "";
      this.#rest();
    }
  }

  #refused(fault: Fault): void {
    if (fault.reason === Reason.WRONG_PASSPHRASE) {
      this.troublePassphrase = this.#say.wrong;
    } else if (fault.reason === Reason.TOO_MANY_TRIES) {
      this.troublePassphrase = explain(fault, this.#app.say);
    } else if (fault.reason === Reason.INVALID_ARGUMENT) {
      this.troubleWords = explain(fault, this.#app.say);
    } else if (!this.isOver) {
      this.#hear({ kind: "failed", fault });
    }
  }

  #count(expiresMs: number): void {
    this.secondsLeft = Math.max(0, Math.ceil((expiresMs - this.#now()) / SECOND_MS));
    this.#stopCount = this.#app.clock.after(SECOND_MS, () => this.#count(expiresMs));
  }

  #rest(): void {
    this.#watching?.abort();
    this.#stopCount();
    this.#release();
    this.#release = () => {};
  }
}
