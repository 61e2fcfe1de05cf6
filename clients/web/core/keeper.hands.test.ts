import { expect, test } from "vitest";
import { desk } from "../tests/desk";
import { settle } from "../tests/device";
import { Drawer } from "../tests/drawer";
import { readDraft, type Piece } from "./drafts";
import { PAUSE_MS } from "./keeper";

test("two hands in one draft: both are kept, and who wrote nothing reads on", async () => {
  const device = new Drawer();
  const first = desk(device);
  first.type("first");
  await first.clock.pass(PAUSE_MS);
  const found = await readDraft(first.door, first.keeper.piece.id);
  const piece = (found as { value: Piece }).value;
  const [second, reader] = [desk(device, piece, true), desk(device, piece, true)];
  const hear = (): void => [first, second, reader].forEach(({ keeper }) => keeper.heard(device.revision));
  hear();
  second.type("second");
  await second.clock.pass(PAUSE_MS);
  hear();
  await first.clock.pass(5_000);
  await reader.clock.pass(5_000);
  expect(device.texts.sort()).toEqual(["first", "second"]);
  expect(first.viewer.forked).toHaveBeenCalledOnce();
  expect(second.viewer.forked).not.toHaveBeenCalled();
  expect(reader.viewer.adopted).toHaveBeenCalledOnce();
});

test("a page that goes asks nothing before its words are sent: the answer would come too late", async () => {
  const device = new Drawer();
  const before = desk(device);
  before.type("as it was");
  await before.clock.pass(PAUSE_MS);
  const piece = before.keeper.piece;
  // Loaded again: what the page before sent last may still be on its way.
  const again = desk(device, piece, true);
  again.keeper.expect();
  again.type("as it was, and a line");
  // Whatever comes after the first call never gets anywhere.
  [1, 2, 3].forEach((nth) => device.mishap(nth, "silence"));
  void again.keeper.flush(true);
  await settle();
  expect(device.texts).toEqual(["as it was, and a line"]);
});

test("a page that goes while another has written in the same draft: the other one hears of it, and both are kept", async () => {
  const device = new Drawer();
  const first = desk(device);
  first.type("first");
  await first.clock.pass(PAUSE_MS);
  const second = desk(device, first.keeper.piece, true);
  const hear = (): void => [first, second].forEach(({ keeper }) => keeper.heard(device.revision));
  hear();
  second.type("second");
  await second.clock.pass(PAUSE_MS);
  hear();
  first.type("first, and a line");
  void first.keeper.flush(true);
  first.keeper.end();
  await settle();
  hear();
  await second.clock.pass(5_000);
  expect(device.texts.sort()).toEqual(["first, and a line", "second"]);
  expect(second.viewer.forked).toHaveBeenCalledOnce();
});
