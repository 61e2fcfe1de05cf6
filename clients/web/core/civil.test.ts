import { expect, test } from "vitest";
import { dayAfter, dayOf, Dates, monthAfter, monthOf, weeksOf } from "./civil";
import { today } from "./day";

/** Somebody in Berlin, in winter. */
const dates = new Dates(["en-GB"], () => 60);

test("a time is said as it was written, with its zone only where it isn't the one here", () => {
  const cases = [
    ["2026-11-24T21:42:00+01:00[Europe/Berlin]", "Tuesday, 24 November 2026, 21:42"],
    ["2026-11-24T21:42:00-05:00[America/New_York]", "Tuesday, 24 November 2026, 21:42 (New York)"],
    ["2026-11-24T21:42:00+09:00", "Tuesday, 24 November 2026, 21:42 (UTC+09:00)"],
    ["2026-11-24T21:42:00Z", "Tuesday, 24 November 2026, 21:42 (UTC)"],
    ["2026-11-24T21:42", "Tuesday, 24 November 2026, 21:42"],
    ["1660-01-01", "Thursday, 1 January 1660"],
  ];
  const comma = (words: string): string => words.replace(/^(\w+day),? /, "$1, ");
  for (const [at, words] of cases) {
    expect(comma(dates.whole(at!))).toBe(words);
  }
});

test("days and months are stepped through over their ends", () => {
  expect([dayOf("2026-11-24T21:42:00Z"), dayOf("1660-01-01")]).toEqual(["2026-11-24", "1660-01-01"]);
  expect([dayAfter("2026-12-31"), dayAfter("2028-02-28"), dayAfter("0099-12-31")]).toEqual(["2027-01-01", "2028-02-29", "0100-01-01"]);
  expect([monthOf("2026-11-24"), monthAfter("2026-12", 1), monthAfter("2026-01", -1)]).toEqual(["2026-11", "2027-01", "2025-12"]);
  expect(today(new Date(2026, 10, 4, 23, 59))).toBe("2026-11-04");
});

test("a month is laid out in whole weeks that begin where the person's do", () => {
  const november = weeksOf("2026-11", 1);
  expect(november.map((week) => week.map((day) => day?.slice(-2) ?? "··").join(" "))).toEqual([
    "·· ·· ·· ·· ·· ·· 01",
    "02 03 04 05 06 07 08",
    "09 10 11 12 13 14 15",
    "16 17 18 19 20 21 22",
    "23 24 25 26 27 28 29",
    "30 ·· ·· ·· ·· ·· ··",
  ]);
  expect(weeksOf("2026-11", 0)[0]?.[0]).toBe("2026-11-01");
});
