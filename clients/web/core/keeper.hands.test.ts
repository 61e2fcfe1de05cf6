import { expect, test } from "vitest";
import { desk } from "../tests/desk";
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
