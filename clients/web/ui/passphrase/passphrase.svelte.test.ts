// Changing the passphrase, and choosing one: what is said where, and what's asked of the device.

import { expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { ChangePassphraseResponseSchema, CheckPassphraseResponseSchema } from "../../core/gen/haven/v1/vault_pb";
import { openDoor } from "../../core/door";
import { speak } from "../../core/messages";
import { Session } from "../../core/session";
import { Device, HandClock, refuses, says, settle } from "../../tests/device";
import type { App } from "../app.svelte";
import { Change } from "./change.svelte";
import { Choice } from "./choice.svelte";

/** `gate`: what every call waits for. */
function app(gate: Promise<void> = Promise.resolve()) {
  const device = new Device();
  const clock = new HandClock();
  const slow: typeof fetch = async (input, init) => (await gate, device.fetch(input, init));
  const door = openDoor({ baseUrl: "http://127.0.0.1:1", fetch: slow, session: new Session(undefined), onOver: () => {} });
  return { device, clock, app: { page: { door }, say: speak([]), clock } as unknown as App };
}

test("the one so far is wrong: that's said at its field, and what was typed stays", async () => {
  const { device, app: host } = app();
  device.answers("VaultService/ChangePassphrase", refuses(Reason.WRONG_PASSPHRASE));
  const change = new Change(host);
  change.old = "old";
  change.choice.value = change.choice.again = "new and long enough";
  await change.submit();
  expect(change.troubleOld).toContain("Nothing has changed");
  expect([change.old, change.choice.value, change.isDone]).toEqual(["old", "new and long enough", false]);
});

test("the new one is too easy: that's said at its own field", async () => {
  const { device, app: host } = app();
  device.answers("VaultService/ChangePassphrase", refuses(Reason.WEAK_PASSPHRASE, { what: "it could be guessed", why: "", next: "" }));
  const change = new Change(host);
  change.old = "old";
  change.choice.value = "new";
  change.choice.isShown = true;
  await change.submit();
  expect([change.troubleOld, change.choice.trouble]).toEqual(["", "It could be guessed."]);
});

test("once it's changed, neither stays on the page", async () => {
  const { device, app: host } = app();
  device.answers("VaultService/ChangePassphrase", says(ChangePassphraseResponseSchema, {}));
  const change = new Change(host);
  change.old = "old";
  change.choice.value = change.choice.again = "new and long enough";
  await change.submit();
  expect([change.isDone, change.old, change.choice.value, change.choice.again]).toEqual([true, "", "", ""]);
});

test("an answer to what was typed before says nothing of what's typed now", async () => {
  let open = (): void => {};
  const { device, clock, app: host } = app(new Promise((done) => (open = done)));
  device.answers("VaultService/CheckPassphrase", says(CheckPassphraseResponseSchema, { strength: "Strangers would need very long." }));
  const choice = new Choice(host);
  choice.value = "hard to guess indeed";
  choice.typed();
  await clock.pass(700);
  choice.value = "a";
  choice.typed();
  open();
  await settle();
  expect([device.calls.length, choice.news]).toEqual([1, ""]);
  await clock.pass(700);
  expect([device.calls.length, choice.news]).toEqual([2, "That’s long enough. Strangers would need very long."]);
});

test("a device that can't judge right now keeps nobody from going on", async () => {
  const { clock, app: host } = app();
  const choice = new Choice(host);
  choice.value = choice.again = "hard to guess indeed";
  choice.typed();
  await clock.pass(1_000);
  expect([choice.news, choice.trouble, choice.isReady()]).toEqual(["", "", true]);
});

test("two that differ are told once somebody has left the second, and not while it's typed", async () => {
  const { app: host } = app();
  const choice = new Choice(host);
  choice.value = "hard to guess indeed";
  choice.again = "hard to";
  choice.typedAgain();
  expect(choice.differs).toBe("");
  choice.leftAgain();
  expect(choice.differs).toContain("aren’t the same");
  choice.again = "hard to guess indeed";
  choice.typedAgain();
  choice.leftAgain();
  expect([choice.differs, choice.trouble, choice.isReady()]).toEqual(["", "", true]);
  choice.again = "";
  choice.leftAgain();
  expect([choice.differs, choice.isReady(), choice.trouble]).toEqual(["", false, ""]);
  expect(choice.differs).toContain("second time");
});
