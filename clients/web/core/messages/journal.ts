// The words of the journal: its list, its search, its trash.

import type { By, Kind } from "../journal";
import type { Spoken } from "../messages";

const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");
const list = new Intl.ListFormat("en");
const either = new Intl.ListFormat("en", { type: "disjunction" });

function entries(count: number): string {
  return `${number.format(count)} ${plural.select(count) === "one" ? "entry" : "entries"}`;
}

const by: Record<By, string> = { person: "Person", feeling: "Feeling", exercise: "Exercise", tag: "Tag", kind: "Kind", day: "Day" };

const kinds: Record<Kind, string> = {
  note: "Free writing",
  checkin: "Check-in",
  exercise: "Exercise",
  measure: "Questionnaire",
  session: "Therapy session",
};

const en = {
  title: "Journal",
  write: "Write",
  search: "Search your journal",
  clear: "Clear the search",
  busy: "Looking…",
  by,
  kinds,
  narrow: "Narrow it down",
  /** What a chip does that's chosen already; heard only. */
  takeAway: (name: string): string => `${name}, remove this filter`,
  noChoices: {
    person: "No entry is about a person yet.",
    feeling: "No entry names a feeling yet.",
    exercise: "There are no exercises here.",
    tag: "No entry has a tag yet.",
  },
  more: (count: number): string => `Show ${number.format(count)} more`,
  unfinished: "Not quite yet",
  /** Who may be meant by a name. */
  meant: (names: readonly string[]): string => `Perhaps you mean ${either.format(names)}.`,
  found: (count: number): string => (count === 0 ? "Nothing found" : `${entries(count)} found`),
  earlier: "Earlier",
  shownOf: (shown: number, total: number): string => `${number.format(shown)} of ${entries(total)} shown`,
  untitled: "Without a title",
  met: (sides: number): string => `Changed in ${sides > 2 ? number.format(sides) : "two"} places`,
  show: "Show",
  hide: "Hide",
  /** Which entry is uncovered; heard only. */
  ofDay: (when: string): string => `the entry of ${when}`,
  trash: "Trash",
  calendar: {
    title: "Calendar",
    before: "The month before",
    after: "The month after",
    hasEntry: (day: string): string => `${day}, has an entry`,
    dot: "A dot means there’s an entry.",
  },
  none: {
    title: "Nothing found",
    searched: (what: readonly string[]): string => `You looked for ${list.format(what)}. Case and accents don’t matter, and every word has to be there.`,
    withoutQuery: "Look without the words",
    without: (name: string): string => `Look without ${name}`,
    withoutAll: "Show the whole journal",
    near: "Something like it that’s in your journal:",
  },
  empty: {
    title: "Nothing here yet",
    lead: "What you write will be here, by month. A line is enough.",
    write: "Write something",
    heron: "A heron standing on a post in still water",
  },
  help: {
    title: "What you can type",
    lead: "An entry is found if it has all your words, in any order. Case and accents don’t matter. The search runs on this device.",
    rows: [
      ["“on the bridge”", "has these words in this order: put them in quotes"],
      ["tag:work", "has the tag “work”"],
      ["person:Anna", "is about Anna; the start of the name is enough"],
      ["feeling:calm", "names the feeling “calm”"],
      ["exercise:“Check a thought”", "comes from this exercise or questionnaire; the start of its title is enough"],
      ["kind:session", "is about a therapy session; there’s also note, check-in, exercise and questionnaire"],
      ["step:3", "comes from an exercise under “I can’t settle”"],
      ["after:2026-10", "is about October 2026 or later"],
      ["before:2026-11", "is from before November 2026; a year alone or a day works too"],
    ] as readonly (readonly [string, string])[],
  },
  bin: {
    title: "Trash",
    lead: "What’s here stays until you bring it back. This version can’t delete it for good, and anyone who can open your journal can read it here. It’s left out of the journal, search and patterns.",
    empty: "The trash is empty.",
    since: (when: string): string => `Put into the trash ${when}`,
    takeBack: "Bring it back",
    tookBack: (name: string): string => `“${name}” is back in your journal.`,
    back: "Journal",
  },
};

export const journal: Spoken<typeof en> = { en };
