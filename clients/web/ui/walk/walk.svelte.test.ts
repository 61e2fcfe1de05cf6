// A walk as a person goes it: its pages, and what becomes of the words.

import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { CouldHarm } from "../../core/walk/walk";
import { GetHelpResponseSchema } from "../../core/gen/haven/v1/support_pb";
import { FinishWalkResponseSchema } from "../../core/gen/haven/v1/walk_pb";
import { says } from "../../tests/device";
import { all, clear, clock, heading, one, press, show, type, until } from "../../tests/shown";
import { asks, plain, Walker } from "../../tests/walker";
// Here already when a test goes there.
import "./Room.svelte";
import "../practice/Room.svelte";

const WALK = "#walk/exercise/thought-check";
afterEach(clear);

const SUDS = { min: 0, max: 100, step: 1, anchors: [] };
const FRUIT = [{ id: "apple", label: "Apple" }, { id: "pear", label: "Pear" }];

test("words are kept at a pause, and again while somebody types on and on", async () => {
  const walker = new Walker([asks({ shape: { case: "longText", value: {} } })]);
  const { app } = await show(walker, WALK);
  type(one("textarea"), "one");
  expect(app.holders.areDirty).toBe(true);
  await clock.pass(700);
  flushSync();
  expect([walker.values, app.holders.areDirty, location.hash]).toEqual([["one"], false, `#walk/draft/${"d".repeat(32)}`]);
  for (let at = 0; at < 20; at += 1) {
    type(one("textarea"), `one ${at}`);
    await clock.pass(400);
  }
  expect(walker.values.length).toBeGreaterThan(1);
  expect(document.activeElement?.tagName).toBe("TEXTAREA");
});

test("an answer that doesn't fit stays, with why, and nothing is lost", async () => {
  const walker = new Walker([asks({ shape: { case: "scale", value: SUDS } })]);
  walker.misfit = (value) => (plain(value) === 300 ? "Pick a number from 0 to 100." : "");
  await show(walker, WALK);
  type(one("#exact"), "300");
  await press("Next");
  expect(one("[role=alert] .error").textContent).toBe("Pick a number from 0 to 100.");
  expect([one<HTMLInputElement>("#exact").value, one("#exact").getAttribute("aria-invalid")]).toEqual(["300", "true"]);
  type(one("#exact"), "30");
  await press("Next");
  expect(heading()).toBe("One look before you finish");
});

test("whoever hears a question hears with it which one it is", async () => {
  const walker = new Walker([asks({ shape: { case: "bool", value: {} } })]);
  await show(walker, WALK);
  const step = document.getElementById(one("h1").getAttribute("aria-describedby") ?? "");
  expect(step?.textContent).toMatch(/question\s\d+\sof\s\d+$/);
});

test("a lock in the middle seals what stands in the field, and the walk goes on at its question", async () => {
  const text = asks({ shape: { case: "longText", value: {} } });
  const walker = new Walker([{ case: "intro", value: { purpose: "For this.", notices: [], questions: 1 } } as never, text]);
  const { app } = await show(walker, WALK);
  await press("Begin");
  type(one("textarea"), "words of a hard hour");
  walker.isLocked = true;
  app.page.watch.tell({ kind: "locked", status: {} as never });
  await until(() => heading() === "Locked" && walker.sealed.length > 0 && !app.holders.areDirty);
  expect(walker.sealed.map(({ saved }) => plain(saved?.draft?.answers["q1"]))).toEqual(["words of a hard hour"]);
  expect([walker.sealed[0]?.saved?.draftId, app.holders.areDirty]).toEqual(["d".repeat(32), false]);
  expect(JSON.stringify(document.body.innerHTML)).not.toContain("hard hour");
  walker.isLocked = false;
  app.page.watch.tell({ kind: "open", status: {} as never });
  await until(() => heading() !== "Locked" && heading() !== "");
  expect(walker.moves.at(-1)).toEqual({ case: "to", value: "1" });
  expect(heading()).toBe("What is it?");
});

test("what can't be kept is said and tried again, and the page asks before it closes", async () => {
  const walker = new Walker([asks({ shape: { case: "longText", value: {} } })]);
  const { app } = await show(walker, WALK);
  type(one("textarea"), "one");
  walker.isLocked = true;
  walker.hears("DraftService/SealDraft", () => []);
  await clock.pass(700);
  flushSync();
  expect([app.holders.areDirty, one("[role=alert] .error") !== null]).toEqual([true, true]);
  expect(one<HTMLTextAreaElement>("textarea").value).toBe("one");
  walker.isLocked = false;
  await clock.pass(6_000);
  expect([walker.values.at(-1), app.holders.areDirty]).toEqual(["one", false]);
});

test("the gate chooses nothing by itself, and choosing alone goes nowhere", async () => {
  const gate = { case: "gate", value: { question: "Could it?", help: "Think.", no: "No", notSure: "I’m not sure", yes: "Yes" } } as never;
  const walker = new Walker([gate, gate]);
  await show(walker, WALK);
  await press("Next");
  expect([walker.moves.length, one("[role=alert] .error").textContent]).toEqual([0, "Choose one of the three first."]);
  all<HTMLInputElement>("input[type=radio]")[1]!.click();
  flushSync();
  expect(walker.moves.length).toBe(0);
  await press("Next");
  expect(walker.moves).toEqual([{ case: "couldHarm", value: CouldHarm.NOT_SURE }]);
});

test("support comes with the numbers before anything else, and the line for an emergency stays", async () => {
  const support = { case: "support", value: { why: "Because of your last answer." } } as never;
  await show(new Walker([support], "Emergency: 112"), WALK);
  expect([one(".stays").textContent, one("main p.note + form h1")?.textContent]).toEqual(["Emergency: 112", "Help, if you want it"]);
  expect(all("a.call").map((call) => call.getAttribute("href"))).toEqual(["tel:112", "tel:911", "tel:999"]);
  await press("Go on with the questions");
  expect([heading(), one(".stays").textContent]).toEqual(["One look before you finish", "Emergency: 112"]);
});

test("the line for an emergency names the number of the card beside it, and goes on naming it", async () => {
  const walker = new Walker([{ case: "support", value: { why: "" } } as never], "Call 112 (or your country's number)");
  walker.answers("SupportService/GetHelp", says(GetHelpResponseSchema, { country: "GB", emergency: "Call 999" }));
  await show(walker, WALK);
  await until(() => one(".stays").textContent === "Call 999");
  await press("Go on with the questions");
  expect(one(".stays").textContent).toBe("Call 999");
});

test("after an answer that calls for support no number comes by itself", async () => {
  const walker = new Walker([asks({ shape: { case: "bool", value: {} } })], "Call 112");
  const result = { support: true, scores: [{ name: "total", label: "Total", number: 27 }] };
  walker.hears("WalkService/FinishWalk", () => says(FinishWalkResponseSchema, { entryId: walker.entryId, complete: true, result }));
  await show(walker, WALK);
  await press("Skip");
  await press("Save");
  const main = (): string => one("main").textContent ?? "";
  expect([main().includes("27"), main().includes("People you can call are one press away")]).toEqual([false, true]);
  await press("Show it");
  await until(() => main().includes("27"));
  expect(document.activeElement?.textContent).toBe("What your answers come to");
});

test("back, skip and the heading's focus; the end is kept once, and leads to today", async () => {
  const page = asks({ label: "First?", shape: { case: "choice", value: { options: FRUIT } } });
  const second = asks({ id: "q2", label: "Second?", shape: { case: "choice", value: { options: FRUIT } } }, { number: 2, total: 2 });
  const walker = new Walker([page, second]);
  await show(walker, WALK);
  all<HTMLInputElement>("input")[0]!.click();
  await press("Next");
  expect([heading(), document.activeElement?.tagName]).toEqual(["Second?", "H1"]);
  await press("Back");
  expect([heading(), all<HTMLInputElement>("input")[0]!.checked]).toEqual(["First?", true]);
  await press("Skip");
  expect(walker.moves.at(-1)?.case).toBe("skip");
  await press("Next");
  await press("Save");
  expect([heading(), location.hash]).toEqual(["Saved", "#practice"]);
  expect(all("a.btn").map((link) => link.getAttribute("href"))).toContain("#today");
});

test("leaving keeps what stands in the field first", async () => {
  const walker = new Walker([asks({ shape: { case: "longText", value: {} } })]);
  await show(walker, WALK);
  type(one("textarea"), "half a thought");
  await press("Stop for now");
  expect([walker.values.at(-1), location.hash]).toEqual(["half a thought", "#practice"]);
});

test("where nothing is kept nothing says so: what holds is closed, and Practice is there", async () => {
  const held = { case: "held", value: { notice: "You’ve noted it.", question: { support: "Trust that fear." }, instead: [] } } as never;
  const walker = new Walker([held]);
  walker.entryId = "";
  await show(walker, WALK);
  expect(one("main").textContent).toContain("Trust that fear.");
  await press("Close");
  expect([heading(), location.hash]).toEqual(["Practice", "#practice"]);
  expect(document.body.textContent).not.toContain("It’s in your journal");
});
