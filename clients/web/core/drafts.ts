// Drafts as the app sees them: the words that a person writes, and what goes along with them unseen.

import { clone, create } from "@bufbuild/protobuf";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { DraftService, SavedDraftSchema, type SavedDraft } from "./gen/haven/v1/drafts_pb";
import { DraftSchema, EntryKind } from "./gen/haven/v1/entry_pb";
import { wellFormed } from "./text";

/** A disk that is busy may take a while; longer than this, and it's tried anew. */
const CALL_MAX_MS = 10_000;

/** How many bytes of text an entry holds. More is kept as a draft. */
export const TEXT_BYTES_MAX = 256 * 1024;

/** What somebody writes, and what they say about it. */
export interface Words {
  readonly title: string;
  readonly text: string;
  /** The civil time it's about. */
  readonly at: string;
  /** Ids, or names that nobody has yet. */
  readonly people: readonly string[];
  readonly tags: readonly string[];
}

/** A draft on its way: its words, and the rest as it came. */
export interface Piece {
  readonly id: string;
  readonly words: Words;
  /** The whole of it as it came: answers and the like are kept as they are. */
  readonly rest: SavedDraft;
  /** The entry it changes or has become; empty until then. */
  readonly entry: string;
  readonly base: string;
  /** How the entry was named that it was written for while nobody could see it; empty for most. */
  readonly meant: string;
  readonly held: boolean;
  /** The exercise or measure it answers; empty if none. */
  readonly exercise: string;
}

export const NO_WORDS: Words = { title: "", text: "", at: "", people: [], tags: [] };

export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Nothing written yet. */
export function blank(at: string): Piece {
  const rest = create(SavedDraftSchema, { draft: { kind: EntryKind.NOTE } });
  return { id: newId(), words: { ...NO_WORDS, at }, rest, entry: "", base: "", meant: "", held: false, exercise: "" };
}

export async function readDraft(door: Door, draftId: string): Promise<Outcome<Piece>> {
  const outcome = await attempt(() => door.client(DraftService).getDraft({ draftId }, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: pieceOf(outcome.value.draft ?? create(SavedDraftSchema, { draftId })) } : outcome;
}

export async function saveDraft(door: Door, piece: Piece): Promise<Outcome<unknown>> {
  return attempt(() => door.client(DraftService).saveDraft({ draft: savedOf(piece) }, { timeoutMs: CALL_MAX_MS }));
}

/** Keeps the words while nobody can be asked for the passphrase; whether they wait sealed, or are in the journal after all. */
export async function sealDraft(door: Door, piece: Piece): Promise<Outcome<boolean>> {
  const call = () => door.client(DraftService).sealDraft({ saved: savedOf(piece) }, { timeoutMs: CALL_MAX_MS });
  const outcome = await attempt(call);
  return outcome.ok ? { ok: true, value: outcome.value.waiting > 0 } : outcome;
}

/** Makes an entry of it, and gives the entry's id. */
export async function commitDraft(door: Door, draftId: string, confirmed: boolean): Promise<Outcome<string>> {
  const call = () => door.client(DraftService).commitDraft({ draftId, confirmed }, { timeoutMs: CALL_MAX_MS });
  const outcome = await attempt(call);
  return outcome.ok ? { ok: true, value: outcome.value.id } : outcome;
}

export async function discardDraft(door: Door, draftId: string): Promise<Outcome<unknown>> {
  return attempt(() => door.client(DraftService).discardDraft({ draftId }, { timeoutMs: CALL_MAX_MS }));
}

/** Whether there is nothing in it that anybody would miss. */
export function isBlank({ title, text }: Words): boolean {
  return title.trim() === "" && text.trim() === "";
}

export function isSameAside(one: Words, other: Words): boolean {
  const aside = ({ at, people, tags }: Words): string => JSON.stringify([at, people, tags]);
  return aside(one) === aside(other);
}

/** Words as the device keeps them. */
export function asKept({ title, text, at, people, tags }: Words): Words {
  return { title: wellFormed(title), text: wellFormed(text), at: wellFormed(at), people: people.map(wellFormed), tags: tags.map(wellFormed) };
}

/** The same title and text. What the device makes of names and times may look different without being another thing. */
export function isSameText(one: Words, other: Words): boolean {
  return one.title === other.title && one.text === other.text;
}

function pieceOf(rest: SavedDraft): Piece {
  const { title, text, at, people, tags, exercise } = rest.draft ?? create(DraftSchema);
  const { draftId: id, entryId: entry, baseVersion: base, meant, held } = rest;
  return { id, words: { title, text, at, people, tags }, rest, entry, base, meant, held, exercise: exercise?.id ?? "" };
}

function savedOf({ id, words, rest, entry, base, held, meant }: Piece): SavedDraft {
  const saved = clone(SavedDraftSchema, rest);
  const draft = (saved.draft ??= create(DraftSchema));
  const { title, text, at, people, tags } = words;
  Object.assign(draft, { title, text, at, people: [...people], tags: [...tags] });
  return Object.assign(saved, { draftId: id, entryId: entry, baseVersion: base, held, meant });
}
