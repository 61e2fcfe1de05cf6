// What plug-ins may do: given by ticks, shown once, taken back by a second word.

import { afterEach, expect, test, vi } from "vitest";
import { CreateGrantResponseSchema, ListGrantsResponseSchema, Scope } from "../../core/gen/haven/v1/grants_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { says, type Device } from "../../tests/device";
import { deviceThatIs, press, show, type Shown, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => shown?.close());

async function open(hash: string): Promise<Device> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  shown = await show(device, hash);
  return device;
}

test("a plug-in gets no more than was ticked, and its token is shown once", async () => {
  const device = await open("#grants");
  device.answers("GrantService/ListGrants", says(ListGrantsResponseSchema, { grants: [{ id: "a1", name: "Cloud", scopes: [Scope.READ], madeMs: 1n }] }));
  device.answers("GrantService/CreateGrant", says(CreateGrantResponseSchema, { token: "haven_secret" }));
  type("What you call it", "Cloud");
  await press("Allow it");
  expect(document.body.textContent).toContain("Choose at least one thing");
  expect(device.calls.some(({ path }) => path === "GrantService/CreateGrant")).toBe(false);
  document.querySelector<HTMLInputElement>("fieldset input")?.click();
  await press("Allow it");
  expect(document.body.textContent).toContain("haven_secret");
  expect(document.body.textContent).toContain("May read");
  await press("I have it");
  expect(document.body.textContent).not.toContain("haven_secret");
});

test("taking one back is asked once more", async () => {
  const device = await open("#today");
  device.answers("GrantService/ListGrants", says(ListGrantsResponseSchema, { grants: [{ id: "a1", name: "Cloud", scopes: [Scope.READ], madeMs: 1n }] }));
  shown?.app.replace("grants");
  await vi.waitUntil(() => document.body.textContent?.includes("Cloud") === true, { timeout: 60_000 });
  await press("Take back Cloud");
  expect(device.calls.some(({ path }) => path === "GrantService/RevokeGrant")).toBe(false);
  await press("Cancel");
  expect(document.body.textContent).not.toContain("Yes, take it back");
});
