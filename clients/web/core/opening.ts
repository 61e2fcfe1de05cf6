// What an address of writing opens: a draft, an entry that's changed, or a blank page. The address holds ids only, and from the first
// key on it leads back to the very same draft, also if that key was the last one before the page was loaded again.
//
//   write              a blank page              write/draft/ID   a draft
//   write/new/DRAFT    one that was begun        write/entry/ID   an entry, in the draft that changes it already if there's one
//   write/ENTRY/DRAFT  an entry that was begun to be changed

import { create } from "@bufbuild/protobuf";
import type { Door } from "./door";
import { blank, newId, readDraft, type Piece } from "./drafts";
import { attempt, Reason, type Outcome } from "./fault";
import { SavedDraftSchema } from "./gen/haven/v1/drafts_pb";
import { DraftSchema, EntryKind } from "./gen/haven/v1/entry_pb";
import { JournalService } from "./gen/haven/v1/journal_pb";
import { changeOf } from "./unfinished";

/** A disk that is busy may take a while; longer than this, and it's tried anew. */
const CALL_MAX_MS = 10_000;

const ID = /^[0-9a-f]{32}$/;

export interface Opened {
  readonly piece: Piece;
  /** Whether the device has this draft. */
  readonly isKept: boolean;
  /** Whether it was begun before, and may still be on its way from a page that has just gone. */
  readonly isAwaited: boolean;
  /** Whether it was begun to change an entry, and is gone on with. */
  readonly goesOn: boolean;
}

/** The address by which a draft is found again before the device has it. */
export function begunAt({ id, entry }: Piece): readonly [string, string] {
  return [entry || "new", id];
}

/** The draft that an address names, or else the entry; both empty for a blank page. */
export function namedBy([kind = "", id = ""]: readonly string[]): { draft: string; entry: string } {
  if (kind === "draft" || kind === "new") {
    return { draft: id, entry: "" };
  }
  return kind === "entry" ? { draft: "", entry: id } : { draft: id, entry: kind };
}

/** `at` is the civil time of a blank page. */
export async function openPiece(door: Door, args: readonly string[], at: string): Promise<Outcome<Opened>> {
  const [kind = "", id = ""] = args;
  if (kind === "draft") {
    return kept(await readDraft(door, id));
  }
  if (kind === "entry") {
    return changed(door, id, "");
  }
  const isBegun = ID.test(id) && (kind === "new" || ID.test(kind));
  if (!isBegun) {
    return fresh(blank(at), false);
  }
  const found = await readDraft(door, id);
  if (found.ok || found.fault.reason !== Reason.NOT_FOUND) {
    return kept(found);
  }
  return kind === "new" ? fresh({ ...blank(at), id }, true) : changed(door, kind, id);
}

/** An entry is changed in the draft that changes it already: two of them would meet with each other. */
async function changed(door: Door, entry: string, draft: string): Promise<Outcome<Opened>> {
  const change = await changeOf(door, entry);
  if (!change.ok) {
    return change;
  }
  if (change.value) {
    return { ok: true, value: { piece: change.value.piece, isKept: true, isAwaited: false, goesOn: true } };
  }
  const found = await readEntry(door, entry);
  return found.ok ? fresh(draft ? { ...found.value, id: draft } : found.value, draft !== "") : found;
}

function kept(found: Outcome<Piece>): Outcome<Opened> {
  return found.ok ? { ok: true, value: { piece: found.value, isKept: true, isAwaited: false, goesOn: false } } : found;
}

function fresh(piece: Piece, isAwaited: boolean): Outcome<Opened> {
  return { ok: true, value: { piece, isKept: false, isAwaited, goesOn: false } };
}

/** An entry, to be changed by a draft of its own. */
export async function readEntry(door: Door, id: string): Promise<Outcome<Piece>> {
  const outcome = await attempt(() => door.client(JournalService).getEntry({ id }, { timeoutMs: CALL_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { summary, text = "", answers = {}, version = "" } = outcome.value.entry ?? {};
  const exercise = summary?.exercise;
  const draft = create(DraftSchema, { kind: summary?.kind ?? EntryKind.NOTE, answers, ...(exercise ? { exercise } : {}) });
  const rest = create(SavedDraftSchema, { draft });
  const people = (summary?.people ?? []).map((person) => person.id);
  const words = { title: summary?.title ?? "", text, at: summary?.at ?? "", people, tags: summary?.tags ?? [] };
  const piece = { id: newId(), words, rest, entry: summary?.id ?? id, base: version, meant: "", held: false };
  return { ok: true, value: { ...piece, exercise: exercise?.id ?? "" } };
}
