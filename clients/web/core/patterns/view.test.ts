// What a view hands over becomes pictures and tables, whatever a newer device may add or leave out.

import { expect, test } from "vitest";
import { speak, words } from "../messages";
import { patterns } from "../messages/patterns";
import type { Told } from "./ask";
import { VIEWS } from "./ask";
import { daysIn, formatIn } from "./format";
import { parse } from "./read";
import { patternOf, type Pattern } from "./view";

const say = words(speak(["en"]), patterns);
const format = formatIn(["en-GB"]);

function pattern(view: string, data: unknown, says: readonly string[] = []): Pattern {
  const told: Told = { view, enough: true, says, data: parse(JSON.stringify(data)) };
  return patternOf(told, say, format);
}

test("a view that this page doesn't know is its sentences alone", () => {
  for (const view of ["something-new", "constructor", ""]) {
    expect(pattern(view, { new: 1 }, ["Said."])).toEqual({ drawn: undefined, tables: [], says: ["Said."] });
  }
});

test("no view stumbles over what isn't there, or over what it doesn't expect", () => {
  const odd = [{}, [], null, "x", 3, { planes: 3, signs: [null, 1, {}], measures: [{ results: [{ scores: null }] }], written: [7, "no date", "2026-02-30x"] },
    { planes: [{ trails: [{ points: [{}] }] }], exercises: [{}], beliefs: [{ min: 0, max: 1, lines: [{ later: 3 }] }], predictions: [1], months: [{ counts: {} }], together: [{}], circles: [{}], responses: [{ times: [{}] }], agreements: [null] }];
  for (const view of VIEWS) {
    for (const data of odd) {
      expect(pattern(view, data, ["Said."]).drawn?.view).toBe(view);
    }
  }
  expect(parse("not json")).toEqual({});
});

test("a sentence that stands beside its own picture isn't said twice, and every other one is said", () => {
  const says = ["A kind word: Typically less.", "Something that a newer device says."];
  const exercise = { exercise: "kind-word", title: "A kind word", outcome: "distress", min: 0, max: 100, says: "Typically less.", pairs: [{ entry: "e", date: "2026-01-02", before: 40, after: 20 }] };
  const { drawn, says: whole } = pattern("before-after", { exercises: [exercise] }, says);
  expect(whole).toEqual(["Something that a newer device says."]);
  expect(drawn?.view === "before-after" && drawn.compared[0]?.says).toEqual(["Typically less."]);
});

test("what an exercise is shown beside has a table once, and is drawn on the same scale", () => {
  const pair = { entry: "e", date: "2026-01-02", before: 4, after: 2 };
  const beside = { exercise: "wait", title: "Waiting", count: 1, pairs: [pair] };
  const made = (exercise: string): object => ({ exercise, title: exercise, outcome: "o", min: 0, max: 10, says: "", pairs: [pair], beside });
  const { drawn, tables } = pattern("before-after", { exercises: [made("one"), made("two")] });
  expect(tables.map(({ caption }) => caption)).toEqual(["one", "two", "Waiting"]);
  expect(drawn?.view === "before-after" && drawn.compared.map(({ beside }) => [beside?.min, beside?.max])).toEqual([[0, 10], [0, 10]]);
});

test("the map has no ring where nobody has published how far answers move, and one where somebody has", () => {
  const plane = { measure: "m", title: "Between us", min: 1, max: 7, middle: 4, caption: "middle", trails: [{ person: "p", name: "Ann", says: "Said.", points: [{ entry: "e", date: "2026-11-20", worry: 3.5, distance: 4.25, joined: false }] }] };
  const ringOf = (noise: unknown): unknown => {
    const { drawn } = pattern("plane", { planes: [{ ...plane, noise }] });
    return drawn?.view === "plane" ? drawn.trails[0]?.noise : "no map";
  };
  expect([ringOf(null), ringOf({ worry: 1 })]).toEqual([undefined, undefined]);
  expect(ringOf({ worry: 2, distance: 1.5, sources: ["S."] })).toEqual({ worry: 2, distance: 1.5, sources: ["S."] });
  const { tables } = pattern("plane", { planes: [plane] });
  expect(tables[0]).toEqual({ key: "m p", caption: "Between us · With Ann", head: ["Date", "Worry", "Distance"], rows: [{ entry: "e", cells: ["20 Nov 2026", "3.5", "4.3"] }] });
});

test("people in general are called as the device calls them, and nobody is “with” them", () => {
  const measure = { measure: "m", title: "Between us", person: null, name: "In general", scores: [{ score: "worry", label: "Worry", min: 1, max: 7 }], results: [{ entry: "e", date: "2026-01-02", scores: { worry: 4 }, joined: false }] };
  const says = ["Between us, In general, Worry: From then to now: we cannot tell.", "More."];
  const { drawn, tables, says: whole } = pattern("measures", { measures: [measure] }, says);
  expect(tables[0]?.caption).toBe("Between us · In general");
  expect(drawn?.view === "measures" && drawn.results[0]?.series[0]).toMatchObject({ min: 1, max: 7, says: ["From then to now: we cannot tell."] });
  expect(whole).toEqual(["More."]);
});

test("what is said of every score alike is said once", () => {
  const scores = [{ score: "worry", label: "Worry" }, { score: "distance", label: "Distance" }];
  const measure = { measure: "m", title: "Between us", name: "Ann", scores, results: [{ entry: "e", date: "2026-01-02", scores: { worry: 4, distance: 2 } }] };
  const drawn = (other: string) => {
    const shown = pattern("measures", { measures: [measure] }, ["Between us, Ann, Worry: We can't tell.", `Between us, Ann, Distance: ${other}`]).drawn;
    return shown?.view === "measures" ? [shown.results[0]?.says, shown.results[0]?.series.map(({ says }) => says)] : [];
  };
  expect(drawn("We can't tell.")).toEqual([["We can't tell."], [[], []]]);
  expect(drawn("It changed.")).toEqual([[], [["We can't tell."], ["It changed."]]]);
});

test("what wasn't said is a gap in the picture and a dash in the table, never a nought", () => {
  const later = [{ days: 7, due: "2026-01-09", rating: null }, { days: 28, due: "2026-01-30", rating: 0 }];
  const belief = { exercise: "x", title: "A thought", outcome: "belief", min: 0, max: 100, lines: [{ entry: "e", date: "2026-01-02", before: 80, after: 60, later }], steps: [] };
  const { drawn, tables } = pattern("belief", { beliefs: [belief], predictions: { open: 2, ranges: [] } });
  expect(drawn?.view === "belief" && drawn.beliefs.beliefs[0]?.lines[0]?.marks.map(({ number }) => number)).toEqual([80, 60, undefined, 0]);
  expect(tables[0]?.head).toEqual(["Date", "Before", "Right after", "7 days later", "28 days later"]);
  expect(tables[0]?.rows[0]?.cells).toEqual(["2 Jan 2026", "80", "60", "–", "0"]);
  expect(tables[1]?.rows[0]?.cells[0]).toBe("Not answered yet: 2");
});

test("how somebody met it is drawn without lines, on the scale that is told", () => {
  const times = [1, 2].map((day) => ({ entry: `e${day}`, date: `2026-01-0${day}`, understood: 3 + day, valued: 5, cared: 6 }));
  const { drawn } = pattern("people", { circles: [], moves: [], responses: [{ person: "p", name: "Ann", says: "Said.", min: 0, max: 10, times }] });
  const strip = drawn?.view === "people" ? drawn.ties.answered[0]?.series[0] : undefined;
  expect(strip?.points.map(({ number, joined }) => [number, joined])).toEqual([[4, false], [5, false]]);
  expect([strip?.min, strip?.max]).toEqual([0, 10]);
});

test("days are days: which ones, and not how many", () => {
  const { drawn, tables } = pattern("days", { written: ["2026-01-31", "2026-02-01", "2026-02-03"], came_back: 1 });
  expect(drawn?.view === "days" && drawn.months.map(({ month }) => month)).toEqual(["2026-01", "2026-02"]);
  expect(tables[0]?.rows.map(({ cells }) => cells)).toEqual([["February 2026", "1, 3"], ["January 2026", "31"]]);
  expect(["2024-02", "2026-02", "2026-12"].map(daysIn)).toEqual([29, 28, 31]);
});

test("no table and no word of ours calls anybody a style", () => {
  const all = JSON.stringify(Object.values(say).map((word) => (typeof word === "function" ? String(word) : word)));
  expect(all).not.toMatch(/avoidant|anxious|disorgani[sz]ed|secure|attachment/i);
});
