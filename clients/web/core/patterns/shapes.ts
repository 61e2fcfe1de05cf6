// What each view hands over to be drawn, as docs/PROGRESS.md lists it. Nothing here is worked out: it's only named.

import { isTrue, number, record, records, text, texts, type Data } from "./read";

/** One answer in a row of answers over time. */
export interface Point {
  readonly entry: string;
  readonly date: string;
  readonly number: number;
  /** Whether a line may lead here from the one before. */
  readonly joined: boolean;
}

export interface Series {
  readonly key: string;
  readonly label: string;
  /** The ends of the scale; undefined where the device doesn't say. */
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly points: readonly Point[];
  readonly says: readonly string[];
}

/** Whom something is about: a person, people in general (called as the device calls them), or oneself. */
export type Whom = { readonly kind: "person"; readonly name: string } | { readonly kind: "other"; readonly name: string };

export function whomOf(data: Data): Whom {
  return { kind: text(data, "person") === "" ? "other" : "person", name: text(data, "name") };
}

export interface MapPoint {
  readonly entry: string;
  readonly date: string;
  readonly worry: number;
  readonly distance: number;
  readonly joined: boolean;
}

export interface Trail {
  readonly key: string;
  readonly whom: Whom;
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly middle: number | undefined;
  readonly caption: string;
  /** How far the answers move by themselves; undefined where nobody has published it, and then nothing is drawn. */
  readonly noise: { readonly worry: number; readonly distance: number; readonly sources: readonly string[] } | undefined;
  readonly points: readonly MapPoint[];
  readonly says: readonly string[];
}

export function trailsOf(data: Data): readonly Trail[] {
  return records(data, "planes").flatMap((plane) => {
    const [min, max] = [number(plane, "min"), number(plane, "max")];
    if (min === undefined || max === undefined) {
      return [];
    }
    const frame = { title: text(plane, "title"), min, max, middle: number(plane, "middle"), caption: text(plane, "caption"), noise: noiseOf(plane) };
    return records(plane, "trails").map((trail) => ({
      ...frame,
      key: `${text(plane, "measure")} ${text(trail, "person") || text(trail, "name")}`,
      whom: whomOf(trail),
      points: records(trail, "points").flatMap(mapPoint),
      says: texts(trail, "says"),
    }));
  });
}

function noiseOf(plane: Data): Trail["noise"] {
  const noise = record(plane.noise);
  const [worry, distance] = [number(noise, "worry"), number(noise, "distance")];
  return worry === undefined || distance === undefined ? undefined : { worry, distance, sources: texts(noise, "sources") };
}

function mapPoint(point: Data): readonly MapPoint[] {
  const [worry, distance] = [number(point, "worry"), number(point, "distance")];
  if (worry === undefined || distance === undefined) {
    return [];
  }
  return [{ entry: text(point, "entry"), date: text(point, "date"), worry, distance, joined: isTrue(point, "joined") }];
}

export function signsOf(data: Data): readonly Series[] {
  return records(data, "signs").map((sign) => ({
    key: text(sign, "sign"),
    label: text(sign, "label") || text(sign, "sign"),
    min: number(sign, "min"),
    max: number(sign, "max"),
    points: records(sign, "points").flatMap((point) => pointOf(point, number(point, "number"))),
    says: texts(sign, "says"),
  }));
}

export function pointOf(data: Data, at: number | undefined): readonly Point[] {
  return at === undefined ? [] : [{ entry: text(data, "entry"), date: text(data, "date"), number: at, joined: isTrue(data, "joined") }];
}

export interface Agreement {
  readonly entry: string;
  readonly date: string;
  readonly things: number | undefined;
  readonly due: string;
  /** "yes", "partly", "not"; empty where it wasn't said. */
  readonly tried: string;
}

export function agreementsOf(data: Data): readonly Agreement[] {
  return records(data, "agreements").map((it) => ({
    entry: text(it, "entry"),
    date: text(it, "date"),
    things: number(it, "things"),
    due: text(it, "due"),
    tried: text(it, "tried"),
  }));
}

/** The days of a month on which something was written. */
export interface Month {
  readonly month: string;
  readonly days: ReadonlySet<number>;
}

export function monthsOf(data: Data): readonly Month[] {
  const months = new Map<string, Set<number>>();
  for (const [, month, day] of texts(data, "written").flatMap((date) => [/^(\d{4}-\d\d)-(\d\d)$/.exec(date) ?? []])) {
    if (month && day) {
      months.set(month, (months.get(month) ?? new Set()).add(Number(day)));
    }
  }
  return [...months].map(([month, days]) => ({ month, days }));
}
