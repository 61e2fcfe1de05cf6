// What a walk is careful about: steps whose answer got lost, answers that arrive late, and other windows that answer the same question.
// It's read once a walk begins, and not before.

import { discardDraft, newId, NO_WORDS, type Words } from "../../core/drafts";
import { attempt, isLost, type Outcome } from "../../core/fault";
import { words } from "../../core/messages";
import { fields } from "../../core/messages/fields";
import { Strays } from "../../core/strays";
import { canLast, differing, putSaved, readSaved, renamed, saidIn, stepBy, wordsOf } from "../../core/walk/apart";
import { isNothing, NOTHING, toldOf, type Value } from "../../core/walk/value";
import { setAside, type Finished, type Move, type Walk } from "../../core/walk/walk";
import type { App } from "../app.svelte";
import type { Going } from "./going.svelte";
import { hereOf } from "./here";

/** How soon somebody else's hand is looked for, once the device says that drafts have changed. */
const HAND_MS = 1_000;

export class Care {
  readonly #app: App;
  readonly #going: Going;
  readonly #strays: Strays;
  #revision: bigint | undefined;
  /** Whether anything was answered here, and whether an answer of the device got lost. */
  #hasWritten = false;
  #hasLost = false;
  #stopLook = (): void => {};

  constructor(app: App, going: Going) {
    this.#app = app;
    this.#going = going;
    this.#strays = new Strays(app.clock, () => going.calm());
  }

  /** Whether older words may still arrive: as long as that may be, somebody has to listen. */
  get isWary(): boolean {
    return this.#strays.isWary;
  }

  /** Goes a step; `isLast` on the way that outlives the page. */
  async step(walk: Walk, move: Move, isLast: boolean): Promise<Outcome<Walk>> {
    const { door, lasting } = this.#app.page;
    const value = move.case === "answer" || move.case === "note" || move.case === "stop" ? move.value : NOTHING;
    const page = walk.page?.kind;
    const changes = page?.case === "question" && ["answer", "note", "stop", "skip"].includes(move.case ?? "");
    const ends = changes ? this.#sends(page.value.answerId, value) : () => {};
    const outcome = await stepBy(isLast && canLast(walk, value) ? [lasting, door] : [door], walk, move, hereOf(this.#app));
    const hasNoAnswer = !outcome.ok && isLost(outcome.fault.reason);
    this.#hasLost ||= changes && hasNoAnswer;
    ends(hasNoAnswer);
    if (outcome.ok && this.isWary) {
      this.#lookSoon();
    }
    return outcome;
  }

  /** This was sealed, and may come to be the answer once the journal is open. */
  sealed(answerId: string, value: Value): void {
    this.#hasLost = true;
    this.#sends(answerId, value)(true);
  }

  /** The device says how often drafts have changed. */
  heard(revision: bigint | undefined): void {
    if (revision !== undefined && revision !== this.#revision) {
      this.#lookSoon();
    }
    this.#revision = revision;
  }

  /** Looks what the device has of the walk. Nothing else of it may be under way. */
  async look(): Promise<void> {
    const { mine } = this.#going;
    const ours = mine?.draft;
    const { door } = this.#app.page;
    const found = ours ? await readSaved(door, ours.draftId) : undefined;
    const theirs = found?.ok ? found.value : undefined;
    if (!mine || !ours || !theirs) {
      return;
    }
    const ids = differing(ours, theirs);
    const isOwn = (id: string, value: Value): boolean => isNothing(value) || this.#strays.has(asWords(id, value));
    const isLate = this.#hasLost && ids.every((id) => isOwn(id, saidIn(theirs, id)));
    const page = mine.page?.kind;
    if (this.#going.isOver) {
      // What arrives after the end would be a draft again, and an entry soon.
      await (isLate && discardDraft(door, ours.draftId));
    } else if (isLate) {
      // What is written here is brought anyway; the rest goes once more.
      await (ids.length > 0 && !this.#going.isDirty && putSaved(door, ours));
    } else if (page?.case === "question" && ids.includes(page.value.answerId)) {
      await this.#met(mine);
    }
  }

  /** Somebody else answered this question. Whoever has written nothing reads it; else both are kept. */
  async #met(mine: Walk): Promise<void> {
    if (!this.#hasWritten && !this.#going.isDirty) {
      await this.#going.adopt();
      return;
    }
    const draft = renamed(mine.draft!, newId());
    const kept = await putSaved(this.#app.page.door, draft);
    if (kept.ok) {
      this.#going.fork({ ...mine, draft, isKept: true });
    } else {
      this.#lookSoon();
    }
  }

  /** What stands in the field, as words. */
  words(): string {
    const page = this.#going.mine?.page?.kind;
    return page?.case === "question" ? wordsOf(page.value, this.#going.written.value, words(this.#app.say, fields).field) : "";
  }

  /** Puts them into a draft of their own; nothing where there are none. */
  async setAside(): Promise<Outcome<unknown> | undefined> {
    const text = this.words();
    return text === "" ? undefined : setAside(this.#app.page.door, newId(), text);
  }

  /** The entry that a walk became whose end was carried out and not answered. */
  async became(walk: Walk): Promise<Finished | undefined> {
    const read = await attempt(() => import("../../core/walk/became"));
    return read.ok ? read.value.becameOf(this.#app.page.door, walk) : undefined;
  }

  #sends(answerId: string, value: Value): (isLost: boolean) => void {
    this.#hasWritten = true;
    return this.#strays.sends(asWords(answerId, value));
  }

  #lookSoon(): void {
    this.#stopLook();
    this.#stopLook = this.#app.clock.after(HAND_MS, () => void this.#going.look());
  }
}

function asWords(id: string, value: Value): Words {
  return { ...NO_WORDS, title: id, text: toldOf(value) };
}
