// The words of Practice. The steps have headings as somebody would say them who needs something.

import type { Spoken } from "../messages";
import type { Offer } from "../measures";
import { ExerciseAsk, type Step } from "../practice";

const number = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");

const needs: Readonly<Record<Step, string>> = {
  3: "I can’t settle",
  2: "A thought won’t let go",
  4: "Saying what I need",
  5: "The people I lean on",
  1: "Seeing what keeps happening",
  6: "Around a session",
  0: "For low times",
};

const offers: Readonly<Record<Offer, string>> = {
  offered: "Questionnaires",
  asked: "Only if you want them; nothing will suggest them",
  printed: "If you have the printed form",
  own: "Added by you",
};

/** What doing an exercise is made of. One that's newer than this app is left out. */
const asks: Readonly<Record<ExerciseAsk, string>> = {
  [ExerciseAsk.UNSPECIFIED]: "",
  [ExerciseAsk.BREATHING]: "breathing with a timer",
  [ExerciseAsk.SITTING]: "a few minutes with a timer",
  [ExerciseAsk.WRITING]: "writing",
  [ExerciseAsk.CHOOSING]: "picking answers",
  [ExerciseAsk.PEOPLE]: "naming someone",
  // Not of this sitting; said behind it.
  [ExerciseAsk.LATER]: "",
};

const grades: Readonly<Record<string, string>> = {
  trial: "A trial",
  review: "A review of studies",
  practice: "Established practice",
  ours: "Our own idea",
};

const en = {
  title: "Practice",
  lead: "Choose by what you need. You can stop anywhere, and nothing has to be finished.",
  begun: "Started",
  goOn: (title: string): string => `Go on: ${title}`,
  anew: "Starts again from the first question: those answers were about other days.",
  begunOn: (day: string): string => `Started ${day}`,
  resting: "Kept for another time",
  kept: "What you’ve answered is saved.",
  needs,
  min: (minutes: number): string => `${number.format(minutes)} min`,
  yours: "yours",
  /** What it asks of somebody, so that nobody has to begin it to find out. */
  asks: (made: readonly ExerciseAsk[], most: number, least: number): string => {
    const count = least > 0 && least < most ? `${number.format(least)} to ${number.format(most)}` : number.format(most);
    const of = made.map((ask) => asks[ask] ?? "").filter((part) => part !== "");
    if (most === 0) {
      return "";
    }
    const said = `${count} ${plural.select(most) === "one" ? "question" : "questions"}${of.length > 0 ? `: ${of.join(", ")}` : ""}.`;
    return made.includes(ExerciseAsk.LATER) ? `${said} A little more some days later, if you like.` : said;
  },
  stirs: "Can bring up strong feelings.",
  none: "Nothing here yet.",

  exercise: {
    begin: "Begin",
    minutes: (minutes: number): string => `About ${plural.select(minutes) === "one" ? "a minute" : `${number.format(minutes)} minutes`}. You can stop at any point.`,
    heed: "Good to know first",
    stirs: "It can bring up strong feelings. You can stop at any point, and leave it for another day.",
    questions: "What it asks",
    evidence: "What’s behind it",
    sources: "Where to read about it",
    /** What stands behind it: the grade, then the note. */
    behind: (grade: string, note: string): string => {
      const first = grades[grade] ?? grade;
      return note === "" ? `${first}.` : `${first}. ${note}`;
    },
    recentHelp: "It isn’t suggested in the days after help was shown here. You can still do it.",
    gate: "It first asks whether doing it could lead to anyone hurting, threatening or punishing you.",
    yours: "You added this one. Haven didn’t check where it comes from.",
    gone: "There’s no exercise of this name here.",
  },
  measures: {
    title: "Questionnaires",
    lead: "None of them is needed. Scores are worked out from your answers; they don’t tell you what you have.",
    offers,
    unchecked: "Haven didn’t check where they come from.",
    boxes: "These show numbered boxes only. The questions are on your printed form.",
    facts: (items: number, minutes: number): string => `${number.format(items)} questions, ${number.format(minutes)} min`,
    person: "about someone, or people in general",
    untested: "nobody has tested what a score means",
    results: "Earlier results",
    resultsOf: (title: string): string => `Earlier results: ${title}`,
    all: "All questionnaires and earlier results",
  },
  results: {
    lead: "Numbers worked out from your own answers. They don’t tell you what you have.",
    none: "You haven’t answered it yet.",
    answer: "Answer it",
    list: "List",
    table: "Table",
    view: "How to show them",
    caption: (title: string): string => `Results of ${title}`,
    date: "Date",
    about: "About",
    general: "people in general, or yourself",
    notScored: "–",
    unscored: "not scored",
    scale: (min: string, max: string): string => `on a scale from ${min} to ${max}`,
    since: (verdict: string): string => `Since the last time: ${verdict}.`,
    changed: "changed more than chance",
    notClear: "not clearly changed",
    cannotTell: "we can’t tell whether that’s more than chance",
    tooSoon: "answering again so soon can’t tell you more",
    open: "Open this entry",
    openOf: (day: string, about: string): string => `Open this entry of ${day}${about === "" ? "" : ` about ${about}`}`,
  },
};

export const practice: Spoken<typeof en> = { en };
