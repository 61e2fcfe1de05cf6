// How far the scores of a questionnaire go, as the device tells it where it looks back on them: a number says little without its ends.

import type { Door } from "./door";
import type { Outcome } from "./fault";
import { askView } from "./patterns/ask";
import { number, records, text, type Data } from "./patterns/read";

/** The lowest and the highest number of each score, by its id; what the device doesn't say isn't there. */
export type Scales = ReadonlyMap<string, readonly [min: number, max: number]>;

/** Those of one questionnaire that was answered before. */
export async function listScales(door: Door, measure: string, now: Date): Promise<Outcome<Scales>> {
  const told = await askView(door, "measures", "", now);
  return told.ok ? { ok: true, value: scalesIn(told.value.data, measure) } : told;
}

export function scalesIn(data: Data, measure: string): Scales {
  const scores = records(data, "measures").filter((one) => text(one, "measure") === measure).flatMap((one) => records(one, "scores"));
  return new Map(
    scores.flatMap((score) => {
      const [min, max] = [number(score, "min"), number(score, "max")];
      return min === undefined || max === undefined ? [] : [[text(score, "score"), [min, max] as const] as const];
    }),
  );
}
