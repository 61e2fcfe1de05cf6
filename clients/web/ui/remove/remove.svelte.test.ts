// Removing a device: what's said before the passphrase, the new kit, and that nothing happens twice.

import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { DeviceState, RemoveDeviceResponseSchema } from "../../core/gen/haven/v1/devices_pb";
import { SyncNowResponseSchema } from "../../core/gen/haven/v1/sync_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says } from "../../tests/device";
import { confirm, done, ID, KIT, lists, LOST, removing, UNUSED, withKit } from "../../tests/removal";
import { arrive, button, clear, clock, deviceThatIs, heading, isNow, press, rest, ROOM_MAX_MS, show, text, tick, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });
beforeAll(() => Promise.all([import("./Room.svelte"), import("../devices/Room.svelte")]), ROOM_MAX_MS);
afterEach(() => clear());

const main = (): string => text("main");

test("every device but this one can be removed, and a removed one no more", async () => {
  const device = deviceThatIs(VaultState.UNLOCKED);
  lists(device, DeviceState.ACTIVE);
  await show(device, "#devices");
  const links = (): (string | null)[] => [...document.querySelectorAll('main a[href^="#remove/"]')].map((it) => it.getAttribute("aria-label"));
  expect(links()).toEqual(["Remove Tablet"]);
  clear();
  lists(device, DeviceState.REMOVED);
  await show(device, "#devices");
  expect(links()).toEqual([]);
});

test("a lost device takes the old kit along: a new one is shown, proved and sent with it in one call", async () => {
  const { asked } = await removing(done);
  expect(heading()).toBe("Remove “Tablet”?");
  await press("Go on");
  expect(main()).toContain("Choose what fits better.");
  await withKit();
  expect(main()).not.toContain("AAAA");
  await confirm();
  expect(asked.map(({ id, passphrase, kit }) => [id, passphrase, kit])).toEqual([[ID, "the passphrase", KIT]]);
  expect(heading()).toBe("“Tablet” is removed");
  expect(main()).toContain("2 pieces of what it wrote were put aside");
  expect(main()).toContain("Tear up the old paper");
  expect(location.hash).toBe(`#remove/${ID}`);
});

test("a device that's out of use goes without a new kit, unless one is wanted", async () => {
  const { device, asked } = await removing(done);
  await tick(UNUSED);
  await press("Go on");
  await confirm();
  expect(asked.map(({ kit }) => kit)).toEqual([""]);
  expect(device.asked).not.toContain("KitService/DraftKit");
  expect(main()).toContain("Your recovery kit stays as it is.");
});

test("without a server that's said first, and no passphrase is asked for", async () => {
  const { asked } = await removing(done, { serverUrl: "" });
  expect(heading()).toBe("It needs a server");
  expect([document.querySelector("input"), asked.length]).toEqual([null, 0]);
});

test("a server that can't be reached is tried and said first, and tried again", async () => {
  const device = deviceThatIs(VaultState.UNLOCKED);
  isNow(device, VaultState.UNLOCKED, { serverUrl: "http://127.0.0.1:1", problem: Reason.SERVER_UNREACHABLE });
  lists(device, DeviceState.ACTIVE);
  device.answers("DeviceService/RemoveDevice", says(RemoveDeviceResponseSchema, {}));
  device.answers("SyncService/SyncNow", refuses(Reason.SERVER_UNREACHABLE, { why: "nobody is there" }), says(SyncNowResponseSchema, {}));
  await show(device, `#remove/${ID}`);
  await rest();
  expect([heading(), main().includes("nobody is there"), document.querySelector("input")]).toEqual(["This can’t be done now", true, null]);
  await press("Try again");
  expect(heading()).toBe("Remove “Tablet”?");
});

test("a wrong passphrase changes nothing: the proved kit stays, and another try does it", async () => {
  const { device, asked } = await removing(refuses(Reason.WRONG_PASSPHRASE));
  await withKit();
  await confirm("not this");
  expect(main()).toContain("Nothing has changed, and you can try again.");
  device.answers("DeviceService/RemoveDevice", done);
  await confirm();
  expect([heading(), asked.length]).toEqual(["“Tablet” is removed", 1]);
});

test("pressing twice asks once, and nothing can be stepped back from meanwhile", async () => {
  const { asked } = await removing("silence");
  await tick(UNUSED);
  await press("Go on");
  type("This device’s passphrase", "the passphrase");
  await press("Remove it");
  button("Removing it…").form!.requestSubmit();
  await arrive();
  expect([asked.length, document.querySelectorAll("main button").length]).toEqual([1, 2]);
});

test("a journal that locks in the middle forgets the code, and begins anew", async () => {
  const { device } = await removing(done);
  await tick(LOST);
  await press("Go on");
  expect(main()).toContain("AAAA");
  isNow(device, VaultState.LOCKED);
  await clock.pass(500);
  await arrive();
  expect(heading()).toBe("Locked");
  isNow(device, VaultState.UNLOCKED, { serverUrl: "http://127.0.0.1:1" });
  await clock.pass(500);
  await vi.waitUntil(() => heading() !== "Locked", { timeout: ROOM_MAX_MS });
  await arrive();
  expect([heading(), document.body.textContent?.includes("AAAA")]).toEqual(["Remove “Tablet”?", false]);
});

test("back goes step by step, and the code isn't asked for a second time", async () => {
  const { device } = await removing(done);
  await withKit();
  await press("Back");
  expect(heading()).toBe("One look at your copy");
  await press("See the code again");
  expect(main()).toContain("AAAA");
  expect(device.asked.filter((path) => path === "KitService/DraftKit")).toHaveLength(1);
  await press("Back");
  expect(heading()).toBe("Remove “Tablet”?");
});

test("this device, an unknown one and a removed one aren't removed from here", async () => {
  const { asked } = await removing(done);
  for (const [id, said] of [["01", "the device you’re using"], ["ffff", "No device of this journal"]] as const) {
    location.hash = `#remove/${id}`;
    window.dispatchEvent(new Event("hashchange"));
    await arrive();
    await vi.waitUntil(() => main().includes(said), { timeout: ROOM_MAX_MS });
  }
  expect([document.querySelector("input"), asked.length]).toEqual([null, 0]);
});
