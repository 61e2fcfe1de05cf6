// Written text as a tree to draw: nothing in it is markup, and no address is followed unasked.

export type { Prose, ProseBlock, ProseLine, ProseSpan } from "./gen/haven/v1/prose_pb";

/** Where an address may lead. Anything else is shown and can't be opened. */
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "mailto:", "tel:"]);

/** The address as a browser would go there, with the letters of a host as they're sent; undefined if it can't be opened from here. */
export function openable(address: string): string | undefined {
  try {
    const url = new URL(address);
    return SCHEMES.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}
