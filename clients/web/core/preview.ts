// A text as it will read.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { JournalService } from "./gen/haven/v1/journal_pb";
import type { Prose } from "./prose";

const CALL_MAX_MS = 10_000;

export async function renderText(door: Door, text: string): Promise<Outcome<Prose | undefined>> {
  const outcome = await attempt(() => door.client(JournalService).renderText({ text }, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.prose } : outcome;
}
