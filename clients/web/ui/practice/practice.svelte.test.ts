// Practice as a person meets it: by need, what was begun first, and nothing that counts how much was done.

import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { ListMeasuresResponseSchema, ListResultsResponseSchema } from "../../core/gen/haven/v1/measure_pb";
import { ListPeopleResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { GetExerciseResponseSchema, ListExercisesResponseSchema } from "../../core/gen/haven/v1/practice_pb";
import { GetProgressResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import { ListWalksResponseSchema } from "../../core/gen/haven/v1/walk_pb";
import { refuses, says, settle } from "../../tests/device";
import { clear, show } from "../../tests/shown";
import { asks, Walker } from "../../tests/walker";
// Here already when a test goes there.
import "./Room.svelte";
import "../exercise/Room.svelte";
import "../measures/Room.svelte";
import "../results/Room.svelte";
import "../walk/Room.svelte";

afterEach(clear);

const texts = (selector: string): string[] => [...document.querySelectorAll(selector)].map((it) => (it.textContent ?? "").replaceAll(/\s+/g, " ").trim());
const links = (selector: string): (string | null)[] => [...document.querySelectorAll(selector)].map((it) => it.getAttribute("href"));

const [DRAFT, ENTRY, MARA] = ["d".repeat(32), "e".repeat(32), "a".repeat(32)];
const BREATH = { id: "slow-breath", title: "A few slow breaths", steps: [3], minutes: 5, asks: [1, 4], questions: 5, questionsLeast: 3 };
const MINE = { id: "my-own", title: "Mine", steps: [], minutes: 2, custom: true };
const LIMIT = { id: "limit-plan", title: "A limit of mine", steps: [4, 5], minutes: 6, asks: [3, 6, 99], questions: 1, questionsLeast: 1, stirs: true };
const AXIS = { id: "two-axis", title: "How it is between us", purpose: "Twelve sentences.", minutes: 3, items: 12, aboutPerson: true };
const PHQ = { id: "phq-9", title: "PHQ-9", purpose: "Nine questions.", minutes: 3, items: 9, onRequest: true, validated: true };

function practice(): Walker {
  const walker = new Walker([]);
  walker.answers("PracticeService/ListExercises", says(ListExercisesResponseSchema, { exercises: [LIMIT, BREATH, MINE] }));
  walker.answers("MeasureService/ListMeasures", says(ListMeasuresResponseSchema, { measures: [AXIS, PHQ] }));
  walker.answers("WalkService/ListWalks", says(ListWalksResponseSchema, {}));
  return walker;
}

test("exercises stand under what somebody needs, each once, the person's own marked", async () => {
  await show(practice(), "#practice");
  expect(texts(".needs h2")).toEqual(["I can’t settle", "Saying what I need", "For low times"]);
  expect(texts(".needs .row")).toEqual([
    "A few slow breaths 3 to 5 questions: breathing with a timer, picking answers. 5 min",
    "A limit of mine 1 question: writing. A little more some days later, if you like. Can bring up strong feelings. 6 min",
    "Mine· yours 2 min",
  ]);
  expect(links(".needs .row")).toEqual(["#walk/exercise/slow-breath", "#walk/exercise/limit-plan", "#walk/exercise/my-own"]);
  expect(document.body.textContent).not.toMatch(/\d+ ?%|streak|progress/i);
});

test("what was begun comes first, and says where it would begin anew; what rests comes last", async () => {
  const walker = practice();
  const walks = [
    { draftId: DRAFT, title: "Check a thought", date: "2026-11-24", people: [{ id: MARA, name: "Mara" }], goesOn: true },
    { draftId: MARA, title: "PHQ-9", isMeasure: true, date: "2026-11-20" },
    { entryId: ENTRY, title: "Saved with open questions", date: "2026-11-19", goesOn: true },
    { draftId: ENTRY, title: "A plan", date: "2026-11-21", goesOn: true, rests: true },
  ];
  walker.answers("WalkService/ListWalks", says(ListWalksResponseSchema, { walks }));
  await show(walker, "#practice");
  expect(links("section:first-of-type .row").slice(0, 2)).toEqual([`#walk/draft/${DRAFT}`, `#walk/draft/${MARA}`]);
  expect(document.body.textContent).not.toContain("Saved with open questions");
  expect(texts("main .row")[0]).toContain("Go on: Check a thought Mara · Started Tuesday");
  expect(texts("main .row")[1]).toContain("Starts again from the first question");
  expect(links("main .row").at(-1)).toBe(`#walk/draft/${ENTRY}`);
});

test("only what is offered freely stands in Practice; the rest is under its own heading with all questionnaires", async () => {
  const walker = practice();
  await show(walker, "#practice");
  expect(links(".apart .row")).toEqual(["#walk/measure/two-axis"]);
  clear();
  await show(walker, "#measures");
  expect(texts("h2")).toEqual(["Only if you want them; nothing will suggest them"]);
  expect(links("main li p a")).toEqual(["#results/two-axis", "#results/phq-9"]);
});

test("a list that can't be read says so, and shows what could be", async () => {
  const walker = practice();
  walker.answers("WalkService/ListWalks", refuses(Reason.STORAGE_FAILED));
  await show(walker, "#practice");
  expect(texts("[role=alert] .error")).toEqual(["Nothing was done: it can't be. Wait."]);
  expect(texts(".needs .row").length).toBe(3);
});

test("about an exercise: what stands behind it in plain words, and what comes first", async () => {
  const walker = practice();
  const evidence = { grade: "practice", note: "The practice is breathing slowly.", sources: ["Fincham 2023"] };
  const exercise = { summary: BREATH, purpose: "Breathe slowly.", notice: "Sit down.", notWhen: ["recent-help"], harmQuestion: { question: "Could it?" }, evidence };
  walker.answers("PracticeService/GetExercise", says(GetExerciseResponseSchema, { exercise }));
  await show(walker, "#exercise/slow-breath");
  expect(document.body.textContent).toContain("Established practice. The practice is breathing slowly.");
  expect(texts("section")[0]).toContain("It first asks whether doing it could lead to anyone hurting");
  expect(texts("section")[0]).toContain("isn’t suggested in the days after help was shown here");
  expect(links("main a.btn")).toEqual(["#practice", "#walk/exercise/slow-breath"]);
});

test("a measure about somebody asks whom first, and begins about them", async () => {
  const walker = practice();
  const begun: unknown[] = [];
  walker.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: MARA, name: "Mara" }] }));
  const page = new Walker([asks({ shape: { case: "bool", value: {} } })]);
  walker.hears("WalkService/BeginWalk", (body) => (begun.push(body), page.begins()));
  await show(walker, "#walk/measure/two-axis");
  expect([texts("h1"), texts(".option")]).toEqual([["Who is it about?"], ["People in general", "Mara"]]);
  document.querySelectorAll<HTMLInputElement>("input")[1]!.click();
  flushSync();
  document.querySelector("form")!.requestSubmit();
  await settle();
  flushSync();
  expect([begun.length, new TextDecoder().decode(begun[0] as Uint8Array).includes(MARA), texts("h1")]).toEqual([1, true, ["What is it?"]]);
});

test("what asks about the last weeks isn't offered about somebody who has died; where it's refused nobody is told to try again", async () => {
  const walker = practice();
  const measure = { ...AXIS, recent: true };
  walker.answers("MeasureService/ListMeasures", says(ListMeasuresResponseSchema, { measures: [measure] }));
  walker.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: MARA, name: "Mara", died: true }, { id: DRAFT, name: "Jo" }] }));
  const why = { what: "these questions are about the last two weeks", why: "they can't be asked about someone who has died", next: "" };
  walker.hears("WalkService/BeginWalk", () => refuses(Reason.INVALID_ARGUMENT, why));
  await show(walker, "#walk/measure/two-axis");
  expect(texts(".option")).toEqual(["People in general", "Jo"]);
  document.querySelector("form")!.requestSubmit();
  await settle();
  flushSync();
  expect([texts("h1"), texts("main button.btn:not(.text)"), links("main a.btn")]).toEqual([["Not this one, for now"], [], ["#practice"]]);
});

test("results are told word for word, as a list and as a table, and nothing is coloured", async () => {
  const walker = practice();
  const score = { name: "worry", label: "worry", number: 4.5, says: ["middle of the scale"], change: 3 };
  const results = [
    { entryId: ENTRY, date: "2026-11-01", person: MARA, scores: [{ ...score, number: undefined, change: 0 }], says: ["Scores are worked out."] },
    { entryId: DRAFT, date: "2026-11-18", person: MARA, scores: [score], says: [] },
  ];
  walker.answers("MeasureService/ListResults", says(ListResultsResponseSchema, { results }));
  walker.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: MARA, name: "Mara" }] }));
  const measures = [{ measure: "two-axis", scores: [{ score: "worry", min: 1, max: 7 }] }];
  walker.answers("ProgressService/GetProgress", says(GetProgressResponseSchema, { data: JSON.stringify({ measures }) }));
  await show(walker, "#results/two-axis");
  expect(texts("li h2 .whom")).toEqual(["Mara", "Mara"]);
  expect(texts("dd")).toEqual(["4.5 on a scale from 1 to 7 middle of the scale Since the last time: we can’t tell whether that’s more than chance.", "not scored middle of the scale"]);
  expect(texts("dl + p.muted")).toEqual(["Scores are worked out."]);
  document.querySelectorAll<HTMLInputElement>("input[name=view]")[1]!.click();
  flushSync();
  expect(texts("thead th")).toEqual(["Date", "About", "worry"]);
  expect(texts("tbody td")).toEqual(["Mara", "4.5", "Mara", "–"]);
});

test("what's true of every result is said once, above them", async () => {
  const walker = practice();
  const scores = [{ name: "worry", label: "worry", number: 4.5 }];
  const results = [ENTRY, DRAFT].map((entryId) => ({ entryId, date: "2026-11-01", scores, says: entryId === ENTRY ? ["Worked out.", "Only here."] : ["Worked out."] }));
  walker.answers("MeasureService/ListResults", says(ListResultsResponseSchema, { results }));
  await show(walker, "#results/two-axis");
  expect(texts(".head p")).toEqual(["Worked out."]);
  expect(texts("dl + p.muted")).toEqual(["Only here."]);
});
