// Where people stand in the rings drawn round somebody.

import type { Spot } from "./place";

/** How wide a ring of people is, of 100; how large one of them may be drawn, and the smallest that still holds a letter. */
const RING = { inner: 17, middle: 33, outer: 46.5 } as const;
const TOKEN_MAX = 5.4;
const TOKEN_MIN = 1.2;
export const TOKEN_LETTER = 3.6;

export interface Token extends Spot {
  readonly size: number;
}

export type RingName = keyof typeof RING;

export function ringSize(ring: RingName): number {
  return RING[ring];
}

/** So many people on a ring, evenly; many of them are drawn smaller rather than one over the other. */
export function tokens(ring: RingName, count: number): readonly Token[] {
  // Between two lines, so that nobody sits on one.
  const inside = { inner: 0, middle: RING.inner, outer: RING.middle }[ring];
  const radius = ring === "inner" ? RING.inner * 0.62 : (RING[ring] + inside) / 2;
  const room = (Math.PI * radius) / Math.max(1, count) - 0.4;
  const size = Math.max(TOKEN_MIN, Math.min(TOKEN_MAX, room));
  const turn = { inner: -0.9, middle: 0.5, outer: -2.2 }[ring];
  return Array.from({ length: count }, (_, at) => {
    const angle = turn + (2 * Math.PI * at) / count;
    return { x: 50 + radius * Math.cos(angle), y: 50 + radius * Math.sin(angle), size };
  });
}
