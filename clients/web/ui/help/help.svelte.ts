// The card of Help now, and the country it is for.

import { askCountries, askHelp, countryOf, type Card } from "../../core/help";
import type { App } from "../app.svelte";

export class HelpCard {
  /** Undefined until the device answers, and where it doesn't: the built-in numbers are there all the while. */
  card: Card | undefined = $state.raw();
  /** Whether the device has been asked and its answer, or none, is here. */
  isSettled = $state(false);
  countries: readonly string[] = $state.raw([]);
  country = $state("");
  readonly #app: App;

  constructor(app: App) {
    this.#app = app;
    this.country = countryOf(app.languages);
  }

  async ask(): Promise<void> {
    const { page, say } = this.#app;
    if (page.hasSession) {
      this.card = await askHelp(page.door, this.country, say.language, new Date());
    }
    this.isSettled = true;
    if (this.card && this.countries.length === 0) {
      this.countries = await askCountries(page.door);
    }
  }

  /** Another country, or "" for none. */
  choose(country: string): void {
    this.country = country;
    void this.ask();
  }
}
