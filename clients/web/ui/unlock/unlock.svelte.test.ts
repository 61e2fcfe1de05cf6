import { expect, test } from "vitest";
import { HandClock } from "../../tests/device";
import { Reason, type Fault } from "../../core/fault";
import { speak } from "../../core/messages";
import type { Page } from "../../core/page";
import { UnlockForm } from "./unlock.svelte";

function refused(fault: Partial<Fault>) {
  let tries = 0;
  const full: Fault = { reason: Reason.TOO_MANY_TRIES, what: "", why: "", next: "", retryAfterMs: 0, ...fault };
  const page = { unlock: async () => ((tries += 1), { ok: false, fault: full }) } as unknown as Page;
  const clock = new HandClock();
  const form = new UnlockForm(page, speak([]), clock);
  form.passphrase = "words";
  return { form, clock, tries: () => tries };
}

test("after too many tries the form counts down and tries nothing meanwhile", async () => {
  const { form, clock, tries } = refused({ retryAfterMs: 2_100 });
  await form.submit();
  expect([form.waitS, form.action]).toEqual([3, "Try again in 3 s"]);
  await form.submit();
  expect(tries()).toBe(1);
  await clock.pass(1_000);
  expect(form.waitS).toBe(2);
  await clock.pass(2_000);
  expect([form.waitS, form.action, form.trouble, form.news]).toEqual([0, "Unlock", "", "You can try again now."]);
  await form.submit();
  expect(tries()).toBe(2);
});

test("a form that goes forgets the passphrase and counts no further", async () => {
  const { form, clock } = refused({ retryAfterMs: 5_000 });
  await form.submit();
  form.forget();
  await clock.pass(10_000);
  expect([form.passphrase, form.waitS]).toEqual(["", 5]);
});

test("any other fault is said in the device's own words", async () => {
  const { form } = refused({ reason: Reason.STORAGE_FAILED, what: "it stays locked", why: "the disk failed", next: "Check it." });
  await form.submit();
  expect(form.trouble).toBe("It stays locked: the disk failed. Check it.");
});
