// What the screens share: how things stand, where in the app the person is, how they want it to look, and the words.

import type { Clock } from "../core/clock";
import { Holders } from "../core/holders";
import { speak, type Messages } from "../core/messages";
import type { Page } from "../core/page";
import { Presence } from "../core/presence";
import { hashOf, HOME, isSame, routeOf, type Route } from "../core/route";
import { lookOf, PLAIN, readSettings, type Look, type Setting } from "../core/settings";
import type { Stand } from "../core/stand";
import { dress } from "./dress";
import { listen } from "./events";

export class App {
  readonly page: Page;
  readonly say: Messages;
  readonly languages: readonly string[];
  readonly clock: Clock;
  readonly presence: Presence;
  /** Words that only this page has, whichever room they were written in. */
  readonly holders = new Holders();
  stand: Stand = $state.raw({ kind: "asking" });
  route: Route = $state.raw(HOME);
  /** How many rooms were entered so far: a room that only gets another address stays. */
  visit = $state(0);
  settings: readonly Setting[] = $state.raw([]);
  look: Look = $state.raw(PLAIN);
  /** Whether the last address with a code was no longer good. */
  isSpent = $state(false);
  /** Whether the person is on their way out: nothing may ask them to stay. */
  isLeaving = false;
  /** When a key was pressed last, by the clock. */
  keyedAt = Number.NEGATIVE_INFINITY;
  /** What a person doesn't want to be shown until they come the next time, by its id. */
  readonly notNow = new Set<string>();
  /** The room before this one, for whoever goes back. */
  #before: Route | undefined;
  readonly #forgetters: (() => void)[] = [];

  constructor(page: Page, languages: readonly string[], clock: Clock) {
    this.page = page;
    this.languages = languages;
    this.clock = clock;
    this.presence = new Presence(page.door, clock);
    this.say = speak(languages);
  }

  /** Begins; events from outside come in through ./events and nowhere else. The answer takes them away again. */
  start(): () => void {
    this.page.watch.listen((stand) => this.#hear(stand));
    const stop = listen(this);
    void this.turn();
    return stop;
  }

  get isOpen(): boolean {
    return this.stand.kind === "open";
  }

  /** Calls whenever the journal is open no longer: whoever keeps words beyond a room forgets them then. */
  whenClosed(forget: () => void): void {
    this.#forgetters.push(forget);
  }

  /** Goes to a room. */
  go(room: string, ...args: readonly string[]): void {
    location.hash = hashOf(room, ...args);
  }

  /** Goes to a room in place of this one: back leads past it. */
  replace(room: string, ...args: readonly string[]): void {
    history.replaceState(null, "", hashOf(room, ...args));
    this.#enter(routeOf(location.hash));
  }

  /** Gives this room another address and leaves it as it is: a new draft gets its id while somebody types into it. */
  rename(room: string, ...args: readonly string[]): void {
    // Whoever is on their way to another room isn't held back.
    if (!isSame(routeOf(location.hash), this.route)) {
      return;
    }
    history.replaceState(null, "", hashOf(room, ...args));
    this.route = routeOf(location.hash);
  }

  /** Back to where the person was, or home if they came here first. */
  back = (): void => {
    if (this.#before) {
      history.back();
    } else {
      this.replace(HOME.room);
    }
  };

  /** Where a link back leads, and what its words are about. */
  get before(): Route {
    return this.#before ?? HOME;
  }

  /** Blanks the page before anything else: what comes after may take a moment. */
  leave = (): void => {
    document.documentElement.replaceChildren();
    this.isLeaving = true;
    void this.page.leave(() => this.holders.flush());
  };

  /** Reads the address: a code in it is traded, anything else is a room. */
  async turn(): Promise<void> {
    const { hash } = location;
    const isGood = await this.page.arrive();
    const wasCode = hash !== "" && location.hash === "";
    this.isSpent = wasCode ? !isGood && this.page.hasSession : this.isSpent;
    if (wasCode && this.visit > 0) {
      // Whoever signs in again goes on where they were.
      history.replaceState(null, "", hashOf(this.route.room, ...this.route.args));
    }
    this.#enter(routeOf(location.hash));
  }

  /** Reads the settings anew and puts the page into their dress. */
  async readSettings(): Promise<void> {
    const outcome = this.page.hasSession ? await readSettings(this.page.door) : undefined;
    if (outcome?.ok) {
      this.settings = outcome.value;
      this.look = lookOf(outcome.value);
      dress(this.look, this.say);
    }
  }

  #enter(route: Route): void {
    if (!isSame(route, this.route)) {
      this.#before = this.route;
      this.route = route;
      this.visit += 1;
    }
  }

  #hear(stand: Stand): void {
    const isNew = stand.kind !== this.stand.kind;
    this.stand = stand;
    const drafts = stand.kind === "open" ? stand.revisions?.drafts : undefined;
    this.holders.all.forEach((holder) => holder.heard?.(drafts));
    if (isNew) {
      // Whoever answers again takes what they couldn't take before.
      void this.holders.flush();
    }
    if (!this.isOpen) {
      this.#forgetters.forEach((forget) => forget());
    }
    if (isNew && (stand.kind === "open" || stand.kind === "locked" || stand.kind === "none")) {
      void this.readSettings();
    }
  }
}
