// Something that is read from the device, and read again when it changed. What was shown before stays until the answer comes.

import type { Outcome } from "../../core/fault";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

export class Reading<T> {
  value: T | undefined = $state.raw();
  trouble = $state("");
  readonly #app: App;
  readonly #call: () => Promise<Outcome<T>>;
  #count = 0;

  constructor(app: App, call: () => Promise<Outcome<T>>) {
    this.#app = app;
    this.#call = call;
  }

  read = async (): Promise<void> => {
    this.#count += 1;
    const count = this.#count;
    const outcome = await this.#call();
    if (count === this.#count) {
      this.value = outcome.ok ? outcome.value : this.value;
      this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    }
  };
}
