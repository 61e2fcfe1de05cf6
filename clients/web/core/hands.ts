// Whose hand it was: the device says how often drafts have changed, and more often than by this page means by somebody else.

export class Hands {
  #revision: bigint | undefined;
  #sent = 0n;

  /** Something is sent by this page. */
  sends(): void {
    this.#sent += 1n;
  }

  /** Whether that was done, nobody knows: if it comes to be, it's looked at like anybody's. */
  lost(): void {
    this.#sent = this.#sent > 0n ? this.#sent - 1n : 0n;
  }

  /** Whether somebody else may have had a hand in it since the last time; undefined while the device tells nothing. */
  areForeign(revision: bigint | undefined): boolean {
    const before = this.#revision;
    this.#revision = revision;
    if (revision === before) {
      return false;
    }
    if (revision === undefined || before === undefined) {
      this.#sent = 0n;
      return true;
    }
    const isOurs = revision > before && revision - before <= this.#sent;
    this.#sent = isOurs ? this.#sent - (revision - before) : 0n;
    return !isOurs;
  }
}
