import { expect, test } from "vitest";
import { atNow, atOf, whenOf } from "./when";

test("a civil time is read as day, time and zone, and written again", () => {
  const check = (at: string, read: [string, string, string], written = at): void => {
    const when = whenOf(at)!;
    expect([when.day, when.time, when.zone]).toEqual(read);
    expect(atOf(when)).toBe(written);
  };
  check("1660-01-01", ["1660-01-01", "", ""]);
  check("2026-11-24T21:30", ["2026-11-24", "21:30", ""], "2026-11-24T21:30:00");
  check("2026-11-24T21:30:00+01:00[Europe/Berlin]", ["2026-11-24", "21:30", "Europe/Berlin"], "2026-11-24T21:30:00[Europe/Berlin]");
  check("2026-11-24T21:30:15.25-03:30", ["2026-11-24", "21:30", "-03:30"], "2026-11-24T21:30:00-03:30");
  check("2026-11-24T21:30:00Z", ["2026-11-24", "21:30", "Z"]);
  expect(whenOf("tomorrow")).toBeUndefined();
});

test("this moment has the offset of where it is", () => {
  expect(atNow(new Date(2026, 10, 24, 9, 5, 7), "")).toMatch(/^2026-11-24T09:05:07[+-]\d\d:\d\d$/);
  expect(atNow(new Date(2026, 10, 24, 9, 5, 7), "Europe/Berlin")).toMatch(/\[Europe\/Berlin\]$/);
});
