// The languages of whoever reads, as their browser names them.

/** Those that are one: a browser started without a language of its own names "C", and Intl refuses all of them for that one. */
export function languagesOf(named: readonly string[]): readonly string[] {
  return named.filter((tag) => {
    try {
      return Intl.getCanonicalLocales(tag).length > 0;
    } catch {
      return false;
    }
  });
}
