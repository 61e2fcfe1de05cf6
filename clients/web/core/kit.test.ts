import { expect, test } from "vitest";
import { groupsOf, isGroup, twoOf } from "./kit";

test("two groups are always different and in order, whatever chance says", () => {
  const chances = [0, 0.1, 0.33, 0.5, 0.77, 0.999999];
  for (const one of chances) {
    for (const other of chances) {
      const left = [one, other];
      const [first, second] = twoOf(7, () => left.shift() ?? 0);
      expect(first, `${one} ${other}`).toBeLessThan(second);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(second).toBeLessThan(7);
    }
  }
});

test("each group can be asked for", () => {
  const asked = new Set(Array.from({ length: 700 }, (_, at) => twoOf(7, () => (at * 0.137) % 1)).flat());
  expect([...asked].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("a group is read as forgivingly as the device reads codes, and no more", () => {
  const [group = ""] = groupsOf("K0M1-4TXD");
  for (const typed of ["K0M1", "k0m1", " komi ", "KOML", "k0-m1"]) {
    expect(isGroup(typed, group), typed).toBe(true);
  }
  for (const typed of ["", "K0M", "K0M2", "4TXD", "K0M14"]) {
    expect(isGroup(typed, group), typed).toBe(false);
  }
});
