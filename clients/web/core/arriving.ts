// How somebody arrives: a check-in of a few feelings, which are its tags, so that they can be found again.

import type { Door } from "./door";
import { blank, commitDraft, readDraft, saveDraft, type Piece } from "./drafts";
import { attempt, Reason, type Outcome } from "./fault";
import { EntryKind } from "./gen/haven/v1/entry_pb";
import { PracticeService } from "./gen/haven/v1/practice_pb";

const CALL_MAX_MS = 10_000;

/** Words for feelings that are kin. */
export interface Kin {
  readonly group: string;
  readonly words: readonly string[];
}

/** The words for feelings that an exercise offers. */
export async function readFeelings(door: Door, id: string): Promise<Outcome<readonly Kin[]>> {
  const outcome = await attempt(() => door.client(PracticeService).getExercise({ id }, { timeoutMs: CALL_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const shapes = (outcome.value.exercise?.fields ?? []).map(({ shape }) => shape);
  const options = shapes.flatMap((shape) => (shape.case === "emotions" ? shape.value.suggestions : []));
  const groups = new Map<string, string[]>();
  options.forEach(({ group, label }) => groups.set(group, [...(groups.get(group) ?? []), label]));
  return { ok: true, value: [...groups].map(([group, words]) => ({ group, words })) };
}

/** A check-in that isn't kept yet. It keeps its id, so that trying again doesn't make a second one. */
export function checkIn(feelings: readonly string[], at: string): Piece {
  const piece = blank(at);
  if (piece.rest.draft) {
    piece.rest.draft.kind = EntryKind.CHECKIN;
  }
  return { ...piece, words: { ...piece.words, text: feelings.join(", "), tags: feelings } };
}

/** Keeps it, and gives its entry's id; empty if an answer was lost, and it's there all the same. */
export async function keepCheckIn(door: Door, piece: Piece): Promise<Outcome<string>> {
  const saved = await saveDraft(door, piece);
  if (!saved.ok) {
    return saved;
  }
  const outcome = await commitDraft(door, piece.id, false);
  if (outcome.ok || outcome.fault.reason !== Reason.DAEMON_UNREACHABLE) {
    return outcome;
  }
  const found = await readDraft(door, piece.id);
  return !found.ok && found.fault.reason === Reason.NOT_FOUND ? { ok: true, value: "" } : outcome;
}
