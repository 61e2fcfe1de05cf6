// Words that somebody is in the middle of when the walk goes on: written while a step is on its way, or not added yet.

import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { AddPersonResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { clear, heading, one, press, rest, show, type } from "../../tests/shown";
import { refuses, says } from "../../tests/device";
import { asks, plain, Walker, type PageInit } from "../../tests/walker";
// Here already when a test goes there.
import "./Room.svelte";

const WALK = "#walk/exercise/thought-check";
const first = (): PageInit => asks({ label: "First?", shape: { case: "longText", value: {} } });
const second = (): PageInit => asks({ id: "q2", label: "Second?", shape: { case: "longText", value: {} } }, { number: 2, total: 2 });
afterEach(clear);

/** Presses a button, writes on before the device has answered, and lets it answer. */
async function writesOn(walker: Walker, label: string, words: string): Promise<void> {
  let answers = (): void => {};
  walker.until = new Promise((done) => (answers = done));
  await press(label);
  type(one("textarea"), words);
  flushSync();
  walker.until = undefined;
  answers();
  await rest();
}

test("what is written while Next is on its way goes along with it", async () => {
  const walker = new Walker([first(), second()]);
  await show(walker, WALK);
  type(one("textarea"), "one");
  await writesOn(walker, "Next", "one and more");
  expect([heading(), one<HTMLTextAreaElement>("textarea").value]).toEqual(["Second?", ""]);
  await press("Back");
  expect([heading(), one<HTMLTextAreaElement>("textarea").value]).toEqual(["First?", "one and more"]);
});

test("what is written while Back is on its way is kept at its question, and whoever skips meanwhile stays with it", async () => {
  const walker = new Walker([first(), second()]);
  await show(walker, WALK);
  await press("Next");
  type(one("textarea"), "two");
  await press("Back");
  await press("Next");
  await writesOn(walker, "Back", "two and more");
  expect(heading()).toBe("First?");
  await press("Next");
  expect([heading(), one<HTMLTextAreaElement>("textarea").value]).toEqual(["Second?", "two and more"]);
  await press("Back");
  type(one("textarea"), "");
  flushSync();
  await writesOn(walker, "Skip", "not skipped");
  expect([heading(), one<HTMLTextAreaElement>("textarea").value]).toEqual(["First?", "not skipped"]);
});

test("a feeling of one's own that wasn't added is taken by Next, by Back and by leaving", async () => {
  const feelings = (): PageInit => asks({ id: "q2", shape: { case: "emotions", value: { suggestions: [{ id: "calm", label: "Calm" }], itemsMax: 3 } } });
  for (const way of ["Next", "Back", "Stop for now"]) {
    const walker = new Walker([first(), feelings()]);
    await show(walker, WALK);
    await press("Next");
    type(one("#own"), "wobbly");
    flushSync();
    await press(way);
    await rest();
    expect(walker.values.filter((value) => JSON.stringify(value) === '[{"name":"wobbly"}]').length, way).toBeGreaterThan(0);
    clear();
  }
});

test("where no more feelings fit, Next stays with the word and says so", async () => {
  const walker = new Walker([asks({ shape: { case: "emotions", value: { suggestions: [{ id: "calm", label: "Calm" }], itemsMax: 1 } } })]);
  await show(walker, WALK);
  await press("Calm");
  type(one("#own"), "wobbly");
  flushSync();
  await press("Next");
  expect([heading(), one<HTMLInputElement>("#own").value, one("#limit").textContent?.includes("wobbly")]).toEqual(["What is it?", "wobbly", true]);
});

test("somebody new who wasn't added is added by Next; where that doesn't work, it's said and nobody goes on", async () => {
  const walker = new Walker([asks({ shape: { case: "person", value: {} } })]);
  await show(walker, WALK);
  walker.answers("PeopleService/AddPerson", refuses(Reason.INVALID_ARGUMENT));
  type(one("#name"), "Ada");
  flushSync();
  await press("Next");
  await rest();
  expect([heading(), one<HTMLInputElement>("#name").value]).toEqual(["What is it?", "Ada"]);
  walker.answers("PeopleService/AddPerson", says(AddPersonResponseSchema, { person: { id: "a".repeat(32), name: "Ada" } }));
  await press("Next");
  await rest();
  const last = walker.moves.at(-1);
  expect(last?.case === "answer" && plain(last.value)).toBe("a".repeat(32));
});
