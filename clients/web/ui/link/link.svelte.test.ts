// Adding a device: words that are typed, a code that runs out, and a way to stop.

import { afterEach, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { CancelLinkResponseSchema, StartLinkResponseSchema, WatchLinkResponseSchema } from "../../core/gen/haven/v1/devices_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { begins, refuses, says, type Answer, type Device } from "../../tests/device";
import { arrive, deviceThatIs, heading, press, show, type Shown, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => shown?.close());

const answered: Answer = begins(WatchLinkResponseSchema, { state: { case: "answered", value: { deviceName: "Tablet" } } });

async function link(watch: Answer): Promise<Device> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  const expiresMs = BigInt(Date.now() + 100_000);
  device.answers("DeviceService/StartLink", says(StartLinkResponseSchema, { code: "AAAA-BBBB", serverUrl: "http://127.0.0.1:1", expiresMs }));
  device.answers("DeviceService/WatchLink", watch);
  device.answers("DeviceService/CancelLink", says(CancelLinkResponseSchema, {}));
  shown = await show(device, "#link");
  return device;
}

const asked = (device: Device, call: string): number => device.calls.filter(({ path }) => path === `DeviceService/${call}`).length;

test("the code is shown with the server it needs and the time it has left, in words", async () => {
  await link(begins(WatchLinkResponseSchema, { state: { case: "waiting", value: {} } }));
  expect(heading()).toBe("Add a device");
  expect(document.querySelector("dd.code")?.textContent).toBe("AAAA-BBBB");
  expect(document.querySelector("[role=timer]")?.textContent).toMatch(/^1 min (3\d|40) s left$/);
});

test("a device that answers is let in by words and passphrase, and by nothing less", async () => {
  const device = await link(answered);
  expect(heading()).toBe("Type the three words it shows");
  await press("Let it in");
  expect(document.body.textContent).toContain("Type the three words that the other device shows.");
  expect(asked(device, "ConfirmLink")).toBe(0);
  device.answers("DeviceService/ConfirmLink", refuses(Reason.WRONG_PASSPHRASE));
  type("The three words", "maple orbit velvet");
  const field = type("This device’s passphrase", "not this");
  await press("Let it in");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(heading()).toBe("Type the three words it shows");
});

test("a device that was let in is waited for, with the words it asks for and what to do if it doesn't; going away calls nothing off", async () => {
  const state = { case: "comparing", value: { device: { name: "Tablet" }, words: "copper lake willow" } } as const;
  const device = await link(begins(WatchLinkResponseSchema, { state }));
  expect(heading()).toBe("Type these three words on “Tablet”");
  expect([...document.querySelectorAll("ol li")].map((word) => word.textContent)).toEqual(["copper", "lake", "willow"]);
  expect(document.querySelector("[role=status]")?.textContent).toContain("Waiting for “Tablet”");
  expect(document.querySelector(".note")?.textContent).toContain("until you remove it under Devices");
  shown?.app.replace("devices");
  await arrive();
  expect(asked(device, "CancelLink")).toBe(0);
});

test("a device that never said that it's in is told as the device tells it", async () => {
  const error = { reason: Reason.DEVICE_NOT_IN, what: "the new device isn't in yet", why: "it hasn't said so", next: "It may still come." };
  const letIn = { case: "comparing", value: { device: { name: "Tablet" }, words: "copper lake willow" } } as const;
  await link(says(WatchLinkResponseSchema, { state: letIn }, { state: { case: "failed", value: { error } } }));
  expect(heading()).toBe("It isn’t in");
  expect(document.body.textContent).toContain("The new device isn't in yet: it hasn't said so. It may still come.");
});

test("wrong words end it, and are said in the device's words", async () => {
  const device = await link(answered);
  device.answers("DeviceService/ConfirmLink", refuses(Reason.WRONG_WORDS, { what: "nothing was added", why: "these aren't its words", next: "Begin anew." }));
  type("The three words", "maple orbit salt");
  type("This device’s passphrase", "right");
  await press("Let it in");
  expect(heading()).toBe("Nothing was added");
  expect(document.body.textContent).toContain("Nothing was added: these aren't its words. Begin anew.");
});

test("whoever goes away calls it off, but not what is done", async () => {
  const device = await link(begins(WatchLinkResponseSchema, { state: { case: "waiting", value: {} } }));
  shown?.app.replace("devices");
  await arrive();
  expect(asked(device, "CancelLink")).toBe(1);
  shown?.close();
  const other = await link(says(WatchLinkResponseSchema, { state: { case: "done", value: { device: { name: "Tablet" } } } }));
  expect(heading()).toBe("“Tablet” is in");
  shown?.app.replace("devices");
  await arrive();
  expect(asked(other, "CancelLink")).toBe(0);
});

test("a code that ran out says that nothing was added, and a new one begins", async () => {
  const device = await link(says(WatchLinkResponseSchema, { state: { case: "expired", value: {} } }));
  expect(heading()).toBe("The two minutes are over");
  await press("New code");
  expect(asked(device, "StartLink")).toBe(2);
});

test("without a server there's a way to set one up, and no code", async () => {
  const device = deviceThatIs(VaultState.UNLOCKED);
  device.answers("DeviceService/StartLink", refuses(Reason.NO_SERVER));
  shown = await show(device, "#link");
  expect(heading()).toBe("Add a device");
  expect(document.querySelector("main a.btn")?.getAttribute("href")).toBe("#server");
  expect(asked(device, "WatchLink")).toBe(0);
});
