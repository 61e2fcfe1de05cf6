// Which entry a walk became whose end was carried out and not answered.

import { create } from "@bufbuild/protobuf";
import type { Door } from "../door";
import { attempt } from "../fault";
import type { SavedDraft } from "../gen/haven/v1/drafts_pb";
import { JournalService } from "../gen/haven/v1/journal_pb";
import { FinishWalkResponseSchema } from "../gen/haven/v1/walk_pb";
import { isSame } from "./value";
import type { Finished, Walk } from "./walk";

const CALL_MAX_MS = 10_000;

/** Among how many of the newest entries the one is looked for that a walk became a moment ago. */
const NEWEST_MAX = 5;

/** The end of a walk that was carried out and not answered: the entry it became is known, or one with its answers. */
export async function becameOf(door: Door, { draft: saved }: Walk): Promise<Finished | undefined> {
  const entryId = saved && (saved.entryId || (await entryWith(door, saved)));
  return entryId ? create(FinishWalkResponseSchema, { entryId, complete: true }) : undefined;
}

async function entryWith(door: Door, { draft }: SavedDraft): Promise<string> {
  const ours = Object.entries(draft?.answers ?? {});
  const exercise = draft?.exercise?.id ?? "";
  if (ours.length === 0 || exercise === "") {
    return "";
  }
  const journal = door.client(JournalService);
  const listed = await attempt(() => journal.listEntries({ filter: { exercise }, limit: NEWEST_MAX }, { timeoutMs: CALL_MAX_MS }));
  for (const { id } of listed.ok ? listed.value.entries : []) {
    const found = await attempt(() => journal.getEntry({ id }, { timeoutMs: CALL_MAX_MS }));
    const answers = found.ok ? found.value.entry?.answers : undefined;
    if (answers && ours.every(([of, value]) => isSame(value, answers[of]))) {
      return id;
    }
  }
  return "";
}
