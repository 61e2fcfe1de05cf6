// The scores of measures over time, and how people answered somebody.

import { number, record, records, text, texts, type Data } from "./read";
import { pointOf, whomOf, type Series, type Whom } from "./shapes";

/** One measure, about one person or about oneself. */
export interface Results {
  readonly key: string;
  readonly title: string;
  readonly whom: Whom;
  readonly series: readonly Series[];
  readonly says: readonly string[];
}

/** The measures; what is said of each score is found in the view's own sentences, which name it. */
export function resultsOf(data: Data, says: readonly string[]): readonly Results[] {
  return records(data, "measures").map((measure) => {
    const [title, name] = [text(measure, "title"), text(measure, "name")];
    const about = `${title}${name && `, ${name}`}, `;
    const series = scoresOf(measure).map(({ key, label, min, max }) => ({
      key,
      label,
      min,
      max,
      points: records(measure, "results").flatMap((result) => pointOf(result, number(record(result.scores), key))),
      says: said(says, `${about}${label}: `),
    }));
    const found = series.some((one) => one.says.length > 0);
    const key = `${text(measure, "measure")} ${text(measure, "person") || name}`;
    const whole = { key, title, whom: whomOf(measure) };
    const same = sameOf(series);
    if (same.length > 0) {
      return { ...whole, series: series.map((one) => ({ ...one, says: [] })), says: same };
    }
    return { ...whole, series, says: found ? [] : [...new Set(texts(measure, "says"))] };
  });
}

/** What is said of every score alike, to be said once; empty where they differ. */
function sameOf(series: readonly Series[]): readonly string[] {
  const [first, ...rest] = series.filter(({ points }) => points.length > 0);
  const isSame = rest.length > 0 && rest.every(({ says }) => says.join("\n") === first?.says.join("\n"));
  return isSame && first ? first.says : [];
}

function said(says: readonly string[], start: string): readonly string[] {
  return says.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length));
}

interface Score {
  readonly key: string;
  readonly label: string;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** The scores in the measure's order; those it doesn't name come as they are called. */
function scoresOf(measure: Data): readonly Score[] {
  const named = records(measure, "scores").map((it) => ({
    key: text(it, "score"),
    label: text(it, "label") || text(it, "score"),
    min: number(it, "min"),
    max: number(it, "max"),
  }));
  const known = new Set(named.map(({ key }) => key));
  const found = new Set(records(measure, "results").flatMap((result) => Object.keys(record(result.scores))));
  const rest = [...found].filter((key) => !known.has(key)).map((key) => ({ key, label: key, min: undefined, max: undefined }));
  return [...named, ...rest];
}

export interface Placed {
  readonly name: string;
  readonly circle: string;
  readonly since: string;
}

export interface Move {
  readonly entry: string;
  readonly date: string;
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/** How one felt answered by somebody, on three scales. */
export interface Answered {
  readonly key: string;
  readonly name: string;
  readonly times: readonly { readonly entry: string; readonly date: string }[];
  readonly series: readonly Series[];
  readonly says: readonly string[];
}

export interface Ties {
  readonly circles: readonly Placed[];
  readonly moves: readonly Move[];
  readonly answered: readonly Answered[];
}

export const FELT = ["understood", "valued", "cared"] as const;

export function tiesOf(data: Data): Ties {
  const placed = records(data, "circles").map((it) => ({ name: text(it, "name"), circle: text(it, "circle"), since: text(it, "since") }));
  const moves = records(data, "moves").map((it) => ({
    entry: text(it, "entry"),
    date: text(it, "date"),
    name: text(it, "name"),
    from: text(it, "from"),
    to: text(it, "to"),
  }));
  return { circles: placed, moves, answered: records(data, "responses").map(answeredOf) };
}

function answeredOf(one: Data): Answered {
  const times = records(one, "times");
  const series = FELT.map((felt) => ({
    key: felt,
    label: felt,
    min: number(one, "min"),
    max: number(one, "max"),
    // Nothing says whether a line may lead from one to the next, so none does.
    points: times.flatMap((time) => pointOf({ ...time, joined: false }, number(time, felt))),
    says: [],
  }));
  return {
    key: text(one, "person") || text(one, "name"),
    name: text(one, "name"),
    times: times.map((time) => ({ entry: text(time, "entry"), date: text(time, "date") })),
    series,
    says: texts(one, "says"),
  };
}
