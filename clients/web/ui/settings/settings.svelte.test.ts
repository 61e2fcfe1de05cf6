// Settings and what's behind them: what's shown is what the device keeps.

import { afterEach, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { ExportEntriesResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import { ListSettingsResponseSchema, SetSettingResponseSchema } from "../../core/gen/haven/v1/settings_pb";
import { ListPlanLinesResponseSchema, SetReadableLinesResponseSchema } from "../../core/gen/haven/v1/support_pb";
import { SetServerResponseSchema } from "../../core/gen/haven/v1/sync_pb";
import { LockResponseSchema, VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says, settle, type Answer, type Device } from "../../tests/device";
import { Taps } from "../events";
import { arrive, deviceThatIs, heading, press, show, type Shown, tick, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => {
  shown?.close();
  vi.restoreAllMocks();
});

function kept(values: Record<string, string>): Answer {
  const settings = Object.entries(values).map(([key, value]) => ({ key, value, options: ["true", "false"] }));
  return says(ListSettingsResponseSchema, { settings });
}

async function open(hash: string, values: Record<string, string> = {}): Promise<Device> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  device.answers("SettingsService/ListSettings", kept(values));
  shown = await show(device, hash);
  return device;
}

test("a switch shows what's kept: one that was refused goes back, and why is said", async () => {
  const device = await open("#settings", { "app.blur": "false" });
  device.answers("SettingsService/SetSetting", refuses(Reason.STORAGE_FULL, { what: "nothing was set", why: "the disk is full", next: "" }));
  const box = await tick("Blur what’s listed");
  expect(box.checked).toBe(false);
  expect(document.body.textContent).toContain("Nothing was set: the disk is full.");
  device.answers("SettingsService/SetSetting", says(SetSettingResponseSchema, {}));
  device.answers("SettingsService/ListSettings", kept({ "app.blur": "true" }));
  expect((await tick("Blur what’s listed")).checked).toBe(true);
  expect(shown?.app.look.blur).toBe(true);
});

test("what this device doesn't have isn't shown, and pages aren't closed by one click", async () => {
  const device = await open("#settings", { "web.enabled": "true" });
  expect(document.body.textContent).not.toContain("Check my spelling");
  await tick("Pages like this one may be opened");
  expect(device.calls.some(({ path }) => path === "SettingsService/SetSetting")).toBe(false);
  expect(document.body.textContent).toContain("This page and all others like it close");
});

test("a copy of everything becomes a file, and says that it isn't sealed", async () => {
  const device = await open("#settings");
  device.answers("JournalService/ExportEntries", says(ExportEntriesResponseSchema, { lines: ["{}", "{}"] }, { lines: ["{}"] }));
  const made = vi.spyOn(URL, "createObjectURL").mockReturnValue("blob:x");
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => {});
  expect(document.body.textContent).toContain("isn’t encrypted");
  await press("Save a copy");
  expect(await (made.mock.calls[0]?.[0] as Blob).text()).toBe("{}\n{}\n{}\n");
  expect(document.body.textContent).toContain("3 lines were handed");
});

test("a journal locks when its page is hidden, where its person wants that", async () => {
  const device = await open("#today", { "app.lock_hidden": "true" });
  device.answers("VaultService/Lock", says(LockResponseSchema, {}));
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(device.calls.some(({ path }) => path === "VaultService/Lock")).toBe(true);
});

test("and stays open where nobody asked for that", async () => {
  const device = await open("#today", { "app.lock_hidden": "false" });
  vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
  document.dispatchEvent(new Event("visibilitychange"));
  await settle();
  expect(device.calls.some(({ path }) => path === "VaultService/Lock")).toBe(false);
});

test("a server with another identity isn't trusted without a deliberate act", async () => {
  const device = await open("#server");
  device.answers("SyncService/GetServer", refuses(Reason.NO_SERVER));
  shown?.app.replace("today");
  shown?.app.replace("server");
  await arrive();
  const set = (): number => device.calls.filter(({ path }) => path === "SyncService/SetServer").length;
  device.answers("SyncService/SetServer", refuses(Reason.SERVER_IDENTITY_CHANGED, { what: "no server was set", why: "it's another one", next: "Ask." }));
  await vi.waitUntil(() => document.querySelector("#url") !== null, { timeout: 60_000 });
  type("Address", "https://journal.example");
  await press("Use this server");
  expect(document.body.textContent).toContain("The server’s identity has changed");
  await press("Trust the new one");
  expect(set()).toBe(1);
  device.answers("SyncService/SetServer", says(SetServerResponseSchema, { server: { url: "https://journal.example", identity: "ab".repeat(32) } }));
  await tick("I know why it changed");
  await press("Trust the new one");
  expect([set(), heading()]).toEqual([2, "Server"]);
  expect(document.body.textContent).toContain("abababab");
});

test("a line of the plan becomes readable only once what that means was agreed to", async () => {
  const device = deviceThatIs(VaultState.UNLOCKED);
  const line = { field: "people", label: "Who to call", text: "My sister", readable: false };
  device.answers("SupportService/ListPlanLines", says(ListPlanLinesResponseSchema, { lines: [line], warning: ["Anyone can read it then."] }));
  device.answers("SupportService/SetReadableLines", says(SetReadableLinesResponseSchema, {}));
  shown = await show(device, "#settings");
  const set = (): number => device.calls.filter(({ path }) => path === "SupportService/SetReadableLines").length;
  expect(document.body.textContent).not.toContain("Anyone can read it then.");
  await tick("My sister");
  expect(document.body.textContent).toContain("Anyone can read it then.");
  await press("Save this choice");
  expect(set()).toBe(0);
  await tick("I’ve read this, and want these lines to be readable");
  await press("Save this choice");
  expect(set()).toBe(1);
});

test("three taps on Shift leave, and nothing less does", () => {
  const leave = vi.fn();
  const taps = new Taps(leave);
  const hear = (keys: readonly [string, number][]): void => keys.forEach(([key, at]) => taps.hear(key, at));
  hear([["Shift", 0], ["Shift", 300], ["a", 400], ["Shift", 500]]);
  hear([["Shift", 2_000], ["Shift", 2_900], ["Shift", 3_100]]);
  expect(leave).not.toHaveBeenCalled();
  hear([["Shift", 9_000], ["Shift", 9_300], ["Shift", 9_600]]);
  expect(leave).toHaveBeenCalledOnce();
});
