// A code that's checked, and a new kit in the old one's place: what each answer is called, and that no code stays.

import { fromBinary } from "@bufbuild/protobuf";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import {
  DraftKitResponseSchema,
  RenewKitRequestSchema,
  RenewKitResponseSchema,
  VerifyKitRequestSchema,
  VerifyKitResponseSchema,
  type RenewKitRequest,
} from "../../core/gen/haven/v1/kit_pb";
import { SetSettingResponseSchema } from "../../core/gen/haven/v1/settings_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says, type Answer, type Device } from "../../tests/device";
import { KIT, prove } from "../../tests/removal";
import { arrive, button, clear, deviceThatIs, heading, isNow, press, rest, ROOM_MAX_MS, show, text, type } from "../../tests/shown";

vi.setConfig({ testTimeout: 90_000 });
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
afterEach(() => clear());

const main = (): string => text("main");

async function check(answer: Answer): Promise<string[]> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  const asked: string[] = [];
  device.answers("KitService/VerifyKit", (body) => {
    asked.push(fromBinary(VerifyKitRequestSchema, body).code);
    return answer;
  });
  await show(device, "#kit");
  type("The code", "aaaa bbbb");
  await press("Check it");
  return asked;
}

test.each([
  [true, false, "Yes, this is your journal’s recovery kit."],
  [true, undefined, "It’s the last one this device knows of."],
  [false, true, "another kit has taken its place"],
  [false, false, "belongs to no kit of this journal"],
  [false, undefined, "don’t throw it away"],
])("a code that's valid: %s, replaced: %s, is said in words, and goes from the page", async (valid, replaced, said) => {
  const verdict = { valid, vault: "00", ...(replaced === undefined ? {} : { replaced }) };
  expect(await check(says(VerifyKitResponseSchema, verdict))).toEqual(["aaaa bbbb"]);
  expect(text("section [role=status]")).toContain(said);
  expect(document.querySelector<HTMLInputElement>("#kit-code")?.value).toBe("");
});

test("a mistyped code is said at its field and stays there; an empty one isn't asked about", async () => {
  const asked = await check(refuses(Reason.CODE_MALFORMED, { why: "group 2 is wrong" }));
  const field = document.querySelector<HTMLInputElement>("#kit-code")!;
  expect([text("#kit-code-trouble").includes("Group 2 is wrong"), field.value, field.getAttribute("aria-invalid")]).toEqual([true, "aaaa bbbb", "true"]);
  type("The code", " ");
  await press("Check it");
  expect([asked.length, main().includes("Type the code first.")]).toEqual([1, true]);
});

/** A journal whose kit can be renewed, as far as the passphrase; and every renewal that was asked for. */
async function renewing(answer: Answer): Promise<{ device: Device; asked: RenewKitRequest[] }> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  const asked: RenewKitRequest[] = [];
  isNow(device, VaultState.UNLOCKED, { serverUrl: "http://127.0.0.1:1" });
  device.answers("KitService/DraftKit", says(DraftKitResponseSchema, { code: KIT }));
  device.answers("SettingsService/SetSetting", says(SetSettingResponseSchema, {}));
  device.answers("KitService/RenewKit", (body) => {
    asked.push(fromBinary(RenewKitRequestSchema, body));
    return answer;
  });
  await show(device, "#kit/new");
  await rest();
  await press("Show a new code");
  expect(main()).toContain("AAAA");
  await press("I have it");
  await prove();
  type("This device’s passphrase", "the passphrase");
  return { device, asked };
}

test("a new kit is shown and proved, and counts after the passphrase; then the code is nowhere", async () => {
  const { asked } = await renewing(says(RenewKitResponseSchema, { epoch: 2 }));
  expect(asked).toEqual([]);
  await press("Use the new kit");
  expect(asked.map(({ passphrase, code }) => [passphrase, code])).toEqual([["the passphrase", KIT]]);
  expect(heading()).toBe("Your new recovery kit counts now");
  expect(document.body.innerHTML).not.toContain("AAAA");
  expect(location.href + JSON.stringify({ ...sessionStorage, ...localStorage })).not.toContain("AAAA");
});

test("a wrong passphrase and a changed list change nothing, and another try does it", async () => {
  const { device } = await renewing(refuses(Reason.WRONG_PASSPHRASE));
  await press("Use the new kit");
  expect(main()).toContain("Nothing has changed, and you can try again.");
  device.answers("KitService/RenewKit", refuses(Reason.DEVICES_CHANGED, { why: "another device changes it" }), says(RenewKitResponseSchema, {}));
  await press("Use the new kit");
  expect(text("main [role=alert] .error")).toContain("another device changes it");
  await press("Use the new kit");
  expect(heading()).toBe("Your new recovery kit counts now");
});

test("an answer that was lost says to keep both, and leads to the check; it isn't sent again", async () => {
  const { asked } = await renewing(refuses(Reason.OUTCOME_UNKNOWN));
  await press("Use the new kit");
  expect([heading(), asked.length]).toEqual(["It may or may not have happened", 1]);
  expect(main()).toContain("Keep both codes");
  expect(document.querySelector('main a[href="#kit"]')).not.toBeNull();
});

test("pressing twice renews once", async () => {
  const { asked } = await renewing("silence");
  await press("Use the new kit");
  button("Putting it in place…").form!.requestSubmit();
  await arrive();
  expect(asked).toHaveLength(1);
});

test("without a server there's a way to set one up, and no code is drawn", async () => {
  const device = deviceThatIs(VaultState.UNLOCKED);
  await show(device, "#kit/new");
  await rest();
  expect([heading(), document.querySelector("main a.btn")?.getAttribute("href")]).toEqual(["It needs a server", "#server"]);
  expect(device.asked).not.toContain("KitService/DraftKit");
});
