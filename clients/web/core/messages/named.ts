/** What a table calls a key, and the key itself where it says nothing of it: keys come from elsewhere, and `constructor` is one, too. */
export function named(table: Readonly<Record<string, string>>, key: string): string {
  return (Object.hasOwn(table, key) ? table[key] : undefined) ?? key;
}
