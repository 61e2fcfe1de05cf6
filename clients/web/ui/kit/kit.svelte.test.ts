// A recovery kit of which nobody has said that it's kept: remembered by the device, asked about on Today, and settled by its person.

import { fromBinary } from "@bufbuild/protobuf";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { ListDraftsResponseSchema } from "../../core/gen/haven/v1/drafts_pb";
import { ListEntriesResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import { GetTodayResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import { ListSettingsResponseSchema, SetSettingRequestSchema, SetSettingResponseSchema } from "../../core/gen/haven/v1/settings_pb";
import { CheckPassphraseResponseSchema, InitResponseSchema, VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says, type Device } from "../../tests/device";
import { arrive, clear, deviceThatIs, heading, isGreeting, isNow, press, rest, ROOM_MAX_MS, show, text, type } from "../../tests/shown";
import { beginningOf } from "../welcome/beginning.svelte";

const KIT = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG";
const QUESTION = "Do you still have your recovery code?";

vi.setConfig({ testTimeout: 90_000 });
beforeAll(() => Promise.all([import("../today/Room.svelte"), import("../welcome/Room.svelte"), import("./Room.svelte")]), ROOM_MAX_MS);
afterEach(() => clear());

/** A device that keeps whether the kit is confirmed, and every value it was told. */
function remembering(state: VaultState, at = "false"): { device: Device; told: string[] } {
  const device = deviceThatIs(state);
  const told: string[] = [];
  let value = at;
  device.answers("SettingsService/ListSettings", () => says(ListSettingsResponseSchema, { settings: [{ key: "kit.unconfirmed", value }] }));
  device.answers("SettingsService/SetSetting", (body) => {
    const asked = fromBinary(SetSettingRequestSchema, body);
    value = asked.key === "kit.unconfirmed" ? asked.value : value;
    told.push(asked.value);
    return says(SetSettingResponseSchema, {});
  });
  device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, {}));
  device.answers("DraftService/ListDrafts", says(ListDraftsResponseSchema, {}));
  device.answers("JournalService/ListEntries", says(ListEntriesResponseSchema, {}));
  return { device, told };
}

const main = (): string => text("main");

test("the device remembers from before there's a kit until it's proved that nobody has confirmed it", async () => {
  const { device, told } = remembering(VaultState.NONE);
  device.answers("VaultService/CheckPassphrase", says(CheckPassphraseResponseSchema, {}));
  device.answers("VaultService/Init", refuses(Reason.STORAGE_FULL), () => {
    told.push("init");
    return says(InitResponseSchema, { kit: KIT });
  });
  const { app, clock } = await show(device, "#welcome/create");
  type("Passphrase", "five quiet words of mine");
  await press("Show the passphrase");
  await press("Start my journal");
  expect(told.splice(0)).toEqual(["true", "false"]);
  isNow(device, VaultState.UNLOCKED);
  await press("Start my journal");
  await clock.pass(500);
  await arrive();
  expect(told.splice(0)).toEqual(["true", "init"]);
  location.hash = "#kit";
  window.dispatchEvent(new Event("hashchange"));
  await vi.waitUntil(() => main().includes("This page still has the code."), { timeout: ROOM_MAX_MS });
  await press("See the code");
  await press("I have it");
  for (const group of beginningOf(app).asked) {
    type(`Group ${group + 1}`, KIT.split("-")[group]!);
  }
  await press("Check");
  expect(told).toEqual(["false"]);
});

test("going on without the kit leaves that unconfirmed, and Today asks", async () => {
  const { device, told } = remembering(VaultState.UNLOCKED, "true");
  await show(device, "#welcome/kit");
  await press("Go on without it");
  expect([heading(), told]).toEqual(["Your journal is ready", []]);
  await press("Just look around");
  await vi.waitUntil(() => main().includes(QUESTION), { timeout: ROOM_MAX_MS });
});

test("a code that can't be shown again is confirmed by whoever has it", async () => {
  const { device, told } = remembering(VaultState.UNLOCKED, "true");
  await show(device, "#welcome/kit");
  await press("I have it");
  expect([heading(), told]).toEqual(["Your journal is ready", ["false"]]);
});

test("Today asks calmly: it's put aside for this visit, refused aloud, and gone once the device has taken the answer", async () => {
  const { device, told } = remembering(VaultState.UNLOCKED, "true");
  const { app } = await show(device, "#today");
  await vi.waitUntil(() => main().includes(QUESTION), { timeout: ROOM_MAX_MS });
  await press("Not now");
  expect(main()).not.toContain(QUESTION);
  app.notNow.clear();
  clear();
  device.answers("SettingsService/SetSetting", refuses(Reason.STORAGE_FULL));
  await show(device, "#today");
  await vi.waitUntil(() => main().includes(QUESTION), { timeout: ROOM_MAX_MS });
  expect(document.querySelector('.note a[href="#kit"]')?.textContent).toBe("I don’t");
  await press("Yes");
  expect(text("main [role=alert]")).toContain("Nothing was done");
  expect(main()).toContain(QUESTION);
  expect(told).toEqual([]);
});

test("nobody is asked for it in the days after help was needed", async () => {
  const { device } = remembering(VaultState.UNLOCKED, "true");
  device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, { resting: ["wait"] }));
  await show(device, "#today");
  await rest();
  expect([heading() !== "", main().includes(QUESTION)]).toEqual([true, false]);
});

test("the page about it says what helps and claims nothing; an answer there is the last word", async () => {
  const { device, told } = remembering(VaultState.UNLOCKED, "true");
  await show(device, "#kit");
  expect(main()).toContain("The kit can’t be shown again, but a new one can take its place.");
  expect(main()).toContain("Or start over with a new kit");
  await press("I don’t have it, and don’t want to be asked again");
  await rest();
  expect(told).toEqual(["false"]);
  expect(main()).toContain("There’s nothing to confirm on this device.");
  expect(main()).not.toContain("start over");
  location.hash = "#today";
  window.dispatchEvent(new Event("hashchange"));
  await vi.waitUntil(() => isGreeting(heading()), { timeout: ROOM_MAX_MS });
  expect(main()).not.toContain(QUESTION);
});
