// The code of the recovery kit: in groups, and proved by typing two of them back; and what the device remembers of that.

import type { Door } from "./door";
import type { Outcome } from "./fault";
import { setSetting, type Setting } from "./settings";

/** How it's written: groups with dashes between. */
export function groupsOf(code: string): readonly string[] {
  return code.split("-");
}

/** Two different groups, in order. `random` gives numbers from 0 up to 1. */
export function twoOf(count: number, random: () => number): readonly [number, number] {
  const one = Math.floor(random() * count);
  const step = 1 + Math.floor(random() * (count - 1));
  const other = (one + step) % count;
  return one < other ? [one, other] : [other, one];
}

/** Whether somebody typed a group. As forgiving as the device will be: of case, blanks, dashes and look-alikes. */
export function isGroup(typed: string, group: string): boolean {
  const read = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return read === group;
}

/** Whether a kit was shown here and nobody has said since that it's kept. It's known before there's a journal, and while it's locked. */
export const UNCONFIRMED = "kit.unconfirmed";

export function isUnconfirmed(settings: readonly Setting[]): boolean {
  return settings.some(({ key, value }) => key === UNCONFIRMED && value === "true");
}

export async function setUnconfirmed(door: Door, isSo: boolean): Promise<Outcome<unknown>> {
  return setSetting(door, UNCONFIRMED, String(isSo));
}
