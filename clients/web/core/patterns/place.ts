// Where things stand on a picture, in percent of its width or height. Positions and nothing else: what they mean the device says.

/** Where a number stands between the ends of its scale, 0 to 100; in the middle where the scale has no width. */
export function share(number: number, min: number, max: number): number {
  return max > min ? Math.min(100, Math.max(0, ((number - min) / (max - min)) * 100)) : 50;
}

/** The ends of a scale: those that are given, or those of the numbers themselves. */
export function ends(numbers: readonly number[], min: number | undefined, max: number | undefined): readonly [number, number] {
  return [min ?? Math.min(...numbers), max ?? Math.max(...numbers)];
}

const DAY_MS = 86_400_000;

/** Where dates stand between the first and the last of all, as the time between them passed. */
export function onTime(dates: readonly string[], from: string, to: string): readonly number[] {
  const days = dates.map(dayNumber);
  return days.map((day) => share(day, dayNumber(from), dayNumber(to)));
}

function dayNumber(date: string): number {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? 0 : at / DAY_MS;
}

/** The first and the last of dates; both empty where there is none. */
export function span(dates: readonly string[]): readonly [string, string] {
  const sorted = dates.toSorted();
  return [sorted[0] ?? "", sorted.at(-1) ?? ""];
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Stroke {
  readonly from: Spot;
  readonly to: Spot;
}

/** The lines between spots of which the later one may be joined. */
export function strokes(spots: readonly Spot[], joined: readonly boolean[]): readonly Stroke[] {
  return spots.flatMap((to, at) => {
    const from = spots[at - 1];
    return from && joined[at] ? [{ from, to }] : [];
  });
}

/** How far a number beside a mark reaches to each side, in percent of a narrow strip, and how near a mark is to touch it. */
const NUMBER = { apart: 10, near: 6 } as const;

/** Which of the marks along a line get their number: the last, the first, and those in between that have room above them. */
export function labelled(spots: readonly Spot[]): ReadonlySet<number> {
  const last = spots.length - 1;
  const chosen = new Set(spots.length > 0 ? [0, last] : []);
  for (const [at, { x, y }] of spots.entries()) {
    const isFar = [...chosen].every((other) => Math.abs((spots[other]?.x ?? 0) - x) >= NUMBER.apart);
    const isFree = spots.every((other, next) => next === at || Math.abs(other.x - x) >= NUMBER.near || other.y >= y);
    if (isFar && isFree) {
      chosen.add(at);
    }
  }
  return chosen;
}

/** Where a label of a map stands: on which side of a spot, and how far that spot is from the mark, in percent. */
export interface Side {
  readonly x: "left" | "right";
  readonly y: "above" | "level" | "below";
  readonly dx: number;
  readonly dy: number;
}

/** How large a label of a map is taken to be, in percent of the map, and how far from its spot: on the narrowest screen. */
const LABEL = { wide: 25, high: 7, away: 3 } as const;

/** How far from its mark a label may be taken where it's crowded, and what a percent of that costs: a mark covered costs 2. */
const FAR = [0, 9, 16, 24, 34] as const;
const FAR_COST = 0.08;

interface Box extends Spot {
  readonly to: Spot;
}

/** The labels of the first and the latest mark of a map, where they cover the fewest of the others and stay within it. */
export function sides(spots: readonly Spot[]): readonly [Side, Side] {
  const [first, last] = [spots[0] ?? { x: 50, y: 50 }, spots.at(-1) ?? { x: 50, y: 50 }];
  const latest = calmest(last, spots, undefined);
  return [calmest(first, spots, boxOf(last, latest)), latest];
}

const SIDES = (["level", "above", "below"] as const).flatMap((y) => (["right", "left"] as const).map((x) => ({ x, y })));
const CHOICES: readonly Side[] = FAR.flatMap((far) =>
  SIDES.map(({ x, y }) => {
    const part = y === "level" ? far : far * Math.SQRT1_2;
    return { x, y, dx: x === "right" ? part : -part, dy: y === "level" ? 0 : y === "above" ? -part : part };
  }),
);

function calmest(mark: Spot, spots: readonly Spot[], other: Box | undefined): Side {
  const costs = CHOICES.map((side) => cost(boxOf(mark, side), spots, other) + Math.hypot(side.dx, side.dy) * FAR_COST);
  return CHOICES[costs.indexOf(Math.min(...costs))] ?? { x: "right", y: "level", dx: 0, dy: 0 };
}

function boxOf(mark: Spot, { x, y, dx, dy }: Side): Box {
  const left = mark.x + dx + (x === "right" ? LABEL.away : -LABEL.away - LABEL.wide);
  const top = mark.y + dy - LABEL.high / 2 + { above: -1, level: 0, below: 1 }[y] * (LABEL.high / 2 + 1);
  return { x: left, y: top, to: { x: left + LABEL.wide, y: top + LABEL.high } };
}

/** Along each line between two marks, so many places are looked at. */
const ALONG = [0.25, 0.5, 0.75] as const;

/** What a place costs: each mark and each piece of a line under it, and above all the other label, and the edge. */
function cost(box: Box, spots: readonly Spot[], other: Box | undefined): number {
  const isIn = ({ x, y }: Spot): boolean => x > box.x - 2 && x < box.to.x + 2 && y > box.y - 2 && y < box.to.y + 2;
  const along = spots.slice(1).flatMap((to, at) => {
    const from = spots[at] ?? to;
    return ALONG.map((part) => ({ x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part }));
  });
  const isOut = box.x < 0 || box.to.x > 100 || box.y < 0 || box.to.y > 100;
  const meets = other !== undefined && box.x < other.to.x && other.x < box.to.x && box.y < other.to.y && other.y < box.to.y;
  return spots.filter(isIn).length * 2 + along.filter(isIn).length * 0.5 + (isOut ? 1_000 : 0) + (meets ? 10_000 : 0);
}
