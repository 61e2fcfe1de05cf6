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
  /** Whether nobody has said that this is the country: the browser's language names it. */
  isGuess = $state(false);
  readonly #app: App;
  readonly #inPerson: boolean;

  /** `inPerson`: somebody asks for help themselves; otherwise it is shown to them on their way. */
  constructor(app: App, inPerson = true) {
    this.#app = app;
    this.#inPerson = inPerson;
    const chosen = app.settings.find(({ key }) => key === "help.country")?.value ?? "";
    this.country = chosen || countryOf(app.languages);
    this.isGuess = chosen === "" && this.country !== "";
  }

  async ask(): Promise<void> {
    const { page } = this.#app;
    if (page.hasSession) {
      this.card = await askHelp(page.door, { country: this.country, inPerson: this.#inPerson }, new Date());
    }
    this.isSettled = true;
    if (this.card && this.countries.length === 0) {
      this.countries = await askCountries(page.door);
    }
  }

  /** Another country, or "" for none. */
  choose(country: string): void {
    this.country = country;
    this.isGuess = false;
    void this.ask();
  }
}
