// What comes up today. Nothing of it is due, and at most one thing of a kind is shown.

import type { Door } from "./door";
import { commitDraft, readDraft } from "./drafts";
import { attempt, type Outcome } from "./fault";
import { DraftService, type DraftSummary } from "./gen/haven/v1/drafts_pb";
import { JournalService } from "./gen/haven/v1/journal_pb";
import { PracticeService } from "./gen/haven/v1/practice_pb";
import { ProgressService, type LaterQuestions } from "./gen/haven/v1/progress_pb";

const CALL_MAX_MS = 10_000;
const options = { timeoutMs: CALL_MAX_MS };

/** The exercise for somebody who can't settle, and the one that finds words for how somebody arrives. Shown if they're offered. */
const SETTLING = "slow-breath";
const ARRIVING = "name-it";

/** A draft that was written down this long ago is in nobody's hands any more. */
const LEFT_MS = 24 * 3_600_000;

/** Something that was begun and isn't an entry yet. What somebody kept with open questions isn't: to hear of it daily would nag. */
export interface Open {
  readonly isWalk: boolean;
  readonly id: string;
  readonly title: string;
  readonly opening: string;
  readonly savedMs: number;
}

export interface Exercise {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
}

export interface Later {
  readonly entry: string;
  readonly title: string;
  readonly date: string;
  readonly questions: readonly string[];
}

export interface Today {
  /** The last thing that was begun; absent if there's none. */
  readonly open?: Open;
  /** How many drafts there are besides it. */
  readonly drafts: number;
  readonly later?: Later;
  readonly suggestion?: Exercise;
  readonly settling?: Exercise;
  readonly arriving?: Exercise;
  /** An entry in which two edits met, and how many there are. */
  readonly met: string;
  readonly metCount: number;
  /** Whether help was needed in the last days. */
  readonly helped: boolean;
}

export async function readToday(door: Door, today: string): Promise<Outcome<Today>> {
  const [progress, drafts, met, practice] = await Promise.all([
    attempt(() => door.client(ProgressService).getToday({ today }, options)),
    attempt(() => door.client(DraftService).listDrafts({}, options)),
    attempt(() => door.client(JournalService).listEntries({ filter: { met: true }, limit: 1 }, options)),
    attempt(() => door.client(PracticeService).listExercises({}, options)),
  ]);
  const failed = [progress, drafts, met].find((outcome) => !outcome.ok);
  if (failed || !progress.ok || !drafts.ok || !met.ok) {
    return failed as Outcome<never>;
  }
  const resting = new Set(progress.value.resting);
  const unfinished = drafts.value.drafts.filter(({ exercise }) => !resting.has(exercise?.id ?? ""));
  const titles = new Map(practice.ok ? practice.value.exercises.map((one) => [one.id, one] as const) : []);
  const offered = (id: string): Exercise | undefined => {
    const found = titles.get(id);
    return found && { id, title: found.title, minutes: found.minutes };
  };
  const open = openOf(unfinished[0], (id) => titles.get(id)?.title ?? id);
  const { suggestion, suggestionTitle: title, suggestionMinutes: minutes, later } = progress.value;
  const parts = { open, later: later[0] && laterOf(later[0]), settling: offered(SETTLING), arriving: offered(ARRIVING) };
  const value = {
    drafts: drafts.value.drafts.filter(({ draftId }) => draftId !== open?.id).length,
    met: met.value.entries[0]?.id ?? "",
    metCount: met.value.total,
    helped: resting.size > 0,
    ...present({ ...parts, suggestion: suggestion ? { id: suggestion, title, minutes } : undefined }),
  };
  return { ok: true, value };
}

/** Forgets drafts whose words are in their entries altogether, and have been for a day: there is place for 64. */
export async function tidyDrafts(door: Door, now: number): Promise<void> {
  const outcome = await attempt(() => door.client(DraftService).listDrafts({}, options));
  const isLeft = ({ entryId, problem, exercise, savedMs }: DraftSummary): boolean =>
    entryId !== "" && problem === "" && !exercise && now - Number(savedMs) > LEFT_MS;
  for (const { draftId } of outcome.ok ? outcome.value.drafts.filter(isLeft) : []) {
    const found = await readDraft(door, draftId);
    // What only its person may write down stays.
    if (found.ok && !found.value.held && found.value.meant === "") {
      await commitDraft(door, draftId, false);
    }
  }
}

function openOf(draft: DraftSummary | undefined, titleOf: (id: string) => string): Open | undefined {
  if (!draft) {
    return undefined;
  }
  const { draftId: id, exercise, opening, savedMs } = draft;
  const title = exercise ? titleOf(exercise.id) : draft.title;
  return { isWalk: exercise !== undefined, id, title, opening, savedMs: Number(savedMs) };
}

function laterOf({ entryId: entry, title, date, questions }: LaterQuestions): Later {
  return { entry, title, date, questions: questions.map(({ label }) => label) };
}

/** Without what isn't there. */
function present<T extends object>(parts: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as { [K in keyof T]?: NonNullable<T[K]> };
}
