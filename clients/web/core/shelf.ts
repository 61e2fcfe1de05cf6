// The drafts there are, as a list.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { DraftService } from "./gen/haven/v1/drafts_pb";
import { MeasureService } from "./gen/haven/v1/measure_pb";
import { PracticeService } from "./gen/haven/v1/practice_pb";

const options = { timeoutMs: 10_000 };

/** A draft as the list shows it. */
export interface Listed {
  readonly id: string;
  /** The entry it changes or has become; empty until then. */
  readonly entry: string;
  /** Its title, or the title of what it answers. */
  readonly title: string;
  readonly opening: string;
  readonly savedMs: number;
  readonly isWalk: boolean;
  /** What keeps it from being an entry, in the device's words; empty if nothing does. */
  readonly problem: string;
}

export async function listDrafts(door: Door): Promise<Outcome<readonly Listed[]>> {
  const outcome = await attempt(() => door.client(DraftService).listDrafts({}, options));
  if (!outcome.ok) {
    return outcome;
  }
  const { drafts } = outcome.value;
  const titles = drafts.some(({ exercise }) => exercise) ? await readTitles(door) : new Map<string, string>();
  const value = drafts.map(({ draftId: id, entryId: entry, exercise, title, opening, savedMs, problem }) => ({
    id,
    entry,
    title: exercise ? (titles.get(exercise.id) ?? exercise.id) : title,
    opening,
    savedMs: Number(savedMs),
    isWalk: exercise !== undefined,
    problem,
  }));
  return { ok: true, value };
}

/** What exercises and measures are called. One that isn't known here is called by its id. */
async function readTitles(door: Door): Promise<Map<string, string>> {
  const [exercises, measures] = await Promise.all([
    attempt(() => door.client(PracticeService).listExercises({}, options)),
    attempt(() => door.client(MeasureService).listMeasures({}, options)),
  ]);
  const titled = [...(exercises.ok ? exercises.value.exercises : []), ...(measures.ok ? measures.value.measures : [])];
  return new Map(titled.map(({ id, title }) => [id, title]));
}
