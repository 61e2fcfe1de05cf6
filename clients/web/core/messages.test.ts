import { expect, test } from "vitest";
import { Reason, type Fault } from "./fault";
import { explain, speak, words } from "./messages";
import { today } from "./messages/today";

const fault: Fault = { reason: Reason.STORAGE_FULL, what: "nothing was kept", why: "the disk is full", next: "Free some space.", retryAfterMs: 0 };

test("a fault reads as sentences: what failed, why, what to do next", () => {
  const say = speak(["en-GB"]);
  expect(explain(fault, say)).toBe("Nothing was kept: the disk is full. Free some space.");
  expect(explain({ ...fault, why: "", next: "" }, say)).toBe("Nothing was kept.");
  expect(explain({ ...fault, reason: Reason.DAEMON_UNREACHABLE }, say)).toBe(say.failed.away);
  expect(explain({ ...fault, what: "", why: "" }, say)).toBe(say.failed.unknown);
});

test("numbers of things are said as people say them", () => {
  const { sync, unlock } = speak([]);
  expect(sync({ kind: "synced", minutes: 1_234 })).toBe("Synced 1,234 min ago");
  expect([1, 99, 100, 3600].map(unlock.wait)).toEqual(["Try again in 1 s", "Try again in 99 s", "Try again in 2 min", "Try again in 60 min"]);
  expect(unlock.waiting(1)).toContain("One text");
  expect(unlock.waiting(3)).toContain("3 texts");
});

test("somebody who reads no language of ours gets English", () => {
  expect(speak(["xx-XX"]).language).toBe("en");
});

test("whoever is up at night is greeted without a word on the hour", () => {
  const greeting = words(speak([]), today).greeting;
  expect([0, 3, 5, 6, 11, 12, 17, 18, 21, 22, 23].map(greeting)).toEqual([
    "Hello", "Hello", "Hello", "Good morning", "Good morning", "Good afternoon", "Good afternoon", "Good evening", "Good evening", "Hello", "Hello",
  ]);
});
