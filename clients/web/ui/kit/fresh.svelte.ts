// A new kit on its way: its code is here while it's shown, proved and put in the old one's place, and nowhere else.

import { groupsOf, twoOf } from "../../core/kit";
import { explain } from "../../core/messages";
import { draftKit } from "../../core/renewing";
import type { App } from "../app.svelte";

export class Fresh {
  code = $state("");
  isBusy = $state(false);
  trouble = $state("");
  /** Which two groups are to be typed back, counted from 0. */
  asked: readonly [number, number] = $state.raw([0, 1]);
  readonly #app: App;
  #isOver = false;

  constructor(app: App) {
    this.#app = app;
  }

  get groups(): readonly string[] {
    return groupsOf(this.code);
  }

  /** Gets a code; whether there's one now. */
  async draw(): Promise<boolean> {
    if (this.isBusy || this.#isOver) {
      return false;
    }
    this.isBusy = true;
    const outcome = await draftKit(this.#app.page.door);
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (!outcome.ok || this.#isOver) {
      return false;
    }
    this.code = outcome.value;
    this.asked = twoOf(this.groups.length, Math.random);
    return true;
  }

  forget(): void {
    this.code = "";
  }

  /** When its screen goes: an answer that still comes is for nobody. */
  end(): void {
    this.#isOver = true;
    this.forget();
  }
}
