// What was begun and isn't finished: the draft that changes an entry already, and the one that was written in just now.

import { READ_MAX_MS } from "./calls";
import type { Door } from "./door";
import { readDraft, type Piece } from "./drafts";
import { attempt, Reason, type Outcome } from "./fault";
import { DraftService, type DraftSummary } from "./gen/haven/v1/drafts_pb";

/** What was last written in within this time was begun just now: whoever comes to a blank page may be looking for it. */
const RECENT_MS = 30 * 60_000;

/** A draft in which an entry is being changed. */
export interface Change {
  readonly piece: Piece;
  /** What keeps it from being in the entry, in the device's words; empty if nothing does. */
  readonly problem: string;
}

/** The draft of this device that changes an entry, the last one if there are more; undefined if there's none. An exercise has its own way. */
export async function changeOf(door: Door, entry: string): Promise<Outcome<Change | undefined>> {
  const listed = await list(door);
  if (!listed.ok) {
    return listed;
  }
  for (const { draftId, problem } of listed.value.filter(({ entryId, exercise }) => entryId === entry && !exercise)) {
    const found = await readDraft(door, draftId);
    if (!found.ok && found.fault.reason !== Reason.NOT_FOUND) {
      return found;
    }
    // What was written without seeing the entry is looked at beside it first.
    if (found.ok && found.value.meant === "") {
      return { ok: true, value: { piece: found.value, problem } };
    }
  }
  return { ok: true, value: undefined };
}

/** The draft of words that was written in just now; empty if there's none. */
export async function recentDraft(door: Door, now: number): Promise<string> {
  const listed = await list(door);
  const found = listed.ok ? listed.value.find(({ exercise }) => !exercise) : undefined;
  return found && now - Number(found.savedMs) < RECENT_MS ? found.draftId : "";
}

/** The last changed first. */
async function list(door: Door): Promise<Outcome<readonly DraftSummary[]>> {
  const outcome = await attempt(() => door.client(DraftService).listDrafts({}, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.drafts } : outcome;
}
