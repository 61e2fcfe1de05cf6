// The days on which something was written.

import { READ_MAX_MS } from "./calls";
import { monthAfter, type Day, type Month } from "./civil";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { JournalService } from "./gen/haven/v1/journal_pb";

/** The days of a month that have entries. */
export async function daysOf(door: Door, month: Month): Promise<Outcome<readonly Day[]>> {
  const span = { after: `${month}-01`, before: `${monthAfter(month, 1)}-01` };
  const outcome = await attempt(() => door.client(JournalService).listDays(span, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.days } : outcome;
}
