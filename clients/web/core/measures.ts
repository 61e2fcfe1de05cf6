// The measures, and what their answers came to.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { Change, MeasureService, type MeasureResult, type MeasureScore, type MeasureSummary } from "./gen/haven/v1/measure_pb";

export { Change };
export type { MeasureResult, MeasureScore, MeasureSummary };

const READ_MAX_MS = 10_000;

export async function listMeasures(door: Door): Promise<Outcome<readonly MeasureSummary[]>> {
  return attempt(async () => (await door.client(MeasureService).listMeasures({}, { timeoutMs: READ_MAX_MS })).measures);
}

/** One of them, as lists show it: titles and words that hold whoever it is about. */
export async function findMeasure(door: Door, id: string): Promise<Outcome<MeasureSummary | undefined>> {
  const all = await listMeasures(door);
  return all.ok ? { ok: true, value: all.value.find((measure) => measure.id === id) } : all;
}

/** All results, those about each person together, oldest first. */
export async function listResults(door: Door, id: string): Promise<Outcome<readonly MeasureResult[]>> {
  const measures = door.client(MeasureService);
  return attempt(async () => (await measures.listResults({ id }, { timeoutMs: READ_MAX_MS })).results);
}

export type Offer = "offered" | "asked" | "printed" | "own";

/** How a measure is offered, as the device says it: freely, to who asks for it, for a printed form, or the person's own. */
export function offerOf(measure: MeasureSummary): Offer {
  if (measure.custom) {
    return "own";
  }
  return measure.scorerOnly ? "printed" : measure.onRequest ? "asked" : "offered";
}
