// Whether a code is still the journal's kit. What was typed goes as soon as there's an answer.

import { Reason } from "../../core/fault";
import { explain, explainWhy, words } from "../../core/messages";
import { renewing } from "../../core/messages/renewing";
import { verifyKit, type Verdict } from "../../core/renewing";
import type { App } from "../app.svelte";

export class Checking {
  code = $state("");
  isBusy = $state(false);
  verdict: Verdict | undefined = $state();
  /** What's wrong with the code as it was typed, and what else. */
  troubleCode = $state("");
  trouble = $state("");
  readonly #app: App;
  #isOver = false;

  constructor(app: App) {
    this.#app = app;
  }

  async check(): Promise<void> {
    if (this.isBusy || this.#isOver) {
      return;
    }
    this.trouble = "";
    this.verdict = undefined;
    this.troubleCode = this.code.trim() === "" ? words(this.#app.say, renewing).check.empty : "";
    if (this.troubleCode) {
      return;
    }
    this.isBusy = true;
    const outcome = await verifyKit(this.#app.page.door, this.code);
    this.isBusy = false;
    if (this.#isOver) {
      return;
    }
    if (outcome.ok) {
      this.verdict = outcome.value;
      this.code = "";
    } else if (outcome.fault.reason === Reason.CODE_MALFORMED) {
      this.troubleCode = explainWhy(outcome.fault, this.#app.say);
    } else {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }

  /** When its screen goes. */
  end(): void {
    this.#isOver = true;
    this.code = "";
  }
}
