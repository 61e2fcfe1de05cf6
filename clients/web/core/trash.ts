// What is in the trash, as a list like any other.

import { READ_MAX_MS } from "./calls";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { JournalService } from "./gen/haven/v1/journal_pb";
import { ALL, PAGE, type Found } from "./journal";

export async function trashed(door: Door, page: string): Promise<Outcome<Found>> {
  const asked = { filter: { trashed: true }, limit: PAGE, page };
  const outcome = await attempt(() => door.client(JournalService).listEntries(asked, { timeoutMs: READ_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { entries, nextPage, total } = outcome.value;
  const lines = entries.map((entry) => ({ entry, snippet: [] }));
  return { ok: true, value: { query: "", filter: ALL, lines, next: nextPage, total, near: [] } };
}
