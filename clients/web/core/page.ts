// What a page can do, whichever screens show it: get a session, follow the journal, open and lock it, leave.

import { create } from "@bufbuild/protobuf";
import type { Clock } from "./clock";
import { openDoor, type Door } from "./door";
import { attempt, Reason, type Outcome } from "./fault";
import { StatusSchema, VaultState } from "./gen/haven/v1/vault_pb";
import { Session, takeCode } from "./session";
import { standOf, type Stand, type Status } from "./stand";
import { Watch } from "./watch";

/** Deriving the key takes half a second here and ten on an old machine. */
const UNLOCK_MAX_MS = 60_000;
const CALL_MAX_MS = 10_000;

/** How long somebody who leaves waits for their last words to be kept. The page is blank meanwhile, and still in its window. */
const LEAVE_MAX_MS = 1_500;

/** Where somebody who leaves is next: a page of the app's own that knows nothing of the app, and asks for nothing. */
const NEUTRAL = "/kitchen.html";

/** How often a code is brought to a device that doesn't answer, and the pause between. */
const TRADES_MAX = 10;
const TRADE_PAUSE_MS = 500;

/** What a page stands in. */
export interface Place {
  readonly location: Location;
  readonly history: History;
  readonly fetch: typeof fetch;
  readonly session: Session;
  /** The language of the page's own words. */
  readonly language?: string;
  readonly clock: Clock;
}

export class Page {
  readonly door: Door;
  /** The same way for calls that outlive the page: a browser takes no more than 64 kB for all of them together. */
  readonly lasting: Door;
  readonly watch: Watch;
  /** The way for a code, which goes without a token: what becomes of the code says nothing of the session that is there. */
  readonly #bare: Door;
  readonly #place: Place;
  #hasArrived = false;

  constructor(place: Place) {
    this.#place = place;
    const way = { ...place, baseUrl: place.location.origin, onOver: () => this.#over() };
    this.door = openDoor(way);
    this.lasting = openDoor({ ...way, fetch: this.#lastingly }, this.door.proof);
    this.#bare = openDoor({ ...way, session: new Session(undefined), onOver: () => {} }, this.door.proof);
    this.watch = new Watch(this.door, place.clock);
  }

  /** A request that goes on when the page is gone. */
  readonly #lastingly: typeof fetch = (input, init) => this.#place.fetch(input, { ...init, keepalive: true });

  get hasSession(): boolean {
    return this.#place.session.token !== undefined;
  }

  /**
   * Trades the code of the address, if it has one, and begins to follow the journal. Also when an address is pasted later: a session
   * that is there goes on if the code is no longer good, which the answer tells.
   */
  async arrive(): Promise<boolean> {
    const code = takeCode(this.#place.location, this.#place.history);
    if (!code && this.#hasArrived) {
      return true;
    }
    this.#hasArrived = true;
    if (!code && !this.hasSession && this.#place.session.hasLeft) {
      // Whoever goes back after somebody left in a hurry isn't told what it was.
      this.#place.location.replace(NEUTRAL);
      return true;
    }
    const isTraded = code ? await this.#trade(code) : true;
    if (this.hasSession) {
      this.watch.start();
    } else {
      this.watch.tell({ kind: "closed", stale: !isTraded });
    }
    return isTraded;
  }

  /** A page that is not looked at asks nothing: six connections are all that a browser has for one origin. */
  seen(isVisible: boolean): void {
    if (isVisible && this.hasSession) {
      this.watch.start();
    } else {
      this.watch.stop();
    }
  }

  async unlock(passphrase: string): Promise<Outcome<Stand>> {
    const outcome = await attempt(() => this.door.vault.unlock({ passphrase }, { timeoutMs: UNLOCK_MAX_MS }));
    return outcome.ok ? this.#adopt(outcome.value.status ?? create(StatusSchema)) : outcome;
  }

  async lock(): Promise<Outcome<Stand>> {
    const outcome = await attempt(() => this.door.vault.lock({}, { timeoutMs: CALL_MAX_MS }));
    // The process is replaced now: the stream has to be asked for anew, whatever became of the answer.
    this.watch.start();
    return outcome.ok ? this.#adopt(create(StatusSchema, { state: VaultState.LOCKED })) : outcome;
  }

  /** Ends this page's session; others go on. */
  async signOut(): Promise<Outcome<unknown>> {
    const outcome = await attempt<unknown>(() => this.door.grants.endSession({}, { timeoutMs: CALL_MAX_MS }));
    if (outcome.ok) {
      this.#over();
    }
    return outcome;
  }

  /**
   * Forgets the session here, and closes behind the person: the journal if it's open, else the session. Words that only the page
   * has go first, for a moment; the screen is blank by then.
   */
  async leave(flush: () => Promise<void>): Promise<void> {
    const isKnown = !this.door.proof.isLacking;
    const { kind } = this.watch.stand;
    const isOpen = kind === "open";
    this.watch.stop();
    const late = new Promise<void>((done) => this.#place.clock.after(LEAVE_MAX_MS, done));
    await Promise.race([flush(), late]);
    const { session, location } = this.#place;
    // Whoever would have to prove themselves first is told nothing: there's no time for it. The stream that was just let go is no
    // reason to ask for a proof, and the page would be gone before it came.
    if (this.hasSession && isKnown) {
      const last = openDoor({ ...this.#place, fetch: this.#lastingly, baseUrl: location.origin, onOver: () => {} });
      void attempt<unknown>(() => (isOpen ? last.vault.lock({}) : last.grants.endSession({})));
    }
    session.leave();
    // Where nobody answers, the browser would show an error with this page's address.
    location.replace(kind === "away" ? "about:blank" : NEUTRAL);
  }

  /** The code is out of the address by now and good for a minute: a daemon that is just starting is asked again. */
  async #trade(code: string): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(() => this.#bare.grants.beginSession({ code }, { timeoutMs: CALL_MAX_MS }));
      if (outcome.ok) {
        this.#place.session.begin(outcome.value.token);
        return true;
      }
      if (outcome.fault.reason !== Reason.DAEMON_UNREACHABLE || tries === TRADES_MAX) {
        return false;
      }
      await new Promise<void>((done) => this.#place.clock.after(TRADE_PAUSE_MS, done));
    }
  }

  /** Shows what a call has answered before the stream says it. */
  #adopt(status: Status): Outcome<Stand> {
    const stand = standOf(status);
    this.watch.tell(stand);
    return { ok: true, value: stand };
  }

  #over(): void {
    this.#place.session.end();
    this.watch.stop();
    this.watch.tell({ kind: "over" });
  }
}
