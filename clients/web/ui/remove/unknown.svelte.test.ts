// A removal whose answer was lost, or that another device got in the way of: what's said, and the way on.

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { DeviceState } from "../../core/gen/haven/v1/devices_pb";
import { SyncNowResponseSchema } from "../../core/gen/haven/v1/sync_pb";
import { refuses, says } from "../../tests/device";
import { confirm, lists, removing, UNUSED, withKit } from "../../tests/removal";
import { clear, heading, press, ROOM_MAX_MS, text, tick } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
afterEach(() => clear());

const main = (): string => text("main");

test("an answer that was lost is looked up: the list says whether it's out, and both kits are kept until then", async () => {
  const { device } = await removing(refuses(Reason.OUTCOME_UNKNOWN));
  await withKit();
  await confirm();
  expect(heading()).toBe("It may or may not have happened");
  expect(main()).toContain("Keep both codes");
  device.answers("SyncService/SyncNow", refuses(Reason.SERVER_UNREACHABLE), says(SyncNowResponseSchema, {}));
  await press("Look again");
  expect(heading()).toBe("It may or may not have happened");
  await press("Look again");
  expect([heading(), main().includes("the new code doesn’t count")]).toEqual(["Remove “Tablet”?", true]);
});

test("where it did happen, it says so and how to see which kit counts", async () => {
  const { device } = await removing(refuses(Reason.OUTCOME_UNKNOWN));
  await withKit();
  await confirm();
  lists(device, DeviceState.REMOVED);
  device.answers("SyncService/SyncNow", says(SyncNowResponseSchema, {}));
  await press("Look again");
  expect(heading()).toBe("“Tablet” isn’t one of your devices any more");
  expect(document.querySelector('main a[href="#kit"]')).not.toBeNull();
});

test("a list that changed meanwhile is said, and tried again; where another device did the same, it's over", async () => {
  const { device } = await removing(refuses(Reason.DEVICES_CHANGED, { why: "another device changes it" }));
  await tick(UNUSED);
  await press("Go on");
  await confirm();
  expect(text("main [role=alert] .error")).toContain("another device changes it");
  lists(device, DeviceState.REMOVED);
  await press("Remove it");
  expect(heading()).toBe("“Tablet” isn’t one of your devices any more");
});
