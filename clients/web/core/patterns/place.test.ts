import { expect, test } from "vitest";
import { ends, labelled, onTime, share, sides, span, strokes, type Spot } from "./place";
import { tokens } from "./rings";

test("a number stands where it is on its scale, and never outside the picture", () => {
  expect([1, 4, 7].map((number) => share(number, 1, 7))).toEqual([0, 50, 100]);
  expect([share(-3, 0, 10), share(99, 0, 10)]).toEqual([0, 100]);
  expect(share(5, 5, 5)).toBe(50);
});

test("a scale that isn't said reaches as far as its numbers, and one that is said is kept", () => {
  expect(ends([3, 8, 4], undefined, undefined)).toEqual([3, 8]);
  expect(ends([3, 8, 4], 0, 10)).toEqual([0, 10]);
});

test("answers stand as far apart as the time between them", () => {
  const dates = ["2026-01-01", "2026-01-02", "2026-01-11"];
  expect(onTime(dates, ...span(dates.toReversed()))).toEqual([0, 10, 100]);
  expect(onTime(["2026-01-01"], ...span(["2026-01-01"]))).toEqual([50]);
  expect(span([])).toEqual(["", ""]);
});

test("a line is drawn only where the device says so: a long pause stays a gap", () => {
  const spots = [0, 1, 2].map((x) => ({ x, y: x }));
  expect(strokes(spots, [true, true, false])).toEqual([{ from: spots[0], to: spots[1] }]);
  expect(strokes([], [])).toEqual([]);
});

test("the first and the last number are always there, and none stands in another or in a mark", () => {
  const flat = Array.from({ length: 200 }, (_, at) => ({ x: at / 2, y: 50 }));
  const chosen = [...labelled(flat)].sort((one, other) => one - other);
  expect(chosen.slice(0, 1).concat(chosen.slice(-1))).toEqual([0, 199]);
  chosen.slice(1, -1).reduce((before, at) => (expect((flat[at]?.x ?? 0) - before).toBeGreaterThanOrEqual(10), flat[at]?.x ?? 0), 0);
  // The one in the middle lies below its neighbours, which stand where its number would.
  expect(labelled([{ x: 0, y: 5 }, { x: 46, y: 5 }, { x: 50, y: 60 }, { x: 54, y: 5 }, { x: 100, y: 5 }])).not.toContain(2);
  expect(labelled([{ x: 50, y: 50 }])).toEqual(new Set([0]));
  expect(labelled([])).toEqual(new Set());
});

/** The box of a label, as large as `sides` takes it to be. */
function boxes(spots: readonly Spot[]): { left: number; top: number }[] {
  const ends = [spots[0], spots.at(-1)].map((spot) => spot ?? { x: 50, y: 50 });
  return sides(spots).map(({ x, y, dx, dy }, at) => {
    const mark = ends[at] ?? { x: 50, y: 50 };
    return { left: mark.x + dx + (x === "right" ? 3 : -28), top: mark.y + dy - 3.5 + { above: -4.5, level: 0, below: 4.5 }[y] };
  });
}

test.each([
  ["one", [{ x: 90, y: 90 }]],
  ["two in one place", [{ x: 50, y: 50 }, { x: 50, y: 50 }]],
  ["two in one corner", [{ x: 100, y: 0 }, { x: 100, y: 0 }]],
  ["the corners", [{ x: 0, y: 0 }, { x: 100, y: 100 }, { x: 0, y: 100 }, { x: 100, y: 0 }]],
  ["a cloud of 200", Array.from({ length: 200 }, (_, at) => ({ x: 30 + ((at * 37) % 40), y: 30 + ((at * 53) % 40) }))],
])("the labels of a map stay within it and apart from each other: %s", (_, spots) => {
  const [first, last] = boxes(spots) as [{ left: number; top: number }, { left: number; top: number }];
  const isInside = ({ left, top }: { left: number; top: number }): boolean => left >= 0 && left + 25 <= 100 && top >= 0 && top + 7 <= 100;
  expect(isInside(last)).toBe(true);
  if (spots.length > 1) {
    expect(isInside(first)).toBe(true);
    const meet = Math.abs(first.left - last.left) < 25 && Math.abs(first.top - last.top) < 7;
    expect(meet).toBe(false);
  }
});

test("people on a ring never stand on one another, however many they are, and never outside", () => {
  for (const ring of ["inner", "middle", "outer"] as const) {
    for (const count of [1, 2, 7, 30]) {
      const all = tokens(ring, count);
      expect(all).toHaveLength(count);
      all.forEach((one, at) => {
        expect(Math.hypot(one.x - 50, one.y - 50) + one.size).toBeLessThanOrEqual(50);
        for (const other of all.slice(at + 1)) {
          expect(Math.hypot(one.x - other.x, one.y - other.y), `${ring} ${count}`).toBeGreaterThan(one.size + other.size - 0.5);
        }
      });
    }
  }
  expect(tokens("inner", 0)).toEqual([]);
});
