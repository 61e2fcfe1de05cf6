// How much fits an answer, as the question says it. Nothing is cut off and nothing is blocked without a word.

/** From this share on, somebody is told how much room is left. */
const NEARLY = 0.9;

/** Whether no more can be chosen; a question that names no number takes any. */
export function isFull(chosen: number, max: number): boolean {
  return max > 0 && chosen >= max;
}

/** How many characters fit besides those that are there, as the device counts them; undefined while that doesn't matter yet. */
export function roomLeft(words: string, max: number): number | undefined {
  const used = [...words.trim()].length;
  return max > 0 && used >= max * NEARLY ? max - used : undefined;
}

/** Whether what was typed is a number that doesn't fit. */
export function isBeyond(typed: string, min: number, max: number): boolean {
  const value = Number(typed.trim());
  return typed.trim() !== "" && Number.isFinite(value) && (value < min || value > max);
}
