// Ratings on one scale at several times: before, after, and days later.

import { number, record, records, text, texts, type Data } from "./read";

/** One mark on a scale; undefined where it wasn't said. */
export interface Mark {
  /** 0 before, 1 right afterwards, 2 and on: the later ones in their order. */
  readonly step: number;
  readonly number: number | undefined;
}

export interface Line {
  readonly entry: string;
  readonly date: string;
  readonly marks: readonly Mark[];
}

export interface Lines {
  readonly key: string;
  readonly title: string;
  readonly min: number;
  readonly max: number;
  /** After how many days each step was asked; 0 and 0 for before and right afterwards. */
  readonly days: readonly number[];
  readonly lines: readonly Line[];
  readonly says: readonly string[];
}

export interface Compared extends Lines {
  /** What it's honestly shown beside. */
  readonly beside: Lines | undefined;
}

export function comparedOf(data: Data): readonly Compared[] {
  return records(data, "exercises").flatMap((exercise) => {
    const own = pairsOf(exercise, exercise);
    const beside = record(exercise.beside);
    return own ? [{ ...own, beside: text(beside, "exercise") ? pairsOf(beside, exercise) : undefined }] : [];
  });
}

/** The pairs of an exercise, on the scale of the one it stands beside. */
function pairsOf(exercise: Data, scale: Data): Lines | undefined {
  const [min, max] = [number(scale, "min"), number(scale, "max")];
  if (min === undefined || max === undefined) {
    return undefined;
  }
  const lines = records(exercise, "pairs").map((pair) => ({
    entry: text(pair, "entry"),
    date: text(pair, "date"),
    marks: [mark(0, pair, "before"), mark(1, pair, "after")],
  }));
  const key = `${text(exercise, "exercise")} ${text(exercise, "outcome")}`;
  return { key, title: text(exercise, "title"), min, max, days: [0, 0], lines, says: texts(exercise, "says") };
}

function mark(step: number, data: Data, name: string): Mark {
  return { step, number: number(data, name) };
}

/** A range of how sure one was, and how things then went. */
export interface Range {
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly feared: number;
  readonly partly: number;
  readonly not: number;
  readonly says: readonly string[];
}

export interface Beliefs {
  readonly beliefs: readonly Lines[];
  readonly ranges: readonly Range[];
  /** Predictions whose time hasn't come, or of which nothing was said. */
  readonly open: number;
}

export function beliefsOf(data: Data): Beliefs {
  const predictions = record(data.predictions);
  const ranges = records(predictions, "ranges").map((range) => ({
    from: number(range, "from"),
    to: number(range, "to"),
    feared: number(range, "as_feared") ?? 0,
    partly: number(range, "partly") ?? 0,
    not: number(range, "not") ?? 0,
    says: texts(range, "says"),
  }));
  return { beliefs: records(data, "beliefs").flatMap(beliefOf), ranges, open: number(predictions, "open") ?? 0 };
}

function beliefOf(belief: Data): readonly Lines[] {
  const [min, max] = [number(belief, "min"), number(belief, "max")];
  if (min === undefined || max === undefined) {
    return [];
  }
  const all = records(belief, "lines");
  const later = [...new Set(all.flatMap((line) => records(line, "later").flatMap((it) => number(it, "days") ?? [])))];
  later.sort((one, other) => one - other);
  const lines = all.map((line) => {
    const said = new Map(records(line, "later").map((it) => [number(it, "days"), number(it, "rating")]));
    const rest = later.map((days, at) => ({ step: at + 2, number: said.get(days) }));
    return { entry: text(line, "entry"), date: text(line, "date"), marks: [mark(0, line, "before"), mark(1, line, "after"), ...rest] };
  });
  const says = records(belief, "steps").flatMap((step) => texts(step, "says"));
  const key = `${text(belief, "exercise")} ${text(belief, "outcome")}`;
  return [{ key, title: text(belief, "title"), min, max, days: [0, 0, ...later], lines, says }];
}
