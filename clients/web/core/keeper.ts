// Keeps what is being written: brings it to the device at every pause, seals it while the journal is locked, and tries until it
// works. It outlives the screen that the words were written on.

import { asKept, discardDraft, isBlank, isSameAside, isSameText, newId, NO_WORDS, readDraft, type Piece, type Words } from "./drafts";
import { isLost, Reason, type Fault } from "./fault";
import { Hands } from "./hands";
import type { Holder } from "./holders";
import type { Keeping, Viewer, Ways } from "./keeping";
import { send, type Sent } from "./sending";
import { Strays } from "./strays";

export type { Keeping };

/** A pause in typing, and how long somebody may type without one before their words are kept. */
export const PAUSE_MS = 400;
export const UNBROKEN_MAX_MS = 3_000;

/** Pauses between tries: short first, since a lock takes 0.6 s; then easy on the battery. */
const RETRY_MIN_MS = 500;
const RETRY_MAX_MS = 30_000;

/** After a while of quiet the device writes a draft down; a look some seconds later tells as which entry. */
export const LOOK_MS = 7_000;

/** A save that isn't answered for so long is told: the words may be on this page alone. */
export const SLOW_MS = 4_000;

/** How soon somebody else's hand is looked for, once the device says that drafts have changed. */
const HAND_MS = 1_000;

/** A browser sends 64 kB for a page that is gone, all calls together; the rest is room for what goes along with the words. */
const LASTING_BYTES_MAX = 56 * 1024;

const SILENT: Fault = { reason: Reason.DAEMON_UNREACHABLE, what: "", why: "", next: "", retryAfterMs: 0 };

export class Keeper implements Holder {
  readonly #ways: Ways;
  readonly #tell: () => void;
  #viewer: Viewer | undefined;
  #piece: Piece;
  /** Reads the words where they're written: only when they're needed, since a long text takes a while. */
  #source: (() => Words) | undefined;
  #keeping: Keeping = { kind: "still" };
  /** What the device has; undefined if it has nothing. */
  #kept: Words | undefined;
  readonly #strays: Strays;
  /** How often something was written, up to where the device has it, and up to where somebody wants it there. */
  #turn = 0;
  #home = 0;
  #wanted = 0;
  #running: Promise<void> | undefined;
  #stopPause = (): void => {};
  #stopRetry = (): void => {};
  #stopLook = (): void => {};
  #unbrokenSince: number | undefined;
  #retryMs = RETRY_MIN_MS;
  /** Whether somebody else may have had a hand in the draft. */
  #isUnsure = false;
  /** Whether the draft may still be on its way from a page that has just gone. */
  #isAwaited = false;
  readonly #hands = new Hands();
  /** Whether two saves may have passed each other on the way. */
  #hasCrossed = false;
  #isLasting = false;
  #isOver = false;

  /** `isKept` says that the device has this draft already; `tell` hears when there's more or less to bring. */
  constructor(ways: Ways, piece: Piece, isKept: boolean, tell: () => void) {
    this.#ways = ways;
    this.#piece = piece;
    this.#kept = isKept ? piece.words : undefined;
    this.#tell = tell;
    this.#strays = new Strays(ways.clock, tell);
  }

  /** The draft, with the words as they were when they were last read. */
  get piece(): Piece {
    return this.#piece;
  }

  /** Its address was there before: the draft may be on its way, and is looked for before anything else is kept. */
  expect(): void {
    this.#isAwaited = this.#isUnsure = true;
    this.#lookIn(HAND_MS);
  }

  /** Somebody else may have had a hand in it while nobody listened. */
  doubt(): void {
    this.#isUnsure ||= this.isKept;
  }

  get keeping(): Keeping {
    return this.#keeping;
  }

  get isDirty(): boolean {
    return !this.#isOver && this.#home < this.#turn;
  }

  /** Whether it's an entry now, or thrown away. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether older words may still arrive, over the newest or after the end: as long as that may be, somebody has to listen. */
  get isWary(): boolean {
    return this.#strays.isWary;
  }

  /** Whether the device has a draft of this. */
  get isKept(): boolean {
    return this.#kept !== undefined;
  }

  /** Whether somebody looks at it. */
  get isShown(): boolean {
    return this.#viewer !== undefined;
  }

  read(): string {
    const { title, text } = this.#words();
    return [title, text].filter((part) => part !== "").join("\n\n");
  }

  /** Shows to one viewer at a time; the answer ends that, and reads what's written one last time. */
  show(viewer: Viewer): () => void {
    this.#viewer = viewer;
    return () => {
      if (this.#viewer === viewer) {
        this.#words();
        this.#source = undefined;
        this.#viewer = undefined;
      }
    };
  }

  /** Something was written; it's read when the time comes to keep it. */
  touch(source: () => Words): void {
    const wasDirty = this.isDirty;
    this.#source = source;
    this.#turn += 1;
    const now = this.#ways.clock.now();
    this.#unbrokenSince ??= now;
    const left = this.#unbrokenSince + UNBROKEN_MAX_MS - now;
    this.#stopPause();
    this.#stopPause = this.#ways.clock.after(Math.max(0, Math.min(PAUSE_MS, left)), () => void this.#bring());
    if (this.#keeping.kind !== "unsaved") {
      this.#say({ kind: "saving" });
    }
    if (!wasDirty) {
      this.#tell();
    }
  }

  /** The device says how often drafts have changed. */
  heard(revision: bigint | undefined): void {
    if (!this.#hands.areForeign(revision)) {
      return;
    }
    if (this.#isOver) {
      void this.#sweep();
    } else if (this.isKept || this.#isAwaited) {
      this.#isUnsure = true;
      this.#lookIn(HAND_MS);
    }
  }

  async flush(isLast = false): Promise<void> {
    if (!this.isDirty) {
      return;
    }
    if (isLast) {
      await this.#part();
      return;
    }
    this.#isLasting = true;
    await this.#bring();
    this.#isLasting = false;
  }

  /** Looks what the device has of it now, such as which entry it has become. */
  async look(): Promise<void> {
    this.doubt();
    await this.#bring();
  }

  /** It is an entry now, or thrown away: nothing is kept any more. */
  end(): void {
    this.#isOver = true;
    this.#source = undefined;
    [this.#stopPause, this.#stopRetry, this.#stopLook].forEach((stop) => stop());
    this.#tell();
  }

  /** One save at a time; whoever asks meanwhile gets the newest words brought after it. */
  #bring(): Promise<void> {
    [this.#stopPause, this.#stopRetry].forEach((stop) => stop());
    this.#unbrokenSince = undefined;
    this.#wanted = this.#turn;
    this.#running ??= this.#loop().finally(() => {
      this.#running = undefined;
      this.#tell();
    });
    return this.#running;
  }

  async #loop(): Promise<void> {
    do {
      const stopSlow = this.#ways.clock.after(SLOW_MS, () => this.isDirty && this.#say({ kind: "unsaved", fault: SILENT }));
      const fault = (await this.#looked()) ?? (await this.#save());
      stopSlow();
      if (fault) {
        this.#failed(fault);
        return;
      }
      this.#retryMs = RETRY_MIN_MS;
    } while (!this.#isOver && this.#home < this.#wanted);
  }

  /** Brings the words of this moment. Those that are written meanwhile are brought next. */
  async #save(): Promise<Fault | undefined> {
    const turn = this.#turn;
    if (this.#home >= turn || this.#isOver) {
      return undefined;
    }
    const words = this.#words();
    const isSame = this.#kept && isSameText(this.#kept, words) && isSameAside(this.#kept, words);
    if ((isSame && !this.#hasCrossed) || (!this.#kept && isBlank(words))) {
      this.#home = turn;
      this.#say({ kind: this.#kept ? "saved" : "still" });
      return undefined;
    }
    this.#hasCrossed = false;
    const outcome = await this.#send(words, this.#isLasting);
    if (!outcome.ok) {
      return outcome.fault;
    }
    this.#arrived(turn, outcome.value);
    return undefined;
  }

  async #send(words: Words, isLasting: boolean): ReturnType<typeof send> {
    const { door, lasting } = this.#ways;
    const fits = isLasting && new TextEncoder().encode(words.title + words.text).length <= LASTING_BYTES_MAX;
    const ends = this.#strays.sends(words);
    this.#hands.sends();
    const piece = { ...this.#piece, words };
    const accepted = this.#kept ?? NO_WORDS;
    let outcome = await send(fits ? lasting : door, piece, accepted);
    // What a browser doesn't take for a page that may go, it may take for one that stays.
    if (fits && !outcome.ok && outcome.fault.reason === Reason.DAEMON_UNREACHABLE) {
      outcome = await send(door, piece, accepted);
    }
    const hasNoAnswer = !outcome.ok && isLost(outcome.fault.reason);
    ends(hasNoAnswer);
    if (hasNoAnswer) {
      this.#hands.lost();
    }
    return outcome;
  }

  #arrived(turn: number, { words, isSealed, aside }: Sent): void {
    this.#kept = words;
    this.#isAwaited = false;
    this.#home = Math.max(this.#home, turn);
    if (this.isDirty) {
      this.#say({ kind: "saving" });
    } else {
      this.#say(aside ? { kind: "aside", fault: aside } : { kind: isSealed ? "sealed" : "saved" });
    }
    if (!isSealed) {
      this.#lookIn(LOOK_MS);
    }
  }

  /** The page may go at any moment, and what is on its way breaks off with it: the newest words go by themselves, and nothing is
   * asked before. Another page on the same draft hears of it, and keeps what it has in a draft of its own. */
  async #part(): Promise<void> {
    this.#hasCrossed = true;
    await this.#send(this.#words(), true);
    // It's still here: nobody knows which of the two came last, so they go once more.
    this.#hasCrossed = true;
    this.#turn += 1;
    await this.#bring();
  }

  /** Looks where somebody else may have had a hand in the draft. A journal that's locked shows nothing, and takes words all the same. */
  async #looked(): Promise<Fault | undefined> {
    if (!this.#isUnsure) {
      return undefined;
    }
    const found = await readDraft(this.#ways.door, this.#piece.id);
    if (!found.ok && found.fault.reason !== Reason.NOT_FOUND) {
      return found.fault.reason === Reason.LOCKED ? undefined : found.fault;
    }
    this.#isUnsure = false;
    if (!found.ok) {
      // It was made an entry, or thrown away, elsewhere.
      this.#kept = undefined;
      return undefined;
    }
    const { entry, base, words } = found.value;
    const isKept = this.#kept !== undefined && isSameText(this.#kept, words);
    if (!isKept && !this.#strays.has(words)) {
      this.#met(found.value);
      return undefined;
    }
    this.#piece = { ...this.#piece, entry: entry || this.#piece.entry, base: base || this.#piece.base };
    if (isKept && this.#keeping.kind === "sealed" && !this.isDirty) {
      // Unlocked meanwhile: what was sealed can be read again.
      this.#say({ kind: "saved" });
    } else if (!isKept) {
      // Own words came late, over newer ones perhaps: the newest go once more.
      this.#kept = words;
      this.#turn += 1;
      this.#wanted = this.#turn;
    }
    return undefined;
  }

  /** Somebody else wrote in this draft. Whoever has written nothing reads on; else both are kept, each on what it was written on. */
  #met(found: Piece): void {
    if (this.#turn === 0) {
      this.#piece = found;
      this.#kept = found.words;
      this.#isAwaited = false;
      this.#viewer?.adopted(found);
      return;
    }
    this.#piece = { ...this.#piece, id: newId(), meant: "" };
    this.#kept = undefined;
    this.#isAwaited = false;
    this.#strays.forget();
    this.#turn += 1;
    this.#wanted = this.#turn;
    this.#viewer?.forked(this.#piece.id);
  }

  /** What arrives after the end would be a draft again, and an entry soon. */
  async #sweep(): Promise<void> {
    const { door } = this.#ways;
    const found = await readDraft(door, this.#piece.id);
    if (found.ok && this.#strays.has(found.value.words)) {
      await discardDraft(door, this.#piece.id);
    }
  }

  #failed(fault: Fault): void {
    if (this.#isOver) {
      return;
    }
    if (this.isDirty) {
      // Where the device has said nothing, it's silent, whatever the browser makes of it.
      this.#say({ kind: "unsaved", fault: isLost(fault.reason) && fault.what === "" ? SILENT : fault });
    }
    this.doubt();
    this.#stopRetry();
    // Without a session nothing comes of trying; a new one says so.
    if (fault.reason !== Reason.NO_SESSION) {
      this.#stopRetry = this.#ways.clock.after(this.#retryMs, () => void this.#bring());
      this.#retryMs = Math.min(this.#retryMs * 2, RETRY_MAX_MS);
    }
  }

  #lookIn(ms: number): void {
    this.#stopLook();
    this.#stopLook = this.#ways.clock.after(ms, () => void this.look());
  }

  #words(): Words {
    if (this.#source) {
      this.#piece = { ...this.#piece, words: asKept(this.#source()) };
    }
    return this.#piece.words;
  }

  /** Not at every key: whoever shows it has enough to do. */
  #say(keeping: Keeping): void {
    const isNews = keeping.kind !== "saving" || this.#keeping.kind !== "saving";
    this.#keeping = keeping;
    if (isNews) {
      this.#viewer?.kept(keeping);
    }
  }
}
