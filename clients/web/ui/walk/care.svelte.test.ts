// A walk whose device goes silent, whose words arrive late, and which another window answers too.

import { create, fromBinary } from "@bufbuild/protobuf";
import { flushSync } from "svelte";
import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import * as pb from "../../core/gen/haven/v1/drafts_pb";
import { DraftSchema } from "../../core/gen/haven/v1/entry_pb";
import { GetEntryResponseSchema, ListEntriesResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import { list, text, type Value } from "../../core/walk/value";
import { refuses, says } from "../../tests/device";
import { clear, clock, heading, one, press, rest, show, type } from "../../tests/shown";
import { asks, plain, Walker, type PageInit } from "../../tests/walker";
import type { App } from "../app.svelte";
// Here already when a test goes there.
import "../../core/walk/became";
import "./Room.svelte";

const WALK = "#walk/exercise/thought-check";
const ID = "d".repeat(32);
const long = (): PageInit => asks({ shape: { case: "longText", value: {} } });
afterEach(clear);

/** A device that keeps what it's told besides steps: drafts that are saved, and those that are thrown away. */
function keeps(pages: readonly PageInit[]) {
  const walker = new Walker(pages);
  const saved: pb.SavedDraft[] = [];
  const discarded: string[] = [];
  walker.hears("DraftService/SaveDraft", (body) => (saved.push(fromBinary(pb.SaveDraftRequestSchema, body).draft!), says(pb.SaveDraftResponseSchema, {})));
  walker.hears("DraftService/DiscardDraft", (body) => (discarded.push(fromBinary(pb.DiscardDraftRequestSchema, body).draftId), says(pb.DiscardDraftResponseSchema, {})));
  const has = (answer: Value): void => {
    const draft = create(pb.SavedDraftSchema, { draftId: ID, draft: create(DraftSchema, { answers: { q1: answer } }) });
    walker.answers("DraftService/GetDraft", says(pb.GetDraftResponseSchema, { draft }));
  };
  return { walker, saved, discarded, has };
}

/** Writes, and the device takes it without its answer coming back. */
async function losesAnswerTo(walker: Walker, words: string): Promise<void> {
  walker.isSilent = true;
  type(one("textarea"), words);
  await clock.pass(700);
  walker.isSilent = false;
}

async function changes(app: App): Promise<void> {
  app.holders.all.forEach((holder) => holder.heard?.(7n));
  await clock.pass(1_500);
  await rest();
}

test("older words that arrive after newer ones give way to them", async () => {
  const { walker, saved, has } = keeps([long()]);
  const { app } = await show(walker, WALK);
  await losesAnswerTo(walker, "old");
  type(one("textarea"), "old and new");
  await clock.pass(700);
  expect([walker.values.at(-1), app.holders.areDirty]).toEqual(["old and new", false]);
  has(text("old"));
  await changes(app);
  expect(saved.map(({ draftId, draft }) => [draftId, plain(draft?.answers["q1"])])).toEqual([[ID, "old and new"]]);
});

test("a first note that arrives after the end is swept away; what another wrote isn't", async () => {
  for (const [found, swept] of [["old", [ID]], ["another’s", []]] as const) {
    const { walker, discarded, has } = keeps([long()]);
    const { app } = await show(walker, WALK);
    await losesAnswerTo(walker, "old");
    type(one("textarea"), "old and new");
    await press("Next");
    await press("Save");
    expect(heading()).toBe("Saved");
    app.go("today");
    await app.turn();
    await rest();
    has(text(found));
    await changes(app);
    expect([found, discarded]).toEqual([found, swept]);
    clear();
  }
});

test("where another window answered the question, too, both are kept, and it's said", async () => {
  const { walker, saved, has } = keeps([long()]);
  const { app } = await show(walker, WALK);
  type(one("textarea"), "mine");
  await clock.pass(700);
  has(text("theirs"));
  await changes(app);
  expect(saved.map(({ draft }) => plain(draft?.answers["q1"]))).toEqual(["mine"]);
  const own = saved[0]!.draftId;
  expect([own === ID, location.hash, one("p.note").textContent?.includes("another window")]).toEqual([false, `#walk/draft/${own}`, true]);
  expect(one<HTMLTextAreaElement>("textarea").value).toBe("mine");
});

test("a page that may go sends the last words at once, also while a step is on its way", async () => {
  const walker = new Walker([long()]);
  const { app } = await show(walker, WALK);
  let answers = (): void => {};
  walker.until = new Promise((done) => (answers = done));
  type(one("textarea"), "one");
  await clock.pass(700);
  type(one("textarea"), "one two");
  flushSync();
  const gone = app.holders.flush(true);
  await rest();
  expect(walker.values).toEqual(["one", "one two"]);
  expect(walker.lasting).toBe(1);
  walker.until = undefined;
  answers();
  await gone;
  expect([walker.values.at(-1), app.holders.areDirty]).toEqual(["one two", false]);
});

test("the words of a walk can be read while nobody takes them, and are set aside whatever field they stand in", async () => {
  const { walker, saved } = keeps([asks({ label: "Which?", shape: { case: "list", value: { itemsMax: 3 } } })]);
  const { app } = await show(walker, WALK);
  walker.hears("WalkService/StepWalk", () => refuses(Reason.NOT_FOUND));
  type(one("ol textarea"), "the first thing");
  flushSync();
  expect(app.holders.all.map((holder) => holder.read?.())).toEqual(["Which?\nthe first thing"]);
  await clock.pass(700);
  expect(saved.map(({ draft }) => draft?.text)).toEqual(["Which?\nthe first thing"]);
});

test("an end that was carried out and not answered is an end: the entry is found by its answers", async () => {
  const { walker } = keeps([asks({ shape: { case: "list", value: { itemsMax: 3 } } })]);
  const entry = "f".repeat(32);
  walker.answers("JournalService/ListEntries", says(ListEntriesResponseSchema, { entries: [{ id: entry }] }));
  walker.answers("JournalService/GetEntry", says(GetEntryResponseSchema, { entry: { answers: { q1: list([text("a thing")]) } } }));
  await show(walker, WALK);
  type(one("ol textarea"), "a thing");
  flushSync();
  await press("Next");
  walker.hears("WalkService/FinishWalk", () => "refused");
  await press("Save");
  expect(heading()).toBe("One look before you finish");
  walker.hears("WalkService/FinishWalk", () => refuses(Reason.NOT_FOUND));
  await press("Save");
  await rest();
  expect([heading(), one(".acts .quiet").getAttribute("href")]).toEqual(["Saved", `#entry/${entry}`]);
});
