// What stands in the field of a question, and when it is brought home.

import type { Clock } from "../../core/clock";
import { isSame, NOTHING, type Value } from "../../core/walk/value";

/** A pause in typing after which the words are kept, and how long somebody types before that happens without one. */
const PAUSE_MS = 600;
const TYPING_MAX_MS = 4_000;

export class Written {
  value: Value = NOTHING;
  /** Whether something stands there that the device doesn't have. */
  isDirty = $state(false);
  /** Whether anything stands there at all. */
  hasWords = $state(false);
  #kept: Value = NOTHING;
  #since = 0;
  #stop: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #bring: () => void;

  constructor(clock: Clock, bring: () => void) {
    this.#clock = clock;
    this.#bring = bring;
  }

  /** Somebody typed or chose. */
  set(value: Value): void {
    const now = this.#clock.now();
    this.#since = this.isDirty ? this.#since : now;
    this.value = value;
    this.hasWords = value.kind.case !== undefined;
    this.isDirty = !isSame(value, this.#kept);
    this.wait(Math.max(0, Math.min(PAUSE_MS, this.#since + TYPING_MAX_MS - now)));
  }

  /** Another page: this is what stood there. */
  begin(value: Value): void {
    this.value = value;
    this.hasWords = false;
    this.has(value);
  }

  /** The device has this by now; what was typed since it was sent is still to come. */
  has(value: Value): void {
    this.#kept = value;
    this.isDirty = !isSame(this.value, value);
    this.#since = this.#clock.now();
    this.wait(PAUSE_MS);
  }

  /** Brings it after a while, if there's anything to bring. */
  wait(ms: number = PAUSE_MS): void {
    this.stop();
    this.#stop = this.isDirty ? this.#clock.after(ms, this.#bring) : undefined;
  }

  stop(): void {
    this.#stop?.();
  }
}
