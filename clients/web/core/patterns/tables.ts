// Every picture as a table: the same numbers, for whoever reads them rather.

import type { PatternWords } from "../messages/patterns";
import type { Format } from "./format";
import type { Moments } from "./moments";
import type { Beliefs, Compared, Lines } from "./pairs";
import type { Results, Ties } from "./results";
import type { Agreement, Month, Series, Trail, Whom } from "./shapes";

export interface Row {
  /** The entry it comes from; empty where it comes from many. */
  readonly entry: string;
  readonly cells: readonly string[];
}

export interface Table {
  readonly key: string;
  readonly caption: string;
  readonly head: readonly string[];
  /** The latest first, as a list of entries has them. */
  readonly rows: readonly Row[];
}

export class Tables {
  readonly #say: PatternWords;
  readonly #format: Format;

  constructor(say: PatternWords, format: Format) {
    this.#say = say;
    this.#format = format;
  }

  trail(trail: Trail): Table {
    const rows = trail.points.map(({ entry, date, worry, distance }) => ({ entry, cells: [this.#day(date), this.#number(worry), this.#number(distance)] }));
    return { key: trail.key, caption: `${trail.title} · ${whomIn(trail.whom, this.#say)}`, head: [this.#say.date, this.#say.worry, this.#say.distance], rows: rows.reverse() };
  }

  lines(lines: Lines): Table {
    const rows = lines.lines.map(({ entry, date, marks }) => ({ entry, cells: [this.#day(date), ...marks.map((mark) => this.#number(mark.number))] }));
    return { key: lines.key, caption: lines.title, head: [this.#say.date, ...steps(lines, this.#say)], rows: rows.reverse() };
  }

  compared(all: readonly Compared[]): readonly Table[] {
    // What stands beside several exercises is one table.
    const beside = new Map(all.flatMap((one) => (one.beside ? [[one.beside.title, one.beside]] : [])));
    const own = new Set(all.map(({ title }) => title));
    const rest = [...beside.values()].filter(({ title }) => !own.has(title));
    return [...all, ...rest].map((one) => this.lines(one));
  }

  /** Several series that were answered in the same entries. */
  series(key: string, caption: string, all: readonly Series[]): Table {
    const times = new Map<string, string>(all.flatMap((one) => one.points.map(({ entry, date }) => [entry, date])));
    const entries = [...times].sort(([, one], [, other]) => (one < other ? 1 : -1));
    const numbers = all.map((one) => new Map(one.points.map((point) => [point.entry, point.number])));
    const rows = entries.map(([entry, date]) => ({ entry, cells: [this.#day(date), ...numbers.map((of) => this.#number(of.get(entry)))] }));
    return { key, caption, head: [this.#say.date, ...all.map(({ label }) => label)], rows };
  }

  results(all: readonly Results[]): readonly Table[] {
    return all.map(({ key, title, whom, series }) => this.series(key, whom.name ? `${title} · ${whomIn(whom, this.#say)}` : title, series));
  }

  moments({ months, together }: Moments): readonly Table[] {
    const say = this.#say;
    const counts = months.toReversed().flatMap(({ month, counts }) =>
      counts.map(({ label, name, count }) => ({ entry: "", cells: [this.#format.month(month), label, name || "–", this.#number(count)] })),
    );
    const pairs = together.map((it) => ({
      entry: "",
      cells: [it.label, it.name, this.#outOf(it.with), this.#outOf(it.without)],
    }));
    return [
      { key: "months", caption: say.names.triggers, head: [say.month, say.moment, say.person, say.count], rows: counts },
      { key: "together", caption: say.together, head: [say.moment, say.person, say.withShort("…"), say.others], rows: pairs },
    ].filter(({ rows }) => rows.length > 0);
  }

  beliefs({ beliefs, ranges, open }: Beliefs): readonly Table[] {
    const say = this.#say;
    const rows = ranges.map((range) => ({
      entry: "",
      cells: [this.range(range.from, range.to), ...[range.feared, range.partly, range.not].map((it) => this.#number(it))],
    }));
    const waiting = open > 0 ? [{ entry: "", cells: [`${say.open}: ${this.#number(open)}`, "", "", ""] }] : [];
    const predicted = { key: "ranges", caption: say.predictions, head: [say.sureShort, say.feared, say.partly, say.not], rows: [...rows, ...waiting] };
    return [...beliefs.map((one) => this.lines(one)), predicted].filter((table) => table.rows.length > 0);
  }

  range(from: number | undefined, to: number | undefined): string {
    return this.#say.sure(this.#number(from), this.#number(to));
  }

  ties({ circles, moves, answered }: Ties): readonly Table[] {
    const say = this.#say;
    const placed = circles.map((it) => ({ entry: "", cells: [it.name, say.circle(it.circle), this.#day(it.since)] }));
    const moved = moves.toReversed().map((it) => ({ entry: it.entry, cells: [this.#day(it.date), it.name, this.#circle(it.from), this.#circle(it.to)] }));
    const felt = answered.map(({ key, name, series }) => this.series(key, say.with(name), series.map((one) => ({ ...one, label: say.felt(one.key) }))));
    return [
      { key: "placed", caption: say.placed, head: [say.person, say.circleHead, say.sinceHead], rows: placed },
      { key: "moves", caption: say.moves, head: [say.date, say.person, say.from, say.to], rows: moved },
      ...felt,
    ].filter(({ rows }) => rows.length > 0);
  }

  agreements(all: readonly Agreement[]): Table {
    const say = this.#say;
    const rows = all.toReversed().map(({ entry, date, things, due, tried }) => ({
      entry,
      cells: [this.#day(date), this.#number(things), due ? this.#day(due) : "–", say.tried(tried)],
    }));
    return { key: "agreements", caption: say.names.homework, head: [say.date, say.things, say.due, say.triedHead], rows };
  }

  days(months: readonly Month[]): Table {
    const rows = months.toReversed().map(({ month, days }) => ({ entry: "", cells: [this.#format.month(month), [...days].map((day) => this.#number(day)).join(", ")] }));
    return { key: "days", caption: this.#say.names.days, head: [this.#say.month, this.#say.daysHead], rows };
  }

  #circle(key: string): string {
    return key === "" ? this.#say.nowhere : this.#say.circle(key);
  }

  #outOf({ had, of }: { readonly had: number; readonly of: number }): string {
    return this.#say.outOf(this.#number(had), this.#number(of));
  }

  #day(date: string): string {
    return this.#format.day(date);
  }

  #number(value: number | undefined): string {
    return this.#format.number(value);
  }
}

/** Whom something is about, in words. */
export function whomIn({ kind, name }: Whom, say: PatternWords): string {
  return kind === "person" ? say.with(name) : name || say.self;
}

/** What each mark of a line is called. */
export function steps({ days }: Lines, say: PatternWords): readonly string[] {
  const isLater = days.length > 2;
  return days.map((after, at) => (at === 0 ? say.before : at === 1 ? (isLater ? say.rightAfter : say.after) : say.daysLater(after)));
}
