// The lines of the person's plan, and which of them can be read while the journal is locked.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";

const CALL_MAX_MS = 10_000;

export interface PlanLine {
  /** Id of the question. */
  readonly field: string;
  /** The question. */
  readonly label: string;
  readonly text: string;
  readonly readable: boolean;
}

export interface PlanLines {
  readonly lines: readonly PlanLine[];
  /** What has to be read before a line becomes readable, in paragraphs. */
  readonly warning: readonly string[];
}

export async function listPlanLines(door: Door): Promise<Outcome<PlanLines>> {
  return attempt(() => door.support.listPlanLines({}, { timeoutMs: CALL_MAX_MS }));
}

/** Makes exactly these lines readable. The person has read the warning if `confirmed`. */
export function setReadableLines(door: Door, lines: readonly PlanLine[], confirmed: boolean): Promise<Outcome<unknown>> {
  const chosen = lines.map(({ field, text }) => ({ field, text }));
  return attempt<unknown>(() => door.support.setReadableLines({ lines: chosen, confirmed }, { timeoutMs: CALL_MAX_MS }));
}
