import { expect, test } from "vitest";
import { desk } from "../tests/desk";
import { settle } from "../tests/device";
import { Reason } from "./fault";
import { LOOK_MS, PAUSE_MS, UNBROKEN_MAX_MS } from "./keeper";

test("words are kept at a pause, once, and nothing is kept that is kept already", async () => {
  const { device, clock, type, kind, keeper } = desk();
  for (const text of ["R", "Ra", "Rain"]) {
    type(text);
    await clock.pass(PAUSE_MS - 1);
  }
  expect([device.count, kind(), keeper.isDirty]).toEqual([0, "saving", true]);
  await clock.pass(1);
  expect([device.texts, kind(), keeper.isDirty]).toEqual([["Rain"], "saved", false]);
  const calls = device.count;
  type("Rain!");
  type("Rain");
  await clock.pass(PAUSE_MS);
  expect([device.count, kind()]).toEqual([calls, "saved"]);
});

test("somebody who types without a pause is kept every few seconds", async () => {
  const { device, clock, type } = desk();
  for (let key = 0; key < 40; key += 1) {
    type("x".repeat(key + 1));
    await clock.pass(100);
  }
  expect(device.texts[0]!.length).toBeGreaterThanOrEqual(UNBROKEN_MAX_MS / 100 - 1);
});

test("a blank page that was never kept stays blank, without a call", async () => {
  const { device, clock, type, kind } = desk();
  type(" \n");
  await clock.pass(10_000);
  expect([device.count, kind()]).toEqual([0, "still"]);
});

test("while one save is under way the next waits, and the newest words go then", async () => {
  const { device, clock, type, keeper, kind } = desk();
  device.mishap(0, "silence");
  type("one");
  await clock.pass(PAUSE_MS);
  type("one two");
  await clock.pass(PAUSE_MS);
  void keeper.flush();
  await settle();
  expect(device.count).toBe(1);
  expect(kind()).toBe("saving");
});

test("locked words are sealed, and say so", async () => {
  const { device, clock, type, kind, keeper } = desk();
  type("open");
  await clock.pass(PAUSE_MS);
  device.isLocked = true;
  type("open, then locked");
  await clock.pass(PAUSE_MS);
  expect([kind(), keeper.isDirty, device.sealed.map(({ draft }) => draft?.text)]).toEqual(["sealed", false, ["open, then locked"]]);
  expect(device.sealed[0]!.draftId).toBe(keeper.piece.id);
});

test("a device that stays away is told, and tried with growing pauses until it's back", async () => {
  const { device, clock, type, kind, keeper } = desk();
  for (let nth = 0; nth < 12; nth += 1) {
    device.mishap(nth, "refused");
  }
  type("words");
  await clock.pass(PAUSE_MS);
  expect([kind(), keeper.isDirty, keeper.read()]).toEqual(["unsaved", true, "words"]);
  await clock.pass(60_000);
  expect(device.count).toBeLessThan(12);
  await clock.pass(240_000);
  expect([kind(), device.texts]).toEqual(["saved", ["words"]]);
});

test("without a session the words stay in memory, unsent, until there is one", async () => {
  const { device, clock, type, kind, session, keeper } = desk();
  device.mishap(0, Reason.NO_SESSION);
  type("words");
  await clock.pass(60_000);
  expect([device.count, kind(), session.token]).toEqual([1, "unsaved", undefined]);
  session.begin("def");
  await keeper.flush();
  expect([kind(), device.texts]).toEqual(["saved", ["words"]]);
});

test("what is refused beside the words doesn't keep them out", async () => {
  const { device, clock, keeper, kind } = desk();
  device.mishap(0, Reason.INVALID_ARGUMENT);
  keeper.touch(() => ({ title: "", text: "words", at: "never", people: [], tags: [] }));
  await clock.pass(PAUSE_MS);
  expect([kind(), device.texts, [...device.drafts.values()][0]!.draft!.at]).toEqual(["aside", ["words"], ""]);
});

test("words go on a way that outlives the page if they fit, and on the ordinary one if they don't", async () => {
  const { device, type, keeper, flights } = desk();
  type("short");
  await keeper.flush();
  expect(flights.length).toBe(1);
  type("x".repeat(70_000));
  await keeper.flush();
  expect([flights.length, device.texts[0]!.length]).toEqual([1, 70_000]);
});

test("a page that goes sends its newest words though others are on their way, and once more if it stays", async () => {
  const { device, clock, type, keeper, kind } = desk();
  device.mishap(0, "silence");
  type("one");
  await clock.pass(PAUSE_MS);
  type("one two");
  void keeper.flush(true);
  await settle();
  expect(device.texts).toEqual(["one two"]);
  expect([kind(), keeper.isDirty]).toEqual(["saving", true]);
});

test("the entry that a draft becomes is learned, so that going on changes it even if the draft is gone", async () => {
  const { device, clock, type, keeper } = desk();
  type("first");
  await clock.pass(PAUSE_MS);
  device.fold();
  await clock.pass(LOOK_MS);
  expect(keeper.piece.entry).toBe("entry0");
  device.drafts.clear();
  type("first, second");
  await clock.pass(PAUSE_MS);
  device.fold();
  expect(device.entries.map(({ text }) => text)).toEqual(["first, second"]);
});
