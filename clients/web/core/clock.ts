// Time as something to pass in, so that tests need no waiting.

export interface Clock {
  now(): number;
  /** Calls back later; the answer takes it back. */
  after(ms: number, call: () => void): () => void;
}

export const clock: Clock = {
  now: () => performance.now(),
  after(ms, call) {
    const id = setTimeout(call, ms);
    return () => clearTimeout(id);
  },
};
