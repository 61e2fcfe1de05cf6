// The exercises, and what was begun of them.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { ExerciseAsk, type Exercise, type ExerciseSummary } from "./gen/haven/v1/exercise_pb";
import { PeopleService } from "./gen/haven/v1/people_pb";
import { PracticeService } from "./gen/haven/v1/practice_pb";
import { WalkService, type BegunWalk } from "./gen/haven/v1/walk_pb";

export { ExerciseAsk };
export type { BegunWalk, Exercise, ExerciseSummary };

const READ_MAX_MS = 10_000;

/** The steps in the order that a hard hour asks for: first what settles, last what has time. 0 is every step. */
const STEPS = [3, 2, 4, 5, 1, 6, 0] as const;
export type Step = (typeof STEPS)[number];

export async function listExercises(door: Door): Promise<Outcome<readonly ExerciseSummary[]>> {
  const practice = door.client(PracticeService);
  return attempt(async () => (await practice.listExercises({}, { timeoutMs: READ_MAX_MS })).exercises);
}

export async function readExercise(door: Door, id: string, country: string): Promise<Outcome<Exercise | undefined>> {
  const practice = door.client(PracticeService);
  return attempt(async () => (await practice.getExercise({ id, country }, { timeoutMs: READ_MAX_MS })).exercise);
}

export async function listBegun(door: Door, today: string): Promise<Outcome<readonly BegunWalk[]>> {
  return attempt(async () => (await door.client(WalkService).listWalks({ today }, { timeoutMs: READ_MAX_MS })).walks);
}

/** Somebody to choose. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly died?: boolean;
}

export async function listNames(door: Door): Promise<Outcome<readonly Named[]>> {
  return attempt(async () => (await door.client(PeopleService).listPeople({}, { timeoutMs: READ_MAX_MS })).people);
}

/** Adds somebody; `anew` where somebody else has this name in another case. */
export async function addName(door: Door, name: string, anew: boolean): Promise<Outcome<Named | undefined>> {
  return attempt(async () => (await door.client(PeopleService).addPerson({ name, anew }, { timeoutMs: READ_MAX_MS })).person);
}

/** The exercises under the first step that each names, in the order of the list. */
export function byStep(exercises: readonly ExerciseSummary[]): readonly (readonly [Step, readonly ExerciseSummary[]])[] {
  const groups = STEPS.map((step) => [step, exercises.filter(({ steps }) => (steps[0] ?? 0) === step)] as const);
  return groups.filter(([, members]) => members.length > 0);
}
