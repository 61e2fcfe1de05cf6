// A device that takes connections and says nothing, says it late, or does late what it was asked: nothing is lost, nothing stands twice.

import { expect, test } from "vitest";
import { desk } from "../tests/desk";
import { settle } from "../tests/device";
import { Drawer } from "../tests/drawer";
import { blank, readDraft, type Piece } from "./drafts";
import { finish } from "./finish";
import { LOOK_MS, PAUSE_MS, SLOW_MS } from "./keeper";
import { STRAY_MAX_MS } from "./strays";

test("a save that nobody answers is told in time", async () => {
  const { device, clock, type, kind, keeper } = desk();
  device.mishap(0, "silence");
  type("words");
  await clock.pass(PAUSE_MS + SLOW_MS - 1);
  expect(kind()).toBe("saving");
  await clock.pass(1);
  expect([kind(), keeper.isDirty, keeper.read()]).toEqual(["unsaved", true, "words"]);
});

test("a look that nobody answers is told just as well", async () => {
  const { device, clock, type, kind, keeper } = desk();
  type("words");
  await clock.pass(PAUSE_MS);
  keeper.doubt();
  device.mishap(0, "silence");
  type("words, and more");
  await clock.pass(PAUSE_MS + SLOW_MS);
  expect(kind()).toBe("unsaved");
});

test("older words that arrive after newer ones give way to them, in the same draft", async () => {
  for (const arrives of [300, 3_000, LOOK_MS + 2_000]) {
    const { device, clock, type, keeper, kind, viewer } = desk();
    keeper.heard(device.revision);
    device.mishap(0, "late");
    type("one");
    await clock.pass(PAUSE_MS);
    type("one two");
    await clock.pass(PAUSE_MS + 600);
    expect([arrives, device.texts]).toEqual([arrives, ["one two"]]);
    keeper.heard(device.revision);
    await clock.pass(arrives);
    device.deliver();
    expect([arrives, device.texts]).toEqual([arrives, ["one"]]);
    keeper.heard(device.revision);
    await clock.pass(5_000);
    expect([arrives, device.texts, kind(), device.drafts.size]).toEqual([arrives, ["one two"], "saved", 1]);
    expect(viewer.forked).not.toHaveBeenCalled();
  }
});

test("words sent twice, once late, are known again however late they come", async () => {
  const { device, clock, type, keeper, viewer } = desk();
  keeper.heard(device.revision);
  device.mishap(0, "late");
  type("one");
  await clock.pass(PAUSE_MS + 2_000);
  keeper.heard(device.revision);
  type("one two");
  await clock.pass(PAUSE_MS);
  keeper.heard(device.revision);
  device.deliver();
  keeper.heard(device.revision);
  await clock.pass(5_000);
  expect([device.texts, device.drafts.size]).toEqual([["one two"], 1]);
  expect(viewer.forked).not.toHaveBeenCalled();
});

test("a change that was made elsewhere while nobody told is looked for before it's written over", async () => {
  const device = new Drawer();
  const first = desk(device);
  first.type("first");
  await first.clock.pass(PAUSE_MS);
  const { value } = (await readDraft(first.door, first.keeper.piece.id)) as { value: Piece };
  const second = desk(device, value, true);
  first.keeper.heard(device.revision);
  first.keeper.heard(undefined);
  second.type("first, and second");
  await second.clock.pass(PAUSE_MS);
  first.keeper.heard(device.revision);
  first.type("first, and third");
  await first.clock.pass(PAUSE_MS);
  await second.keeper.look();
  expect(device.texts.sort()).toEqual(["first, and second", "first, and third"]);
});

test("a fork stands on what its own words were written on, so that it undoes nobody's", async () => {
  const device = new Drawer();
  const piece = { ...blank("2026-11-24T21:30"), entry: "e", base: "v0" };
  const [first, second] = [desk(device, piece), desk(device, piece)];
  device.entries.push({ id: "e", title: "", text: "stood there" });
  first.type("first");
  await first.clock.pass(PAUSE_MS);
  second.keeper.expect();
  device.fold();
  second.type("second");
  await second.clock.pass(PAUSE_MS);
  const fork = device.drafts.get(second.keeper.piece.id)!;
  expect(second.viewer.forked).toHaveBeenCalledOnce();
  expect([fork.entryId, fork.baseVersion, device.drafts.size]).toEqual(["e", "v0", 2]);
});

test("a draft that's still on its way from a page that went is gone on with once it's there", async () => {
  for (const types of [false, true]) {
    const device = new Drawer();
    const gone = desk(device);
    device.mishap(0, "late");
    gone.type("last words");
    await gone.clock.pass(PAUSE_MS);
    gone.keeper.end();
    const { keeper, clock, type, viewer } = desk(device, { ...blank("2026-11-24T21:31"), id: gone.keeper.piece.id });
    keeper.expect();
    keeper.heard(device.revision);
    await clock.pass(2_000);
    device.deliver();
    keeper.heard(device.revision);
    if (types) {
      type("new words");
    }
    await clock.pass(5_000);
    await settle();
    expect([types, device.texts.sort()]).toEqual([types, types ? ["last words", "new words"] : ["last words"]]);
    expect(viewer.adopted).toHaveBeenCalledTimes(types ? 0 : 1);
  }
});

test("words that arrive after the end don't come back as a draft, and the keeper listens no longer than they may take", async () => {
  const { device, clock, type, keeper, door } = desk();
  keeper.heard(device.revision);
  device.mishap(0, "late");
  type("one");
  await clock.pass(PAUSE_MS);
  type("one two");
  await clock.pass(PAUSE_MS + 600);
  keeper.heard(device.revision);
  expect((await finish(door, keeper, false, { isThere: false })).ok).toBe(true);
  keeper.heard(device.revision);
  expect(keeper.isWary).toBe(true);
  device.deliver();
  expect(device.drafts.size).toBe(1);
  keeper.heard(device.revision);
  await clock.pass(1_000);
  expect([device.drafts.size, device.texts]).toEqual([0, ["one two"]]);
  await clock.pass(STRAY_MAX_MS);
  expect(keeper.isWary).toBe(false);
});

test("what was sealed is saved once it can be read again", async () => {
  const { device, clock, type, keeper, kind } = desk();
  keeper.heard(device.revision);
  type("open");
  await clock.pass(PAUSE_MS);
  device.isLocked = true;
  keeper.heard(undefined);
  type("open, then locked");
  await clock.pass(PAUSE_MS);
  expect(kind()).toBe("sealed");
  device.unlock();
  keeper.heard(device.revision);
  await clock.pass(2_000);
  expect([kind(), device.texts, device.drafts.size]).toEqual(["saved", ["open, then locked"], 1]);
});
