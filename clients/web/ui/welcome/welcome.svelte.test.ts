// The beginning of a journal, as a person goes through it, and where it may go wrong.

import { afterEach, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { GetTodayResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import { CheckPassphraseResponseSchema, InitResponseSchema, SuggestPassphraseResponseSchema, VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says } from "../../tests/device";
import { arrive, deviceThatIs, heading, isGreeting, isNow, press, show, type Shown, tick, type } from "../../tests/shown";
import { beginningOf } from "./beginning.svelte";

const KIT = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG";

vi.setConfig({ testTimeout: 90_000 });

let shown: Shown | undefined;
afterEach(() => shown?.close());

async function begin(hash = "#welcome/create"): Promise<Shown> {
  shown = await show(deviceThatIs(VaultState.NONE), hash);
  return shown;
}

/** Makes a journal, and lets the page hear that it's open. */
async function made(failed?: { reason: Reason; what: string }): Promise<Shown> {
  const { device, clock } = await begin();
  device.answers("VaultService/CheckPassphrase", says(CheckPassphraseResponseSchema, {}));
  device.answers("VaultService/Init", says(InitResponseSchema, failed ? { kit: KIT, failed } : { kit: KIT }));
  type("Passphrase", "five quiet words of mine");
  await press("Show the passphrase");
  isNow(device, VaultState.UNLOCKED);
  await press("Start my journal");
  await clock.pass(500);
  await arrive();
  return shown!;
}

test("without a journal the page says what it is and what it isn't, and has two doors", async () => {
  await begin("");
  expect(heading()).toContain("A private journal");
  expect(document.body.textContent).toContain("It isn’t therapy. It isn’t for emergencies");
  await press("Start a journal");
  expect(heading()).toBe("Could someone near you look at this device?");
  await press("Go on");
  expect(heading()).toBe("A passphrase for your journal");
});

test("nothing is sent without a passphrase, nor while the two differ", async () => {
  const { device } = await begin();
  await press("Start my journal");
  expect(document.body.textContent).toContain("Choose a passphrase first.");
  type("Passphrase", "one two three four five");
  type("The same again", "one two three four");
  await press("Start my journal");
  expect(document.body.textContent).toContain("These two aren’t the same");
  expect(device.calls.some(({ path }) => path === "VaultService/Init")).toBe(false);
});

test("a weak one is said at its field after a pause in typing, once, and holds nobody up", async () => {
  const { device, clock } = await begin();
  device.answers("VaultService/CheckPassphrase", refuses(Reason.WEAK_PASSPHRASE, { what: "it could be guessed", why: "", next: "Take more." }));
  for (const typed of ["a", "ab", "abc"]) {
    type("Passphrase", typed);
  }
  const asked = (): number => device.calls.filter(({ path }) => path === "VaultService/CheckPassphrase").length;
  await clock.pass(200);
  expect(asked()).toBe(0);
  await clock.pass(1_000);
  await arrive();
  expect(asked()).toBe(1);
  expect(document.querySelector("[role=status]")?.textContent).toBe("It could be guessed. Take more.");
});

test("one that's made up is shown, and typed only by who wants to", async () => {
  const { device } = await begin();
  device.answers("VaultService/SuggestPassphrase", says(SuggestPassphraseResponseSchema, { passphrase: "six plain words in a row" }));
  await press("Make one up for me");
  const field = document.querySelector<HTMLInputElement>("#new-passphrase");
  expect([field?.value, field?.type]).toEqual(["six plain words in a row", "text"]);
  expect(document.querySelector("#again")).toBeNull();
});

test("the kit is shown although the journal opens under it, and the page isn't closed unasked meanwhile", async () => {
  const { app } = await made();
  expect(app.stand.kind).toBe("open");
  expect(heading()).toBe("Your recovery kit");
  expect(document.querySelector(".code")?.textContent?.trim()).toBe(KIT);
  expect(app.holders.areDirty).toBe(true);
  expect(window.dispatchEvent(new Event("beforeunload", { cancelable: true }))).toBe(false);
  app.isLeaving = true;
  expect(window.dispatchEvent(new Event("beforeunload", { cancelable: true }))).toBe(true);
});

test("two groups prove it, with the code out of sight; then it's nowhere on the page", async () => {
  const { app, device } = await made();
  device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, { suggestion: "slow-breath", suggestionTitle: "Slow breath", suggestionMinutes: 5 }));
  await press("I have it");
  expect(heading()).toBe("One look at your copy");
  const screen = document.querySelector("main")!.textContent ?? "";
  const [one, other] = beginningOf(app).asked;
  expect(screen).not.toContain(KIT.split("-")[one]);
  type(`Group ${one + 1}`, "XXXX");
  type(`Group ${other + 1}`, KIT.split("-")[other]!);
  await press("Check");
  expect(document.body.textContent).toContain(`That isn’t group ${one + 1}.`);
  type(`Group ${one + 1}`, KIT.split("-")[one]!.toLowerCase());
  await press("Check");
  expect(heading()).toBe("Your journal is ready");
  expect(document.body.textContent).toContain("“Slow breath”. It takes about 5 min.");
  expect([app.holders.areDirty, beginningOf(app).kit]).toEqual([false, ""]);
});

test("going on without the kit takes a deliberate act", async () => {
  const { app } = await made();
  await press("Go on without a kit");
  expect(heading()).toBe("Your recovery kit");
  await tick("I know that this code can’t be shown again");
  await press("Go on without a kit");
  expect([heading(), app.holders.areDirty]).toEqual(["Your journal is ready", false]);
});

test("what failed once the journal was made is said beside its kit", async () => {
  await made({ reason: Reason.SERVER_REFUSED, what: "the journal was made, but its server was not set" });
  expect(document.body.textContent).toContain("The journal was made, but its server was not set.");
});

test("a page that's loaded again in the middle says that the code is gone", async () => {
  shown = await show(deviceThatIs(VaultState.UNLOCKED), "#welcome/kit");
  expect(heading()).toBe("The code can’t be shown again");
});

test("so does one whose answer was lost on the way", async () => {
  const { device, clock } = await begin();
  device.answers("VaultService/Init", "refused");
  type("Passphrase", "five quiet words of mine");
  await press("Show the passphrase");
  await press("Start my journal");
  expect(heading()).toBe("A passphrase for your journal");
  isNow(device, VaultState.UNLOCKED);
  await clock.pass(500);
  await arrive();
  expect(heading()).toBe("The code can’t be shown again");
});

test("who comes here with a journal goes on to it", async () => {
  shown = await show(deviceThatIs(VaultState.UNLOCKED), "#welcome");
  await vi.waitUntil(() => isGreeting(heading()), { timeout: 60_000 });
});
