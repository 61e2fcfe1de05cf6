// Walking through an exercise or a measure: the device says which page comes, this carries what the person does there to it.

import { clone, create } from "@bufbuild/protobuf";
import type { Door } from "../door";
import { attempt, type Outcome } from "../fault";
import { DraftService, SavedDraftSchema, type SavedDraft } from "../gen/haven/v1/drafts_pb";
import { DraftSchema } from "../gen/haven/v1/entry_pb";
import { ItemKind, type ListShape } from "../gen/haven/v1/exercise_pb";
import {
  BeginWalkRequestSchema,
  CouldHarm,
  WalkService,
  type BeginWalkRequest,
  type FinishWalkResponse,
  type StepWalkRequest,
  type Walk,
} from "../gen/haven/v1/walk_pb";
import type { Value } from "./value";

export { CouldHarm };
export type { Walk };
export type { EmotionsShape, Evidence, Field, FieldOption, HarmQuestion, ListShape, ScaleShape } from "../gen/haven/v1/exercise_pb";
export type { EntrySummary, PersonRef } from "../gen/haven/v1/entry_pb";
export type { EndPage, HeldPage, IntroPage, NoticePage, QuestionPage, Reviewed, Suggested, SupportPage, WalkPage } from "../gen/haven/v1/walk_pb";
export type Move = StepWalkRequest["move"];
export type Finished = FinishWalkResponse;

/** What the items of a list are. */
export const isList = {
  ofPeople: ({ of }: ListShape): boolean => of === ItemKind.PERSON,
  ofWords: ({ of }: ListShape): boolean => of !== ItemKind.PERSON && of !== ItemKind.LINK,
};

/** What a walk begins with, as its address says it. */
export type What = BeginWalkRequest["what"];

/** Where and when somebody is. */
export interface Here {
  readonly country: string;
  /** A date, such as "2026-11-24". */
  readonly today: string;
}

/** A page that doesn't come within this is said to be missing; what stands in its fields stays. */
const WALK_MAX_MS = 10_000;

const KINDS = { exercise: "exercise", measure: "measure", draft: "draftId", entry: "entry", later: "later" } as const;

/** What an address names, `walk/KIND/ID`; undefined if it names nothing that can be walked. */
export function whatOf([kind = "", id = ""]: readonly string[]): What | undefined {
  const known = Object.hasOwn(KINDS, kind) ? KINDS[kind as keyof typeof KINDS] : undefined;
  return known && id !== "" ? { case: known, value: id } : undefined;
}

export async function beginWalk(door: Door, what: What, people: readonly string[], here: Here): Promise<Outcome<Walk>> {
  const request = create(BeginWalkRequestSchema, { what, people: [...people], ...here });
  return walkOf(() => door.client(WalkService).beginWalk(request, { timeoutMs: WALK_MAX_MS }));
}

export async function stepWalk(door: Door, walk: Walk, move: Move, here: Here): Promise<Outcome<Walk>> {
  return walkOf(() => door.client(WalkService).stepWalk({ walk, move, ...here }, { timeoutMs: WALK_MAX_MS }));
}

export async function finishWalk(door: Door, walk: Walk, today: string): Promise<Outcome<Finished>> {
  return attempt(() => door.client(WalkService).finishWalk({ walk, today }, { timeoutMs: WALK_MAX_MS }));
}

/** Keeps what was answered, and what stands in the field, of a journal that was locked meanwhile. */
export async function sealWalk(door: Door, walk: Walk, answerId: string, value: Value): Promise<Outcome<unknown>> {
  return attempt(() => door.client(DraftService).sealDraft({ saved: withAnswer(walk, answerId, value) }, { timeoutMs: WALK_MAX_MS }));
}

/** Puts words into a draft of their own: their walk was finished or thrown away somewhere else while they were written. */
export async function setAside(door: Door, id: string, words: string): Promise<Outcome<unknown>> {
  return attempt(() => door.client(DraftService).saveDraft({ draft: { draftId: id, draft: { text: words } } }, { timeoutMs: WALK_MAX_MS }));
}

/** The draft of a walk with one answer as it stands in its field. */
function withAnswer(walk: Walk, answerId: string, value: Value): SavedDraft {
  const saved = walk.draft ? clone(SavedDraftSchema, walk.draft) : create(SavedDraftSchema);
  const draft = saved.draft ?? create(DraftSchema);
  delete draft.answers[answerId];
  delete saved.typed[answerId];
  if (value.kind.case !== undefined) {
    draft.answers[answerId] = value;
  }
  saved.draft = draft;
  return saved;
}

async function walkOf(call: () => Promise<{ walk?: Walk | undefined }>): Promise<Outcome<Walk>> {
  return attempt(async () => {
    const { walk } = await call();
    if (!walk) {
      throw new Error("an answer without a walk");
    }
    return walk;
  });
}
