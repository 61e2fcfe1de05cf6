// The state of the unlock form.

import type { Clock } from "../../core/clock";
import { Reason, type Fault } from "../../core/fault";
import { explain, type Messages } from "../../core/messages";
import type { Page } from "../../core/page";

const SECOND_MS = 1000;

export class UnlockForm {
  passphrase = $state("");
  isShown = $state(false);
  isBusy = $state(false);
  /** What went wrong; empty if nothing did. */
  trouble = $state("");
  /** What is new and no fault: that one may try again. */
  news = $state("");
  /** Seconds until the next try; 0 if one may try now. */
  waitS = $state(0);

  readonly #page: Page;
  readonly #say: Messages;
  readonly #clock: Clock;
  #stopWaiting = (): void => {};

  constructor(page: Page, say: Messages, clock: Clock) {
    this.#page = page;
    this.#say = say;
    this.#clock = clock;
  }

  get action(): string {
    const say = this.#say.unlock;
    if (this.isBusy) {
      return say.busy;
    }
    return this.waitS > 0 ? say.wait(this.waitS) : say.action;
  }

  /** Tries; whether the form stays and wants its field looked at again. */
  async submit(): Promise<boolean> {
    if (this.isBusy || this.waitS > 0) {
      return false;
    }
    if (this.passphrase === "") {
      this.trouble = this.#say.unlock.empty;
      return true;
    }
    this.isBusy = true;
    this.trouble = this.news = "";
    const outcome = await this.#page.unlock(this.passphrase);
    this.isBusy = false;
    if (outcome.ok) {
      this.forget();
      return false;
    }
    this.#refused(outcome.fault);
    return true;
  }

  /** When the form goes: the words of the passphrase stay nowhere. */
  forget(): void {
    this.passphrase = "";
    this.isShown = false;
    this.#stopWaiting();
  }

  #refused(fault: Fault): void {
    const say = this.#say.unlock;
    if (fault.reason === Reason.WRONG_PASSPHRASE) {
      this.trouble = say.wrong;
    } else if (fault.reason === Reason.TOO_MANY_TRIES) {
      this.trouble = say.tooMany;
      this.#wait(Math.max(1, Math.ceil(fault.retryAfterMs / SECOND_MS)));
    } else {
      this.trouble = explain(fault, this.#say);
    }
  }

  #wait(seconds: number): void {
    this.waitS = seconds;
    if (seconds === 0) {
      this.trouble = "";
      this.news = this.#say.unlock.again;
      return;
    }
    this.#stopWaiting = this.#clock.after(SECOND_MS, () => this.#wait(seconds - 1));
  }
}
