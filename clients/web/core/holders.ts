// Whoever has words that the device doesn't have yet. A page that is hidden, left or locked asks them to bring their words home
// first; one that would be closed asks the person.

export interface Holder {
  /** Whether there are words that only this page has. */
  readonly isDirty: boolean;
  /** Brings them to the device now, without waiting for a pause; `isLast` if the page may be gone before the answer comes. */
  flush(isLast?: boolean): Promise<void>;
  /** The device says how often drafts have changed; undefined while it tells nothing. */
  heard?(revision: bigint | undefined): void;
  /** Says that nobody listened for a while: what's kept may be another's by now. */
  doubt?(): void;
  /** The words themselves, for a person who has to see and copy them while no device takes them. */
  read?(): string;
}

export class Holders {
  readonly #holders = new Set<Holder>();
  readonly #listeners = new Set<() => void>();

  /** Adds one; the answer takes it away again, once it has nothing left to bring. */
  add(holder: Holder): () => void {
    this.#holders.add(holder);
    this.changed();
    return () => {
      this.#holders.delete(holder);
      this.changed();
    };
  }

  get all(): readonly Holder[] {
    return [...this.#holders];
  }

  /** Whether a page that's closed now would take words along. */
  get areDirty(): boolean {
    return this.all.some(({ isDirty }) => isDirty);
  }

  async flush(isLast = false): Promise<void> {
    await Promise.all(this.all.map((holder) => holder.flush(isLast)));
  }

  /** Says that a holder has more or less to bring than before. */
  changed(): void {
    this.#listeners.forEach((listener) => listener());
  }

  /** Tells of changes until the answer is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
