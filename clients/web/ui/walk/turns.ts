// One thing after another: a walk goes to the device and comes back, so two steps at once would undo each other.

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  #count = 0;

  /** Whether something is on its way. */
  get isBusy(): boolean {
    return this.#count > 0;
  }

  /** Does it once everything before it is done. */
  take<T>(call: () => Promise<T>): Promise<T> {
    this.#count += 1;
    const turn = this.#last.then(call).finally(() => (this.#count -= 1));
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
