// Text as the device keeps it.

/**
 * Half of a letter, as a script or a cut through an emoji leaves it, is none: the device keeps a mark in its place, and whoever
 * compares what they have with what it has would never be done. So words are read like that to begin with.
 */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** What was typed or pasted as one line: breaks and tabs are spaces, and what nobody sees and no title may hold is gone. */
export function oneLine(text: string): string {
  return wellFormed(text)
    .replace(/\s*[\n\r\v\f\u0085\u2028\u2029]\s*|\t+/g, " ")
    .replace(/\p{Cc}/gu, "");
}
