// Joining from another device: the words, stopping, and a device that nobody lets in.

import { afterEach, expect, test, vi } from "vitest";
import { JoinVaultResponseSchema } from "../../core/gen/haven/v1/devices_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { begins, says, type Device } from "../../tests/device";
import { deviceThatIs, heading, press, show, type Shown, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => shown?.close());

async function join(): Promise<Device> {
  const device = deviceThatIs(VaultState.NONE);
  shown = await show(device, "#welcome/join");
  return device;
}

test("a device that joins shows three words and waits; stopping says that nothing was joined", async () => {
  const device = await join();
  device.answers("DeviceService/JoinVault", begins(JoinVaultResponseSchema, { state: { case: "words", value: { words: "maple orbit velvet" } } }));
  type("A passphrase for this device", "five quiet words of mine");
  await press("Show the passphrase");
  await press("Go on");
  expect(document.body.textContent).toContain("Type the address and the code");
  type("Server’s address", "http://127.0.0.1:1");
  type("Code", "AAAA-BBBB");
  await press("Go on");
  expect([...document.querySelectorAll("ol li")].map((word) => word.textContent)).toEqual(["maple", "orbit", "velvet"]);
  await press("Stop");
  expect(heading()).toBe("I have one already");
  expect(document.body.textContent).toContain("Nothing was joined");
});

test("a device that nobody lets in says so, and wants a new code", async () => {
  const device = await join();
  device.answers("DeviceService/JoinVault", says(JoinVaultResponseSchema, { state: { case: "words", value: { words: "maple orbit velvet" } } }));
  type("A passphrase for this device", "five quiet words of mine");
  await press("Show the passphrase");
  type("Server’s address", "http://127.0.0.1:1");
  type("Code", "AAAA-BBBB");
  await press("Go on");
  expect(document.querySelector("[role=alert] .error")?.textContent).toContain("didn’t let this one in");
  expect(document.querySelector<HTMLInputElement>("#code")?.value).toBe("");
});
