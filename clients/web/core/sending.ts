// One try to bring a draft to the device. Words come first: whatever is refused beside them, they are kept.

import type { Door } from "./door";
import { isBlank, isSameAside, saveDraft, sealDraft, type Piece, type Words } from "./drafts";
import { Reason, type Fault, type Outcome } from "./fault";

/** What the device has now. */
export interface Sent {
  readonly words: Words;
  /** Sealed, since the journal is locked. */
  readonly isSealed: boolean;
  /** What was refused beside the words. */
  readonly aside?: Fault;
}

/** `accepted` is what stood beside the words when they were last taken. */
export async function send(door: Door, piece: Piece, accepted: Words): Promise<Outcome<Sent>> {
  const first = await put(door, piece);
  if (first.ok) {
    return first;
  }
  const { fault } = first;
  if (fault.reason === Reason.INVALID_ARGUMENT && !isSameAside(accepted, piece.words)) {
    const { at, people, tags } = accepted;
    const second = await put(door, { ...piece, words: { ...piece.words, at, people, tags } });
    return second.ok ? { ok: true, value: { ...second.value, aside: fault } } : second;
  }
  if (fault.reason === Reason.NOT_FOUND && piece.entry !== "") {
    // The entry is gone; its words are a draft of their own.
    return put(door, { ...piece, entry: "", base: "" });
  }
  return first;
}

async function put(door: Door, piece: Piece): Promise<Outcome<Sent>> {
  const { words } = piece;
  const saved = await saveDraft(door, piece);
  if (saved.ok) {
    return { ok: true, value: { words, isSealed: false } };
  }
  if (saved.fault.reason !== Reason.LOCKED) {
    return saved;
  }
  // Nothing is sealed that says nothing; what stood there before stays.
  const sealed = isBlank(words) ? { ok: true as const, value: true } : await sealDraft(door, piece);
  return sealed.ok ? { ok: true, value: { words, isSealed: sealed.value } } : sealed;
}
