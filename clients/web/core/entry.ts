// One entry: read, its versions, what met in it, and the trash. Every change is a new version; nothing is lost.

import { READ_MAX_MS, WRITE_MAX_MS } from "./calls";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import type { EntrySummary, EntryVersion } from "./gen/haven/v1/entry_pb";
import { JournalService, type ReadAnswer } from "./gen/haven/v1/journal_pb";
import { MeasureService, type MeasureResult } from "./gen/haven/v1/measure_pb";
import { ProgressService } from "./gen/haven/v1/progress_pb";
import type { Prose } from "./gen/haven/v1/prose_pb";

export { EntryKind, MetPartKind } from "./gen/haven/v1/entry_pb";
export type { EntrySummary, EntryVersion, MeasureResult, ReadAnswer };

export interface Read {
  readonly summary: EntrySummary;
  readonly text: string;
  readonly prose: Prose | undefined;
  readonly answers: readonly ReadAnswer[];
  readonly version: string;
  /** The versions that met and aren't settled, the one that's shown first; empty if nothing met. */
  readonly met: readonly EntryVersion[];
}

/** Reads an entry, now or at a version. */
export async function readEntry(door: Door, id: string, version = ""): Promise<Outcome<Read | undefined>> {
  const request = { id, version, withProse: true };
  const outcome = await attempt(() => door.client(JournalService).getEntry(request, { timeoutMs: READ_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { entry, answersRead: answers, met, prose } = outcome.value;
  const read = entry?.summary && { summary: entry.summary, text: entry.text, version: entry.version, prose, answers, met };
  return { ok: true, value: read };
}

/** What the answers of a measure's entry come to; undefined if that can't be said. */
export async function readResult(door: Door, entry: EntrySummary): Promise<Outcome<MeasureResult | undefined>> {
  const request = { id: entry.exercise?.id ?? "" };
  const outcome = await attempt(() => door.client(MeasureService).listResults(request, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.results.find(({ entryId }) => entryId === entry.id) } : outcome;
}

/** Whether there are questions about this entry whose time has come. */
export async function hasLater(door: Door, id: string, today: string): Promise<boolean> {
  const outcome = await attempt(() => door.client(ProgressService).getToday({ today }, { timeoutMs: READ_MAX_MS }));
  return outcome.ok && outcome.value.later.some(({ entryId }) => entryId === id);
}

export async function toTrash(door: Door, id: string): Promise<Outcome<unknown>> {
  return attempt(() => door.client(JournalService).trashEntry({ id }, { timeoutMs: WRITE_MAX_MS }));
}

export async function fromTrash(door: Door, id: string): Promise<Outcome<unknown>> {
  return attempt(() => door.client(JournalService).untrashEntry({ id }, { timeoutMs: WRITE_MAX_MS }));
}

/** The versions, newest first. */
export async function readHistory(door: Door, id: string): Promise<Outcome<readonly EntryVersion[]>> {
  const outcome = await attempt(() => door.client(JournalService).listHistory({ id }, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.versions } : outcome;
}

/** Makes the entry read as it did; the answer is the version it has now. */
export async function restore(door: Door, id: string, version: string): Promise<Outcome<string>> {
  const outcome = await attempt(() => door.client(JournalService).restoreVersion({ id, version }, { timeoutMs: WRITE_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.version } : outcome;
}

/** Keeps one of the versions that met, or both; whether the entry is in the trash by that. */
export async function settle(door: Door, id: string, version: string | undefined): Promise<Outcome<boolean>> {
  const keep = version === undefined ? ({ case: "both", value: true } as const) : ({ case: "version", value: version } as const);
  const outcome = await attempt(() => door.client(JournalService).settleEntry({ id, keep }, { timeoutMs: WRITE_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.trashed } : outcome;
}
