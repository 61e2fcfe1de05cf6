// What a page can do, whichever screens show it: get a session, follow the journal, open and lock it, leave.

import { create } from "@bufbuild/protobuf";
import type { Clock } from "./clock";
import { openDoor, type Door } from "./door";
import { attempt, Reason, type Outcome } from "./fault";
import { StatusSchema, VaultState } from "./gen/haven/v1/vault_pb";
import { takeCode, type Session } from "./session";
import { standOf, type Stand, type Status } from "./stand";
import { Watch } from "./watch";

/** Deriving the key takes half a second here and ten on an old machine. */
const UNLOCK_MAX_MS = 60_000;
const CALL_MAX_MS = 10_000;

/** How often a code is brought to a device that doesn't answer, and the pause between. */
const TRADES_MAX = 10;
const TRADE_PAUSE_MS = 500;

/** What a page stands in. */
export interface Place {
  readonly location: Location;
  readonly history: History;
  readonly fetch: typeof fetch;
  readonly session: Session;
  readonly clock: Clock;
}

export class Page {
  readonly door: Door;
  readonly watch: Watch;
  readonly #place: Place;
  #hasArrived = false;

  constructor(place: Place) {
    this.#place = place;
    this.door = openDoor({ baseUrl: place.location.origin, fetch: place.fetch, session: place.session, onOver: () => this.#over() });
    this.watch = new Watch(this.door, place.clock);
  }

  get hasSession(): boolean {
    return this.#place.session.token !== undefined;
  }

  /** Trades the code of the address, if it has one, and begins to follow the journal. Also when an address is pasted later. */
  async arrive(): Promise<void> {
    const code = takeCode(this.#place.location, this.#place.history);
    if (!code && this.#hasArrived) {
      return;
    }
    this.#hasArrived = true;
    const isTraded = code ? await this.#trade(code) : true;
    if (this.hasSession) {
      this.watch.start();
    } else {
      this.watch.tell({ kind: "closed", stale: !isTraded });
    }
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

  /** Forgets the session here, and closes behind the person without waiting: the journal if it's open, else the session. */
  leave(): void {
    this.watch.stop();
    const last = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> =>
      this.#place.fetch(input, { ...init, keepalive: true });
    const { session, location } = this.#place;
    const door = openDoor({ baseUrl: location.origin, fetch: last, session, onOver: () => {} });
    if (this.hasSession) {
      const isOpen = this.watch.stand.kind === "open";
      void attempt<unknown>(() => (isOpen ? door.vault.lock({}) : door.grants.endSession({})));
    }
    session.end();
    location.replace("about:blank");
  }

  /** The code is out of the address by now and good for a minute: a daemon that is just starting is asked again. */
  async #trade(code: string): Promise<boolean> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(() => this.door.grants.beginSession({ code }, { timeoutMs: CALL_MAX_MS }));
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
