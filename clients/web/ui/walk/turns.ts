// One thing after another: a walk goes to the device and comes back, so two steps at once would undo each other.

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does it once everything before it is done. */
  take<T>(call: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(call);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}
