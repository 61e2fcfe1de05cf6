// Words that were sent and not answered: they may have arrived all the same, or arrive later than what was sent after them.

import type { Clock } from "./clock";
import { isSameText, type Words } from "./drafts";

/** How many tries without an answer are remembered, to know one's own words again when they arrive late: hours without a device. */
const WORDS_MAX = 100;

/** How long what was sent and not answered may still arrive: whoever has gone on to another screen is listened for so long. */
export const STRAY_MAX_MS = 120_000;

export class Strays {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #words: readonly Words[] = [];
  #isWary = false;
  #stop = (): void => {};

  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Whether some may still arrive, over newer ones or after the end: as long as that may be, somebody has to listen. */
  get isWary(): boolean {
    return this.#isWary;
  }

  has(words: Words): boolean {
    return this.#words.some((ours) => isSameText(ours, words));
  }

  /** These are sent; the answer is called once it's known whether they arrived, or that nobody knows. */
  sends(words: Words): (isLost: boolean) => void {
    const wasKnown = this.has(words);
    this.#words = wasKnown ? this.#words : [...this.#words, words].slice(-WORDS_MAX);
    return (isLost) => {
      if (isLost) {
        this.#lost();
      } else if (!wasKnown) {
        this.#words = this.#words.filter((ours) => ours !== words);
      }
    };
  }

  forget(): void {
    this.#words = [];
  }

  #lost(): void {
    this.#isWary = true;
    this.#stop();
    this.#stop = this.#clock.after(STRAY_MAX_MS, () => {
      this.#isWary = false;
      this.#tell();
    });
  }
}
