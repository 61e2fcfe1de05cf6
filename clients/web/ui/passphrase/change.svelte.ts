// Changing the passphrase of this device, open or locked.

import { Reason, type Fault } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { passphrase } from "../../core/messages/passphrase";
import { changePassphrase } from "../../core/vault";
import type { App } from "../app.svelte";
import { Choice } from "./choice.svelte";

export class Change {
  old = $state("");
  isShown = $state(false);
  isBusy = $state(false);
  isDone = $state(false);
  /** What is wrong with the one so far. */
  troubleOld = $state("");
  /** What else went wrong. */
  trouble = $state("");
  readonly choice: Choice;
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.choice = new Choice(app);
  }

  async submit(): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.trouble = "";
    this.troubleOld = this.old === "" ? words(this.#app.say, passphrase).emptyOld : "";
    if (this.troubleOld || !this.choice.isReady()) {
      return;
    }
    this.isBusy = true;
    const outcome = await changePassphrase(this.#app.page.door, this.old, this.choice.value);
    this.isBusy = false;
    if (outcome.ok) {
      this.forget();
      this.isDone = true;
    } else {
      this.#refused(outcome.fault);
    }
  }

  forget(): void {
    this.old = "";
    this.isShown = false;
    this.choice.forget();
  }

  #refused(fault: Fault): void {
    const say = words(this.#app.say, passphrase);
    switch (fault.reason) {
      case Reason.WRONG_PASSPHRASE:
        this.troubleOld = say.wrong;
        break;
      case Reason.TOO_MANY_TRIES:
        this.troubleOld = say.tooMany;
        break;
      case Reason.WEAK_PASSPHRASE:
        this.choice.trouble = explain(fault, this.#app.say);
        break;
      default:
        this.trouble = explain(fault, this.#app.say);
    }
  }
}
