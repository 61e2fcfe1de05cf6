// Finding entries: lists, search, what they can be narrowed by, and the days that have any. The device decides what fits.

import { READ_MAX_MS } from "./calls";
import { dayAfter } from "./civil";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { EntryKind, type EntrySummary } from "./gen/haven/v1/entry_pb";
import { JournalService, type ListEntriesResponse, type SnippetPart } from "./gen/haven/v1/journal_pb";
import { MeasureService } from "./gen/haven/v1/measure_pb";
import { PeopleService } from "./gen/haven/v1/people_pb";
import { PracticeService } from "./gen/haven/v1/practice_pb";

export type { EntrySummary, SnippetPart };

/** How many entries come at once: two screens of a laptop, three of a phone. */
export const PAGE = 60;

/** How an entry came about. */
export const KINDS = {
  note: EntryKind.NOTE,
  checkin: EntryKind.CHECKIN,
  exercise: EntryKind.EXERCISE,
  measure: EntryKind.MEASURE,
  session: EntryKind.SESSION,
} as const;
export type Kind = keyof typeof KINDS;

/** Something to narrow by: its id, and what it's called. */
export interface Choice {
  readonly id: string;
  readonly name: string;
}

/** By what the journal can be narrowed; everything in it must hold. */
export interface Filter {
  readonly person: readonly Choice[];
  readonly feeling: readonly Choice[];
  readonly exercise: readonly Choice[];
  readonly tag: readonly Choice[];
  readonly kind: readonly Choice[];
  readonly day: readonly Choice[];
}
export type By = keyof Filter;

export const ALL: Filter = { person: [], feeling: [], exercise: [], tag: [], kind: [], day: [] };

/** Of these an entry has one, so that a second choice takes the place of the first. */
export const SINGLE: ReadonlySet<By> = new Set(["exercise", "kind", "day"]);

export interface Line {
  readonly entry: EntrySummary;
  /** Where the words were found; empty in a list. */
  readonly snippet: readonly SnippetPart[];
}

export interface Found {
  readonly query: string;
  readonly filter: Filter;
  readonly lines: readonly Line[];
  /** Where to go on; empty if that was all. */
  readonly next: string;
  readonly total: number;
  /** What was meant, perhaps, where nothing was found. */
  readonly near: readonly { readonly by: "tag" | "feeling" | "exercise"; readonly choice: Choice }[];
}

/** Whether it was asked for everything. */
export function isWhole({ query, filter }: Pick<Found, "query" | "filter">): boolean {
  return query.trim() === "" && Object.values(filter).every((chosen) => chosen.length === 0);
}

export interface Wish {
  readonly query: string;
  readonly filter: Filter;
  readonly page: string;
  readonly signal?: AbortSignal;
}

export async function find(door: Door, wish: Wish): Promise<Outcome<Found>> {
  const { query, filter, page } = wish;
  const client = door.client(JournalService);
  const options = { timeoutMs: READ_MAX_MS, ...(wish.signal && { signal: wish.signal }) };
  const asked = { filter: sent(filter), limit: PAGE, page };
  return attempt(async () => {
    if (query.trim() === "") {
      const answer = await client.listEntries(asked, options);
      const lines = answer.entries.map((entry) => ({ entry, snippet: [] }));
      return { query, filter, lines, next: answer.nextPage, total: answer.total, near: await near(door, answer) };
    }
    const answer = await client.searchEntries({ ...asked, query }, options);
    const lines = answer.hits.flatMap(({ entry, snippet }) => (entry ? [{ entry, snippet }] : []));
    return { query, filter, lines, next: answer.nextPage, total: answer.total, near: await near(door, answer) };
  });
}

/** What there is to choose from. */
export async function choices(door: Door, by: Exclude<By, "kind" | "day">): Promise<Outcome<readonly Choice[]>> {
  const options = { timeoutMs: READ_MAX_MS };
  return attempt(async () => {
    switch (by) {
      case "person":
        return (await door.client(PeopleService).listPeople({}, options)).people;
      case "feeling":
        return (await door.client(JournalService).listFeelings({}, options)).feelings.map((it) => ({ id: it.feeling, name: it.label }));
      case "tag":
        return (await door.client(JournalService).listTags({}, options)).tags.map(({ tag }) => tagged(tag));
      case "exercise": {
        const { exercises } = await door.client(PracticeService).listExercises({}, options);
        const { measures } = await door.client(MeasureService).listMeasures({}, options);
        return [...exercises, ...measures].map(({ id, title }) => ({ id, name: title })).sort((one, other) => one.name.localeCompare(other.name));
      }
    }
  });
}

export function tagged(tag: string): Choice {
  return { id: tag, name: `#${tag}` };
}

/** What was meant, perhaps; exercises and measures by their titles. */
async function near(door: Door, answer: Pick<ListEntriesResponse, "nearTags" | "nearFeelings" | "nearExercises">): Promise<Found["near"]> {
  const tags = answer.nearTags.map((tag) => ({ by: "tag" as const, choice: tagged(tag) }));
  const feelings = answer.nearFeelings.map((name) => ({ by: "feeling" as const, choice: { id: name, name } }));
  const known = answer.nearExercises.length > 0 ? await choices(door, "exercise") : undefined;
  const exercises = answer.nearExercises.map((id) => ({
    by: "exercise" as const,
    choice: (known?.ok && known.value.find((one) => one.id === id)) || { id, name: id },
  }));
  return [...tags, ...feelings, ...exercises];
}

function sent(filter: Filter) {
  const ids = (by: By): string[] => filter[by].map(({ id }) => id);
  const [day] = ids("day");
  const [kind] = ids("kind");
  const [exercise = ""] = ids("exercise");
  const span = day ? { after: day, before: dayAfter(day) } : {};
  return { ...span, exercise, people: ids("person"), feelings: ids("feeling"), tags: ids("tag"), kind: KINDS[kind as Kind] ?? EntryKind.UNSPECIFIED };
}
