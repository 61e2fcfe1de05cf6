// A device that its journal has removed: what it says of that, and what it doesn't offer any more.

import { afterEach, expect, test, vi } from "vitest";
import { DeviceState, ListDevicesResponseSchema } from "../../core/gen/haven/v1/devices_pb";
import { ErrorReason } from "../../core/gen/haven/v1/error_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { says, type Device } from "../../tests/device";
import { deviceThatIs, heading, isNow, show, type Shown } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => shown?.close());

async function devices(problem: ErrorReason, state: DeviceState): Promise<Device> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  isNow(device, VaultState.UNLOCKED, { serverUrl: "http://127.0.0.1:1", problem });
  const listed = [{ id: "00", name: "Here", this: true, state }];
  device.answers("DeviceService/ListDevices", says(ListDevicesResponseSchema, { devices: listed }));
  shown = await show(device, "#devices");
  expect(heading()).toBe("Devices");
  return device;
}

const adding = (): Element | null => document.querySelector('main a[href="#link"]');

test("a removed device says so, what that means and how to take along what it has, and adds no other", async () => {
  await devices(ErrorReason.DEVICE_REMOVED, DeviceState.REMOVED);
  const note = document.querySelector(".note")?.textContent;
  expect(note).toContain("This device was removed from your journal");
  expect(note).toContain("what you write here stays here");
  expect(document.querySelector(".note a")?.getAttribute("href")).toBe("#settings");
  expect(document.querySelector("a.sync")?.textContent).toContain("This device was removed");
  expect(adding()).toBeNull();
});

test("any other device says nothing of the kind", async () => {
  await devices(ErrorReason.UNSPECIFIED, DeviceState.ACTIVE);
  expect(document.querySelector(".note")).toBeNull();
  expect(adding()).not.toBeNull();
});
