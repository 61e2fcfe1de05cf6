// A timer to sit with. It runs only when it was started, and never rings. How long it ran is read from the clock, so that a hidden tab
// loses nothing of it; while it runs the journal stays open.

import type { Clock } from "../../../core/clock";
import type { Presence } from "../../../core/presence";

const SECOND_MS = 1_000;

/** How often what has run so far is kept: a device that goes off takes half a minute at most. */
const KEEP_EVERY_S = 30;

export class Timing {
  elapsedMs = $state(0);
  isRunning = $state(false);
  readonly #clock: Clock;
  readonly #presence: Presence;
  readonly #ran: (seconds: number) => void;
  #since = 0;
  #before = 0;
  #stopTick = (): void => {};
  #letGo = (): void => {};
  #toldS: number;

  /** `ran` hears from time to time how long it ran. */
  constructor(clock: Clock, presence: Presence, ranS: number, ran: (seconds: number) => void) {
    this.#clock = clock;
    this.#presence = presence;
    this.#ran = ran;
    this.#before = this.elapsedMs = ranS * SECOND_MS;
    this.#toldS = ranS;
  }

  get ranS(): number {
    return Math.floor(this.elapsedMs / SECOND_MS);
  }

  start(): void {
    if (!this.isRunning) {
      this.isRunning = true;
      this.#since = this.#clock.now();
      this.#letGo = this.#presence.hold();
      this.#tick();
    }
  }

  pause(): void {
    if (this.isRunning) {
      this.#look();
      this.#stopTick();
      this.#letGo();
      this.isRunning = false;
      this.#before = this.elapsedMs;
      this.#tell();
    }
  }

  #tick(): void {
    this.#look();
    if (this.ranS - this.#toldS >= KEEP_EVERY_S) {
      this.#tell();
    }
    this.#stopTick = this.#clock.after(SECOND_MS - (this.elapsedMs % SECOND_MS), () => this.#tick());
  }

  #look(): void {
    this.elapsedMs = this.#before + (this.#clock.now() - this.#since);
  }

  #tell(): void {
    this.#toldS = this.ranS;
    this.#ran(this.ranS);
  }
}
