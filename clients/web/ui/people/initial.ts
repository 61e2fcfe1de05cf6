// The first sign of a name, as people see signs: an emoji of several parts is one.

const signs = new Intl.Segmenter(undefined, { granularity: "grapheme" });

export function initial(name: string): string {
  const [first] = signs.segment(name.trim());
  return first ? first.segment.toLocaleUpperCase() : "";
}
