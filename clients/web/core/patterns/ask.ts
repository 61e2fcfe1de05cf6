// Asks the device what the entries show, one view at a time.

import { today } from "../day";
import type { Door } from "../door";
import { attempt, type Outcome } from "../fault";
import { ProgressService } from "../gen/haven/v1/progress_pb";
import { parse, type Data } from "./read";

export const VIEWS = ["plane", "before-after", "triggers", "belief", "signs", "people", "homework", "measures", "days"] as const;
export type View = (typeof VIEWS)[number];

/** The views that can be about one person; the others are about everything. */
export const ABOUT_PEOPLE: ReadonlySet<View> = new Set<View>(["plane", "triggers", "people", "measures"]);

/** A view of twenty years takes 25 ms; after this the device is busy with something else, and it's better said. */
const VIEW_MAX_MS = 15_000;

/** A view as the device tells it: `says` are the only sentences about it. */
export interface Told {
  readonly view: string;
  readonly enough: boolean;
  readonly says: readonly string[];
  readonly data: Data;
}

export function isView(name: string): name is View {
  return (VIEWS as readonly string[]).includes(name);
}

export async function askView(door: Door, view: string, person: string, now: Date): Promise<Outcome<Told>> {
  const request = { view, person, today: today(now) };
  const outcome = await attempt(() => door.client(ProgressService).getProgress(request, { timeoutMs: VIEW_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { enough, says, data } = outcome.value;
  const lines = says.split("\n").filter((line) => line !== "");
  return { ok: true, value: { view: outcome.value.view, enough, says: lines, data: parse(data) } };
}
