// Follows the state of the journal for as long as the page is looked at. A lock replaces the daemon's process, so a stream that
// ends or a connection that is refused means "locked or restarting": it is asked again, and only a longer silence is told.

import type { Clock } from "./clock";
import type { Door } from "./door";
import { attempt } from "./fault";
import { standOf, type Revisions, type Stand, type Status } from "./stand";

/** Silence that is not worth a word: a lock takes 0.6 s at most, a start of the daemon about 1 s. */
export const SILENCE_MAX_MS = 3_000;

/** How long the first answer may take; one that hangs behind a process that has gone is asked anew. */
export const FIRST_MAX_MS = 5_000;

/** Pauses between questions: short first, then easy on the battery. */
const PAUSE_MIN_MS = 150;
const PAUSE_MAX_MS = 3_000;

export class Watch {
  #stand: Stand = { kind: "asking" };
  #listener: (stand: Stand) => void = () => {};
  #running: AbortController | undefined;
  /** Since when nobody has answered; undefined while somebody does. */
  #silentSince: number | undefined;
  readonly #door: Door;
  readonly #clock: Clock;

  constructor(door: Door, clock: Clock) {
    this.#door = door;
    this.#clock = clock;
  }

  get stand(): Stand {
    return this.#stand;
  }

  /** Says every new state to the one who listens. */
  listen(listener: (stand: Stand) => void): void {
    this.#listener = listener;
  }

  /** Takes in how things stand from whoever heard it first: the answer to a call, or the loss of the session. */
  tell(stand: Stand): void {
    this.#silentSince = undefined;
    this.#set(stand);
  }

  /** Asks from now on; anew if it was asking already. */
  start(): void {
    this.stop();
    const running = new AbortController();
    this.#running = running;
    this.#silentSince = undefined;
    void this.#follow(running.signal);
  }

  stop(): void {
    if (this.#running) {
      this.#running.abort();
      this.#running = undefined;
      // Who answers the next time need not be the one who has answered so far.
      this.#door.proof.doubt();
    }
  }

  async #follow(signal: AbortSignal): Promise<void> {
    let pause = PAUSE_MIN_MS;
    while (!signal.aborted) {
      this.#silentSince ??= this.#clock.now();
      const heard = await this.#stream(signal);
      if (signal.aborted) {
        return;
      }
      pause = heard ? PAUSE_MIN_MS : Math.min(pause * 2, PAUSE_MAX_MS);
      if (this.#silentSince !== undefined && this.#clock.now() - this.#silentSince >= SILENCE_MAX_MS) {
        this.#set({ kind: "away" });
      }
      await this.#rest(pause, signal);
    }
  }

  /** Listens to one stream until it ends; whether it said anything. */
  async #stream(outer: AbortSignal): Promise<boolean> {
    const own = new AbortController();
    const forward = (): void => own.abort();
    outer.addEventListener("abort", forward, { once: true });
    const giveUp = this.#clock.after(FIRST_MAX_MS, forward);
    let heard = false;
    await attempt(async () => {
      for await (const { status, revisions } of this.#door.events.watchEvents({}, { signal: own.signal })) {
        if (outer.aborted) {
          return;
        }
        giveUp();
        heard = true;
        this.#hear(status, revisions);
      }
    });
    giveUp();
    outer.removeEventListener("abort", forward);
    return heard;
  }

  #hear(status: Status | undefined, revisions: Revisions | undefined): void {
    if (status) {
      this.tell(standOf(status, revisions));
    }
  }

  #rest(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((done) => {
      const cancel = this.#clock.after(ms, done);
      signal.addEventListener("abort", () => (cancel(), done()), { once: true });
    });
  }

  #set(stand: Stand): void {
    this.#stand = stand;
    this.#listener(stand);
  }
}
