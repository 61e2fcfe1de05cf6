// Joining from another device: the words, stopping, and a device that nobody lets in.

import { afterEach, expect, test, vi } from "vitest";
import { ConfirmJoinResponseSchema, JoinVaultResponseSchema } from "../../core/gen/haven/v1/devices_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { Reason } from "../../core/fault";
import { begins, refuses, says, type Device } from "../../tests/device";
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

/** A device that was let in, so far as the other one says. */
async function letIn(): Promise<Device> {
  const device = await join();
  const shownWords = { state: { case: "words", value: { words: "maple orbit velvet" } } } as const;
  device.answers("DeviceService/JoinVault", begins(JoinVaultResponseSchema, shownWords, { state: { case: "comparing", value: {} } }));
  type("A passphrase for this device", "five quiet words of mine");
  await press("Show the passphrase");
  type("Server’s address", "http://127.0.0.1:1");
  type("Code", "AAAA-BBBB");
  await press("Go on");
  return device;
}

const given = (device: Device): number => device.calls.filter(({ path }) => path === "DeviceService/ConfirmJoin").length;

test("once it's let in it asks for the other device's words, and shows none of them itself", async () => {
  const device = await letIn();
  expect(heading()).toBe("Type the three words it shows now");
  expect(document.querySelector("ol")).toBeNull();
  expect(document.querySelector(".note")?.textContent).toContain("If it shows no words");
  await press("Compare");
  expect(document.body.textContent).toContain("Type the three words that the other device shows.");
  expect(given(device)).toBe(0);
  device.answers("DeviceService/ConfirmJoin", refuses(Reason.INVALID_ARGUMENT, { what: "not joined", why: "these aren't three such words", next: "Give the three words again." }));
  const field = type("Its three words", "coper lake willow");
  await press("Compare");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.body.textContent).toContain("Give the three words again.");
  device.answers("DeviceService/ConfirmJoin", says(ConfirmJoinResponseSchema, {}));
  type("Its three words", "copper lake willow");
  await press("Compare");
  expect(document.querySelector("main [role=status]")?.textContent).toContain("The words are the same.");
  expect(given(device)).toBe(2);
});

test("whoever finds no words on the other device stops, and nothing was joined", async () => {
  await letIn();
  await press("Stop");
  expect(heading()).toBe("I have one already");
  expect(document.body.textContent).toContain("Nothing was joined");
});
