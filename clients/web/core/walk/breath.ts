// Breathing by a pattern: what to do at each moment, and how full the lungs are at its end.

import { BreathKind, type BreathPart } from "../gen/haven/v1/walk_pb";

export { BreathKind };
export type { BreathPart };

export interface Moment {
  readonly kind: BreathKind;
  /** Seconds of this part still to come, the present one included. */
  readonly leftS: number;
  /** How much of it is left. */
  readonly leftMs: number;
  /** How full the lungs are now, from 0 to 1. */
  readonly full: number;
  /** How full they are when this part ends. */
  readonly then: number;
  /** How often a part has begun so far: another number is another part. */
  readonly turn: number;
}

const SECOND_MS = 1_000;

/** How full a double breath leaves the lungs before its second part. */
const FIRST_OF_TWO = 0.8;

/** Where in its breath a moment lies, so long after the beginning; undefined for a pattern of nothing. */
export function moment(pattern: readonly BreathPart[], elapsedMs: number): Moment | undefined {
  const whole = pattern.reduce((sum, { seconds }) => sum + seconds * SECOND_MS, 0);
  if (whole === 0) {
    return undefined;
  }
  const top = pattern.some(({ kind }) => kind === BreathKind.MORE) ? FIRST_OF_TWO : 1;
  let into = elapsedMs % whole;
  for (const [at, part] of pattern.entries()) {
    const lengthMs = part.seconds * SECOND_MS;
    if (into >= lengthMs) {
      into -= lengthMs;
      continue;
    }
    const [from, then] = way(part.kind, top);
    const turn = Math.floor(elapsedMs / whole) * pattern.length + at;
    const leftMs = lengthMs - into;
    return { kind: part.kind, leftS: Math.ceil(leftMs / SECOND_MS), leftMs, full: from + ((then - from) * into) / lengthMs, then, turn };
  }
  return undefined;
}

function way(kind: BreathKind, top: number): readonly [number, number] {
  switch (kind) {
    case BreathKind.IN:
      return [0, top];
    case BreathKind.MORE:
      return [top, 1];
    case BreathKind.HOLD:
      return [1, 1];
    case BreathKind.OUT:
      return [1, 0];
    default:
      return [0, 0];
  }
}
