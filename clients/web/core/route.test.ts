import { expect, test } from "vitest";
import { hashOf, HOME, routeOf } from "./route";

test("an address is a room and what it is about", () => {
  expect(routeOf("#journal")).toEqual({ room: "journal", args: [] });
  expect(routeOf("#walk/exercise/thought-check")).toEqual({ room: "walk", args: ["exercise", "thought-check"] });
  expect(routeOf(hashOf("entry", "0".repeat(32)))).toEqual({ room: "entry", args: ["0".repeat(32)] });
});

test("what isn't one of ours leads home", () => {
  for (const hash of ["", "#", "#a/b/c/d", "#journal/../x", "#entry/<img>", `#${"a".repeat(65)}`, "#entry/"]) {
    expect(routeOf(hash), hash).toBe(HOME);
  }
});
