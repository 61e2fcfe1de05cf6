// The points of a scale that are shown: all of them, or eleven of a long one.

import type { ScaleShape } from "../../../core/walk/walk";

/** How many points stand on a screen, radio by radio. */
const POINTS_MAX = 11;

export function isLong({ min, max, step }: ScaleShape): boolean {
  return Math.floor((max - min) / Math.max(step, 1)) + 1 > POINTS_MAX;
}

export function pointsOf(scale: ScaleShape): readonly number[] {
  const { min, max } = scale;
  const step = Math.max(scale.step, 1);
  if (!isLong(scale)) {
    return Array.from({ length: Math.floor((max - min) / step) + 1 }, (_, at) => min + at * step);
  }
  // Each lies on the scale: as near to its tenth as the steps allow.
  return Array.from({ length: POINTS_MAX }, (_, at) => min + Math.round(((max - min) * at) / (POINTS_MAX - 1) / step) * step);
}
