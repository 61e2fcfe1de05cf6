// A passphrase that somebody is choosing: typed twice, or once where it can be seen; judged by the device.

import { explain, words } from "../../core/messages";
import { passphrase } from "../../core/messages/passphrase";
import { Reason } from "../../core/fault";
import { checkPassphrase, suggestPassphrase } from "../../core/vault";
import type { App } from "../app.svelte";

/** After how long a pause in typing the device is asked: nobody's half-typed words are judged. */
const PAUSE_MS = 600;

export class Choice {
  value = $state("");
  again = $state("");
  isShown = $state(false);
  isSuggested = $state(false);
  /** How it's judged, in words; empty while nothing is known. */
  news = $state("");
  /** What keeps it from being taken. */
  trouble = $state("");
  /** What's wrong with the second one. */
  differs = $state("");
  readonly #app: App;
  #stopPause = (): void => {};
  /** Which check is the latest: an answer to an earlier one says nothing any more. */
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
  }

  get #say() {
    return words(this.#app.say, passphrase).choice;
  }

  /** After every key. Never holds anybody up. */
  typed(): void {
    this.trouble = this.differs = this.news = "";
    this.isSuggested = false;
    this.#asked += 1;
    this.#stopPause();
    if (this.value !== "") {
      this.#stopPause = this.#app.clock.after(PAUSE_MS, () => void this.#check());
    }
  }

  /** After every key in the second field: half a passphrase differs from a whole one, and nobody has to hear of it. */
  typedAgain(): void {
    this.differs = "";
  }

  /** Somebody has left the second field. */
  leftAgain(): void {
    this.differs = this.again !== "" && this.again !== this.value ? this.#say.differ : "";
  }

  async suggest(): Promise<void> {
    const outcome = await suggestPassphrase(this.#app.page.door);
    if (!outcome.ok) {
      this.trouble = explain(outcome.fault, this.#app.say);
      return;
    }
    this.typed();
    this.#stopPause();
    this.value = outcome.value;
    this.again = "";
    this.isShown = this.isSuggested = true;
    this.news = this.#say.suggested;
  }

  /** Whether it can be sent; else what's missing is said. */
  isReady(): boolean {
    if (this.value === "") {
      this.trouble = this.#say.empty;
    } else if (!this.isShown && this.again !== this.value) {
      this.differs = this.again === "" ? this.#say.emptyAgain : this.#say.differ;
    } else {
      return true;
    }
    return false;
  }

  /** When its form goes: the words stay nowhere. */
  forget(): void {
    this.#stopPause();
    this.#asked += 1;
    this.value = this.again = this.trouble = this.differs = this.news = "";
    this.isShown = this.isSuggested = false;
  }

  async #check(): Promise<void> {
    const asked = (this.#asked += 1);
    const outcome = await checkPassphrase(this.#app.page.door, this.value);
    if (asked !== this.#asked) {
      return;
    }
    if (outcome.ok) {
      this.news = `${this.#say.good} ${outcome.value}`.trim();
    } else if (outcome.fault.reason !== Reason.DAEMON_UNREACHABLE) {
      this.news = explain(outcome.fault, this.#app.say);
    }
  }
}
