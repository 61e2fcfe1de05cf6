// An entry as it reads in a list to choose from.

import { shownTime } from "../../../core/walk/times";
import type { EntrySummary } from "../../../core/walk/walk";

export function entryName(entry: EntrySummary, languages: readonly string[]): string {
  const words = entry.title || entry.exerciseTitle || entry.opening;
  return [words, shownTime(entry.at, languages)].filter((part) => part !== "").join(" · ");
}
