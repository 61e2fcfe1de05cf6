// What can be said about a score and the one before, in a sentence; empty where there is none before.

import type { practice } from "../../core/messages/practice";
import { Change, type MeasureScore } from "../../core/measures";

type Say = (typeof practice)["en"]["results"];

export function sinceOf({ change }: MeasureScore, say: Say): string {
  const verdict = verdictOf(change, say);
  return verdict === "" ? "" : say.since(verdict);
}

export function verdictOf(change: Change, say: Say): string {
  switch (change) {
    case Change.CHANGED:
      return say.changed;
    case Change.NOT_CLEAR:
      return say.notClear;
    case Change.CANNOT_TELL:
      return say.cannotTell;
    case Change.TOO_SOON:
      return say.tooSoon;
    default:
      return "";
  }
}
