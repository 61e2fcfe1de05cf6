import { expect, test } from "vitest";
import { desk } from "../tests/desk";
import type { Mishap } from "../tests/drawer";
import { Reason } from "./fault";
import { LOOK_MS, PAUSE_MS } from "./keeper";

/** Types, with one mishap at each call in turn, and lets the device come back: the last words are there, once. */
const mishaps: Mishap[] = ["refused", "lost", "lock", Reason.STORAGE_FULL, Reason.STOPPING, Reason.LOCKED, Reason.INTERNAL];
test.each(mishaps)("whatever goes wrong at whichever call (%s), the words come home and are there once", async (mishap) => {
  for (let nth = 0; nth < 6; nth += 1) {
    const { device, clock, type, keeper, kind } = desk();
    device.mishap(nth, mishap);
    for (const text of ["one", "one two", "one two three"]) {
      type(text);
      await clock.pass(PAUSE_MS + 50);
    }
    await keeper.flush();
    await clock.pass(LOOK_MS + 3_000);
    device.unlock();
    type("one two three.");
    await clock.pass(LOOK_MS + 60_000);
    expect([nth, keeper.isDirty]).toEqual([nth, false]);
    expect(device.isLocked ? ["saved", "sealed"] : ["saved"]).toContain(kind());
    device.unlock();
    expect([nth, device.texts]).toEqual([nth, ["one two three."]]);
  }
});

test("half of a letter doesn't make another draft of it at every pause", async () => {
  const { device, clock, type, viewer, kind } = desk();
  const half = "pasted \ud83d end";
  for (const text of [half, `${half} on`, `${half} on and on`]) {
    type(text);
    await clock.pass(LOOK_MS + PAUSE_MS);
    device.revision += 1n;
  }
  expect([device.texts, kind(), viewer.forked.mock.calls]).toEqual([["pasted \ufffd end on and on"], "saved", []]);
});
