// The words of what isn't an entry yet.

import type { Spoken } from "../messages";

const en = {
  title: "Drafts",
  lead: "What you’ve begun and haven’t finished. After a short pause your words are in your journal too, and on your other devices.",
  none: "There are no drafts.",
  noneHow: "What you write is kept as a draft until you’re done with it.",
  write: "A blank page",
  untitled: "Nothing written yet",
  kept: (when: string): string => `Saved ${when}`,
  inJournal: "What’s been saved of it is in your journal.",
  toEntry: "Look at the entry",
  away: "Finish this draft",
  discard: "Throw it away",
  discardOf: (title: string): string => `Throw away: ${title}`,
  ask: "Throw this draft away?",
  askHow: "What you wrote in this draft can’t be brought back.",
  askEntryHow: "The entry stays in your journal as it is. What you’ve written since then can’t be brought back.",
  yes: "Throw it away",
  no: "Keep it",
};

export const drafts: Spoken<typeof en> = { en };
