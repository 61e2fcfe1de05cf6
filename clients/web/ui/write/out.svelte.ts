// The ways out of writing, one at a time. What doesn't work is said, and the words stay where they are.

import type { Outcome } from "../../core/fault";
import { finish, finishAnew, undo, type Finished, type Place } from "../../core/finish";
import type { Keeper } from "../../core/keeper";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

export class Out {
  isBusy = $state(false);
  trouble = $state("");
  /** Its person has to see what the words would change first. */
  isUnseen = $state(false);
  /** The entry to look at in its history, after something couldn't be put back. */
  moved = $state("");
  readonly #app: App;
  readonly #keeper: Keeper;
  /** What it changed when it was opened here, if it changed anything. */
  readonly #opened: Place;
  readonly #doubt = { isThere: false };

  constructor(app: App, keeper: Keeper, opened: Place) {
    this.#app = app;
    this.#keeper = keeper;
    this.#opened = opened;
  }

  async finish(isConfirmed = false): Promise<void> {
    await this.#go(
      () => finish(this.#app.page.door, this.#keeper, isConfirmed, this.#doubt),
      (finished) => this.#finished(finished),
    );
  }

  async finishAnew(): Promise<void> {
    await this.#go(
      () => finishAnew(this.#app.page.door, this.#keeper),
      (finished) => this.#finished(finished),
    );
  }

  /** Throws away what was written since it was opened here. */
  async discard(): Promise<void> {
    await this.#go(
      () => undo(this.#app.page.door, this.#keeper, this.#opened),
      (undone) => {
        if (undone.kind === "moved") {
          this.moved = undone.entry;
        } else if (this.#opened.entry) {
          this.#app.replace("entry", this.#opened.entry);
        } else {
          this.#app.replace("today");
        }
      },
    );
  }

  async #go<T>(way: () => Promise<Outcome<T>>, then: (value: T) => void): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    this.trouble = "";
    const outcome = await way();
    this.isBusy = false;
    if (outcome.ok) {
      then(outcome.value);
    } else {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }

  #finished(finished: Finished): void {
    if (finished.kind === "unseen") {
      this.isUnseen = true;
    } else if (finished.kind === "entry") {
      this.#app.replace("entry", finished.id);
    } else if (finished.kind !== "unsaved") {
      this.#app.replace(finished.kind === "somewhere" ? "journal" : "today");
    }
  }
}
