// How long something is past, in the coarse words that people use.

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

/** "yesterday", "3 hours ago", "this minute". */
export function ago(then: number, now: number, languages: readonly string[]): string {
  const format = new Intl.RelativeTimeFormat([...languages], { numeric: "auto" });
  const past = Math.max(0, now - then);
  const [unit, ms] = STEPS.find(([, step]) => past >= step) ?? (["minute", 60_000] as const);
  return format.format(-Math.floor(past / ms), unit);
}
