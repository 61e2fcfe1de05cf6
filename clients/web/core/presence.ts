// Tells the device that somebody is there. Reading and writing count by themselves; typing a long text, sitting with a timer and
// reading one page for long make no calls, so the page makes one now and then.

import { READ_MAX_MS } from "./calls";
import type { Clock } from "./clock";
import type { Door } from "./door";
import { attempt } from "./fault";

/** Between two calls at most, whatever the journal's patience: often enough after a shorter one was set. */
const PAUSE_MAX_MS = 60_000;

/** And at least, so that nobody's typing becomes a stream of calls. */
const PAUSE_MIN_MS = 5_000;

export class Presence {
  readonly #door: Door;
  readonly #clock: Clock;
  #pauseMs = PAUSE_MIN_MS;
  #last = Number.NEGATIVE_INFINITY;
  readonly #holds = new Set<object>();
  #stopBeat: (() => void) | undefined;

  constructor(door: Door, clock: Clock) {
    this.#door = door;
    this.#clock = clock;
  }

  /** Somebody did something: a key, a touch, a scroll. */
  seen(): void {
    if (this.#clock.now() - this.#last >= this.#pauseMs) {
      void this.#tell();
    }
  }

  /** Keeps the journal open until the answer is called: while a timer runs. */
  hold(): () => void {
    const hold = {};
    this.#holds.add(hold);
    if (!this.#stopBeat) {
      this.#beat();
    }
    return () => {
      this.#holds.delete(hold);
      if (this.#holds.size === 0) {
        this.#stopBeat?.();
        this.#stopBeat = undefined;
      }
    };
  }

  #beat(): void {
    this.seen();
    this.#stopBeat = this.#clock.after(this.#pauseMs, () => this.#beat());
  }

  async #tell(): Promise<void> {
    this.#last = this.#clock.now();
    const outcome = await attempt(() => this.#door.vault.keepOpen({}, { timeoutMs: READ_MAX_MS }));
    if (outcome.ok && outcome.value.idleMs > 0n) {
      // A third of its patience: one call may get lost on the way.
      this.#pauseMs = Math.min(PAUSE_MAX_MS, Math.max(PAUSE_MIN_MS, Number(outcome.value.idleMs) / 3));
    }
  }
}
