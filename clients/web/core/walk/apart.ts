// What becomes of a walk when the device, another window and this page have different answers.

import { clone, toBinary } from "@bufbuild/protobuf";
import type { Door } from "../door";
import { attempt, Reason, type Outcome } from "../fault";
import { DraftService, SavedDraftSchema, type SavedDraft } from "../gen/haven/v1/drafts_pb";
import { WalkSchema } from "../gen/haven/v1/walk_pb";
import { isSame, NOTHING, shownOf, type Value } from "./value";
import { stepWalk, type Here, type Move, type QuestionPage, type Walk } from "./walk";

const CALL_MAX_MS = 10_000;

/** A browser sends 64 kB for a page that is gone, all calls together; the rest is room for what stands in the field. */
const LASTING_BYTES_MAX = 48 * 1024;

/** Whether a browser takes it for a page that may be gone. */
export function canLast(walk: Walk, value: Value): boolean {
  return toBinary(WalkSchema, walk).length + JSON.stringify(shownOf(value)).length <= LASTING_BYTES_MAX;
}

export async function readSaved(door: Door, draftId: string): Promise<Outcome<SavedDraft | undefined>> {
  return attempt(async () => (await door.client(DraftService).getDraft({ draftId }, { timeoutMs: CALL_MAX_MS })).draft);
}

/** Keeps a draft as it is, whatever the device has of it. */
export async function putSaved(door: Door, draft: SavedDraft): Promise<Outcome<unknown>> {
  return attempt(() => door.client(DraftService).saveDraft({ draft }, { timeoutMs: CALL_MAX_MS }));
}

export function renamed(draft: SavedDraft, draftId: string): SavedDraft {
  return Object.assign(clone(SavedDraftSchema, draft), { draftId });
}

/** The ids of the answers that aren't the same in two drafts of a walk. */
export function differing(one: SavedDraft, other: SavedDraft): readonly string[] {
  const ids = [one, other].flatMap(({ draft, typed }) => [...Object.keys(draft?.answers ?? {}), ...Object.keys(typed)]);
  return [...new Set(ids)].filter((id) => !isSame(saidIn(one, id), saidIn(other, id)));
}

/** What stands at a question: what was typed there, else its answer. */
export function saidIn({ draft, typed }: SavedDraft, id: string): Value {
  return typed[id] ?? draft?.answers[id] ?? NOTHING;
}

/** Goes a step. What a browser doesn't take on one way, for a page that may go, it may take on the next. */
export async function stepBy([way, ...others]: readonly Door[], walk: Walk, move: Move, here: Here): Promise<Outcome<Walk>> {
  const outcome = await stepWalk(way!, walk, move, here);
  const isUntaken = others.length > 0 && !outcome.ok && outcome.fault.reason === Reason.DAEMON_UNREACHABLE;
  return isUntaken ? stepBy(others, walk, move, here) : outcome;
}

/** What stands in a field, as words: with the question, where the words alone wouldn't say what they are. */
export function wordsOf(page: QuestionPage, value: Value, say: YesNo): string {
  const lines = linesOf(page, value, say);
  const isClear = lines.length === 0 || ["text", "longText"].includes(page.field?.shape.case ?? "");
  return (isClear ? lines : [page.field?.label ?? "", ...lines]).join("\n");
}

interface YesNo {
  readonly yes: string;
  readonly no: string;
}

function linesOf(page: QuestionPage, { kind }: Value, say: YesNo): readonly string[] {
  switch (kind.case) {
    case undefined:
      return [];
    case "list":
      return kind.value.values.flatMap((item) => linesOf(page, item, say));
    case "map":
      return [Object.values(kind.value.values).sort(wordsFirst).flatMap((part) => linesOf(page, part, say)).join(": ")];
    case "text":
      return [namedIn(page, kind.value)];
    case "truth":
      return [kind.value ? say.yes : say.no];
    default:
      return [String(kind.value)];
  }
}

function wordsFirst(one: Value, other: Value): number {
  return Number(one.kind.case !== "text") - Number(other.kind.case !== "text");
}

/** An option, a person or an entry by its name, where it stands there by its id. */
function namedIn({ field, people, links }: QuestionPage, said: string): string {
  const shape = field?.shape;
  const options = shape?.case === "choice" || shape?.case === "multi" ? shape.value.options : shape?.case === "emotions" ? shape.value.suggestions : [];
  const link = links.find(({ id }) => id === said);
  return options.find(({ id }) => id === said)?.label ?? people.find(({ id }) => id === said)?.name ?? (link?.title || link?.opening || said);
}
