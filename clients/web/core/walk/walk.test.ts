// What a walk is made of: answers as values, breaths by the second, days and spans as answers hold them.

import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { BreathPartSchema } from "../gen/haven/v1/walk_pb";
import { BreathKind, moment } from "./breath";
import { today } from "../day";
import { minuteOf, secondsOf, shownTime, spanOf, splitTime } from "./times";
import { isNothing, isSame, list, map, NOTHING, number, shownOf, text, truth, typedNumber } from "./value";
import { whatOf } from "./walk";

function parts(...seconds: readonly (readonly [BreathKind, number])[]) {
  return seconds.map(([kind, length]) => create(BreathPartSchema, { kind, seconds: length }));
}

test("a breath fills and empties and begins again", () => {
  const { IN, MORE, HOLD, OUT, REST } = BreathKind;
  const calm = parts([IN, 4], [OUT, 6]);
  const box = parts([IN, 4], [HOLD, 4], [OUT, 4], [REST, 4]);
  const double = parts([IN, 3], [MORE, 1], [OUT, 6]);
  for (const [pattern, ms, kind, leftS, full, then] of [
    [calm, 0, IN, 4, 0, 1],
    [calm, 2_000, IN, 2, 0.5, 1],
    [calm, 3_999, IN, 1, 0.99975, 1],
    [calm, 4_000, OUT, 6, 1, 0],
    [calm, 10_000, IN, 4, 0, 1],
    [box, 5_000, HOLD, 3, 1, 1],
    [box, 15_500, REST, 1, 0, 0],
    [double, 3_500, MORE, 1, 0.9, 1],
  ] as const) {
    const at = moment(pattern, ms);
    expect([at?.kind, at?.leftS, at?.then]).toEqual([kind, leftS, then]);
    expect(at?.full).toBeCloseTo(full, 5);
  }
  expect(moment([], 5)).toBeUndefined();
  expect([moment(calm, 3_999)?.turn, moment(calm, 4_000)?.turn, moment(calm, 10_000)?.turn]).toEqual([0, 1, 2]);
});

test("what is typed is a number where it's one, and else stays as it was typed", () => {
  expect([shownOf(typedNumber(" 37 ")), shownOf(typedNumber("lots")), isNothing(typedNumber(" "))]).toEqual(["37", "lots", true]);
  expect(typedNumber("-3").kind).toEqual({ case: "number", value: -3 });
  expect(typedNumber("3.5").kind).toEqual({ case: "text", value: "3.5" });
});

test("answers are the same if they say the same, in whatever order their parts stand", () => {
  const one = list([map({ name: text("sad"), strength: number(3) })]);
  const other = list([map({ strength: number(3), name: text("sad") })]);
  expect([isSame(one, other), isSame(one, list([])), isSame(undefined, NOTHING), isSame(truth(false), NOTHING)]).toEqual([true, false, true, false]);
  expect(isNothing(list([]))).toBe(true);
});

test("days, minutes and spans are written as answers hold them, and read back", () => {
  const now = new Date(2026, 10, 4, 9, 5);
  expect([today(now), minuteOf(now)]).toEqual(["2026-11-04", "2026-11-04T09:05"]);
  expect(splitTime("2026-11-24T21:30:00+01:00[Europe/Berlin]")).toEqual({ day: "2026-11-24", time: "21:30" });
  expect([splitTime("2026-11-24"), splitTime("soon")]).toEqual([{ day: "2026-11-24", time: "" }, { day: "", time: "" }]);
  for (const [span, seconds] of [["90s", 90], ["5m", 300], ["1h30m", 5_400], ["0s", 0], ["", undefined], ["soon", undefined]] as const) {
    expect(secondsOf(span), span).toBe(seconds);
  }
  expect([90, 300, 5_400, 0, 3_661].map(spanOf)).toEqual(["1m30s", "5m", "1h30m", "0s", "1h1m1s"]);
  expect([shownTime("2020-01-02T21:30", ["en-GB"]), shownTime("soon", ["en-GB"])]).toEqual(["Thursday, 2 January 2020 at 21:30", "soon"]);
});

test("an address names what is walked, and nothing else", () => {
  expect(whatOf(["exercise", "slow-breath"])).toEqual({ case: "exercise", value: "slow-breath" });
  expect(whatOf(["draft", "d0"])).toEqual({ case: "draftId", value: "d0" });
  expect(["measure", "entry", "later"].map((kind) => whatOf([kind, "x"])?.case)).toEqual(["measure", "entry", "later"]);
  expect([whatOf([]), whatOf(["exercise"]), whatOf(["toString", "x"]), whatOf(["other", "x"])]).toEqual(Array(4).fill(undefined));
});
