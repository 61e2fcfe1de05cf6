// The two ways out of writing: done, or thrown away. Neither is believed before the device has said so.

import type { Door } from "./door";
import { commitDraft, discardDraft, isBlank, newId, readDraft, saveDraft, type Piece } from "./drafts";
import { attempt, isLost, Reason, type Outcome } from "./fault";
import { JournalService } from "./gen/haven/v1/journal_pb";
import type { Keeper } from "./keeper";
import { send } from "./sending";

const CALL_MAX_MS = 10_000;

export type Finished =
  | { readonly kind: "entry"; readonly id: string }
  /** It is an entry; the device had said so before, and nobody heard which one. */
  | { readonly kind: "somewhere" }
  /** There was nothing to keep. */
  | { readonly kind: "nothing" }
  /** Its person has to look at what it changes first. */
  | { readonly kind: "unseen" }
  /** The words aren't home: what keeps them stands beside them. */
  | { readonly kind: "unsaved" };

/** Whether a commit whose answer was lost may have been carried out. */
interface Doubt {
  isThere: boolean;
}

/** Makes an entry of what is written, or a change to one. `doubt` lives as long as the keeper. */
export async function finish(door: Door, keeper: Keeper, isConfirmed: boolean, doubt: Doubt): Promise<Outcome<Finished>> {
  await keeper.flush();
  if (keeper.isDirty) {
    return { ok: true, value: { kind: "unsaved" } };
  }
  const { id, entry, words } = keeper.piece;
  if (isBlank(words) && entry === "") {
    await discardDraft(door, id);
    keeper.end();
    return { ok: true, value: { kind: "nothing" } };
  }
  const first = await commitDraft(door, id, isConfirmed);
  const isElsewhere = !first.ok && first.fault.reason === Reason.NOT_FOUND && !doubt.isThere && (await isGone(door, id));
  const outcome = isElsewhere ? await again(door, keeper.piece, isConfirmed) : first;
  if (outcome.ok) {
    keeper.end();
    return { ok: true, value: { kind: "entry", id: outcome.value } };
  }
  if (outcome.fault.reason === Reason.CONFIRMATION_NEEDED) {
    return { ok: true, value: { kind: "unseen" } };
  }
  if (outcome.fault.reason === Reason.NOT_FOUND && doubt.isThere && (await isGone(door, id))) {
    keeper.end();
    return { ok: true, value: entry ? { kind: "entry", id: entry } : { kind: "somewhere" } };
  }
  doubt.isThere ||= isLost(outcome.fault.reason);
  return outcome;
}

/**
 * The draft became an entry, or was thrown away, in another tab: what stands here goes once more. In an entry the same edit counts
 * once, so that nothing of it stands twice.
 */
async function again(door: Door, piece: Piece, isConfirmed: boolean): Promise<Outcome<string>> {
  const sent = await send(door, piece, piece.words);
  return sent.ok ? commitDraft(door, piece.id, isConfirmed) : sent;
}

/** Makes a new entry of words that were written for one that nobody could see; that one stays as it is. */
export async function finishAnew(door: Door, keeper: Keeper): Promise<Outcome<Finished>> {
  await keeper.flush();
  if (keeper.isDirty) {
    return { ok: true, value: { kind: "unsaved" } };
  }
  const { piece } = keeper;
  const id = newId();
  const saved = await saveDraft(door, { ...piece, id, entry: "", base: "", meant: "" });
  const outcome = saved.ok ? await commitDraft(door, id, false) : saved;
  if (!outcome.ok) {
    return outcome;
  }
  await discardDraft(door, piece.id);
  keeper.end();
  return { ok: true, value: { kind: "entry", id: outcome.value } };
}

export type Undone =
  | { readonly kind: "gone" }
  /** Others changed the entry meanwhile: its history tells what to go back to. */
  | { readonly kind: "moved"; readonly entry: string };

/**
 * Throws away what was written. What the device has written down of it meanwhile goes into the trash, or back to how it was when
 * it was opened at `opened`.
 */
export async function undo(door: Door, keeper: Keeper, opened: Place): Promise<Outcome<Undone>> {
  const { id } = keeper.piece;
  const last = await held(door, id);
  if (!last.ok) {
    return last;
  }
  const { entry, base } = last.value ?? keeper.piece;
  const discarded = await discardDraft(door, id);
  if (!discarded.ok) {
    return discarded;
  }
  const outcome = await unwritten(door, { entry, base }, opened);
  if (outcome.ok) {
    keeper.end();
  }
  return outcome;
}

/** An entry, and the version that somebody's words stand on. */
export interface Place {
  readonly entry: string;
  readonly base: string;
}

/** Takes back what the device wrote down of a draft. */
async function unwritten(door: Door, { entry, base }: Place, opened: Place): Promise<Outcome<Undone>> {
  if (entry === "" || (opened.entry !== "" && base === opened.base)) {
    return { ok: true, value: { kind: "gone" } };
  }
  const journal = door.client(JournalService);
  if (opened.entry === "") {
    const trashed = await attempt(() => journal.trashEntry({ id: entry }, { timeoutMs: CALL_MAX_MS }));
    return trashed.ok ? { ok: true, value: { kind: "gone" } } : trashed;
  }
  const now = await attempt(() => journal.getEntry({ id: entry }, { timeoutMs: CALL_MAX_MS }));
  if (!now.ok || now.value.entry?.version !== base) {
    return now.ok ? { ok: true, value: { kind: "moved", entry } } : now;
  }
  const back = await attempt(() => journal.restoreVersion({ id: entry, version: opened.base }, { timeoutMs: CALL_MAX_MS }));
  return back.ok ? { ok: true, value: { kind: "gone" } } : back;
}

/** The draft as the device has it, which it doesn't write down by itself any more; nothing if it has none. */
async function held(door: Door, id: string): Promise<Outcome<Piece | undefined>> {
  const found = await readDraft(door, id);
  if (!found.ok) {
    return found.fault.reason === Reason.NOT_FOUND ? { ok: true, value: undefined } : found;
  }
  const saved = await saveDraft(door, { ...found.value, held: true });
  return saved.ok ? readDraft(door, id) : saved;
}

async function isGone(door: Door, id: string): Promise<boolean> {
  const found = await readDraft(door, id);
  return !found.ok && found.fault.reason === Reason.NOT_FOUND;
}
