// The words of Today. Nothing of it is due.

import type { Spoken } from "../messages";

const plural = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");
const count = (of: number, one: string, other: string): string =>
  plural.select(of) === "one" ? one : `${number.format(of)} ${other}`;

const en = {
  /** By the hour. Nobody is told what time it is who's up at night. */
  greeting: (hour: number): string =>
    hour >= 6 && hour < 12 ? "Good morning" : hour >= 12 && hour < 18 ? "Good afternoon" : hour >= 18 && hour < 22 ? "Good evening" : "Hello",
  nothingDue: "Nothing is due.",
  begin: "Start anywhere",
  settle: "Can’t settle?",
  settleHow: (title: string, minutes: number): string => `${title}: ${number.format(minutes)} min, or just one minute`,
  arriving: "How are you right now?",
  more: "More words…",
  own: "A word of your own",
  add: "Add",
  note: "Note it",
  noting: "Noting it…",
  noted: "Noted.",
  look: "Look at it",
  open: "Still open",
  untitled: "Something you began to write",
  since: (when: string): string => `Last changed ${when}.`,
  carryOn: "Carry on",
  notNow: "Not now",
  /** What is put off; only heard. */
  notNowOf: (what: string): string => `: ${what}`,
  drafts: (of: number): string => count(of, "One more draft", "more drafts"),
  allDrafts: (of: number): string => count(of, "One draft", "drafts"),
  later: "From earlier",
  laterFrom: (title: string, when: string): string => `${title}, ${when}`,
  answer: "Have a look",
  suggestion: "If you’d like something to do",
  minutes: (of: number): string => `${number.format(of)} min`,
  met: (of: number): string => count(of, "An entry was changed in two places", "entries were changed in two places"),
  metHow: "All of it is kept. You can choose when you like.",
  metLook: "Look at them",
  waiting: (of: number): string =>
    of === 1 ? "One text you wrote while it was locked still waits." : `${number.format(of)} texts you wrote while it was locked still wait.`,
  waitingHow: "There’s no room for it yet. Finishing a draft, or throwing one away, makes room.",
  alarms: (of: number): string => (of === 1 ? "There’s something to look at" : `There are ${number.format(of)} things to look at`),
  alarmsLook: "Have a look",
};

export const today: Spoken<typeof en> = { en };
