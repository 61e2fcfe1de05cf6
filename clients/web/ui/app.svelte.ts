// What the screens share: how things stand, where in the app the person is, and the words.

import { speak, type Messages } from "../core/messages";
import type { Page } from "../core/page";
import type { Stand } from "../core/stand";

export type Place = "home" | "help";

export class App {
  readonly page: Page;
  readonly say: Messages;
  readonly languages: readonly string[];
  stand: Stand = $state.raw({ kind: "asking" });
  place: Place = $state("home");

  constructor(page: Page, languages: readonly string[]) {
    this.page = page;
    this.languages = languages;
    this.say = speak(languages);
  }

  /** Begins; events from outside come in here and nowhere else. */
  start(): void {
    this.page.watch.listen((stand) => (this.stand = stand));
    const seen = (): void => this.page.seen(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", seen);
    window.addEventListener("online", seen);
    window.addEventListener("pageshow", (event) => event.persisted && seen());
    window.addEventListener("hashchange", () => void this.#turn());
    void this.#turn();
  }

  /** Back from help to where the person was. */
  back = (event: MouseEvent): void => {
    event.preventDefault();
    history.replaceState(null, "", location.pathname);
    this.place = "home";
  };

  /** Blanks the page before anything else: what comes after may take a moment. */
  leave = (): void => {
    document.documentElement.replaceChildren();
    this.page.leave();
  };

  #turn(): Promise<void> | undefined {
    this.place = location.hash === "#help" ? "help" : "home";
    return this.page.arrive();
  }
}
