import { expect, test } from "vitest";
import { scalesIn } from "./scales";

test("a score's ends are those the device tells of its own questionnaire; where it tells none, none are made up", () => {
  const data = {
    measures: [
      { measure: "phq-9", scores: [{ score: "total", min: 0, max: 27 }] },
      { measure: "two-axis", person: "a", scores: [{ score: "worry", min: 1, max: 7 }, { score: "distance", min: 1 }] },
      { measure: "two-axis", person: "b", scores: [{ score: "worry", min: 1, max: 7 }] },
    ],
  };
  expect([...scalesIn(data, "two-axis")]).toEqual([["worry", [1, 7]]]);
  expect([...scalesIn(data, "phq-9")]).toEqual([["total", [0, 27]]]);
  expect([...scalesIn({}, "phq-9")]).toEqual([]);
});
