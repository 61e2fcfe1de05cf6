// Points in time as people read them.

/** "22 Nov 2026, 18:04" for whoever reads these languages. */
export function when(ms: number, languages: readonly string[]): string {
  return new Intl.DateTimeFormat([...languages], { dateStyle: "medium", timeStyle: "short" }).format(ms);
}

/** "22 Nov 2026". */
export function date(ms: number, languages: readonly string[]): string {
  return new Intl.DateTimeFormat([...languages], { dateStyle: "medium" }).format(ms);
}
