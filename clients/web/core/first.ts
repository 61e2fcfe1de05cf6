// What the device suggests to whoever has just begun.

import type { Door } from "./door";
import { attempt } from "./fault";
import { today } from "./day";
import { ProgressService } from "./gen/haven/v1/progress_pb";

const CALL_MAX_MS = 5_000;

export interface Suggestion {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
}

/** Undefined if there's nothing to suggest. */
export async function firstExercise(door: Door, now: Date): Promise<Suggestion | undefined> {
  const request = { today: today(now) };
  const outcome = await attempt(() => door.client(ProgressService).getToday(request, { timeoutMs: CALL_MAX_MS }));
  if (!outcome.ok || outcome.value.suggestion === "") {
    return undefined;
  }
  const { suggestion, suggestionTitle, suggestionMinutes } = outcome.value;
  return { id: suggestion, title: suggestionTitle, minutes: suggestionMinutes };
}
