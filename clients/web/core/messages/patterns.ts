// The words around the pictures. What the pictures show is said by the device, and by nobody else.

import { named } from "./named";
import type { Spoken } from "../messages";

const number = new Intl.NumberFormat("en");
const circles: Readonly<Record<string, string>> = { inner: "Close in", middle: "In the middle", outer: "Further out" };
const tried: Readonly<Record<string, string>> = { yes: "tried", partly: "tried in part", not: "not this time" };
const felt: Readonly<Record<string, string>> = { understood: "Understood", valued: "Valued", cared: "Cared for" };

const en = {
  title: "Patterns",
  lead: "What your answers show over time. They’re a picture of some weeks, not of you.",
  showAs: "Show as",
  picture: "Picture",
  table: "Table",
  which: "What to look at",
  names: {
    plane: "Map",
    "before-after": "Before and after",
    triggers: "Moments",
    belief: "Beliefs",
    signs: "Seven signs",
    people: "People",
    homework: "Sessions",
    measures: "Results",
    days: "Days",
  },
  whose: "With",
  everyone: "Everyone",
  again: "Try again",
  busy: "Just a moment.",
  few: "Where to go from here",
  toMeasures: "Questionnaires",
  toPractice: "Exercises",
  all: (count: string): string => `Show all ${count}`,
  fewer: "Show the latest only",
  date: "Date",

  with: (name: string): string => `With ${name}`,
  /** For what is about nobody else. */
  self: "About yourself",
  worry: "Worry",
  distance: "Distance",
  moreWorry: (max: string): string => `↑ more worry (${max})`,
  moreDistance: (max: string): string => `more distance (${max}) →`,
  mapLead: "Higher up means more worry, further right means more distance. Each dot is one day’s answers, not what kind of person you are. If someone frightens you, both may be what keeps you safe.",
  mapOf: (points: readonly string[]): string => `Worry and distance. ${points.join("; ")}.`,
  mapPoint: (date: string, worry: string, distance: string): string => `${date}: worry ${worry}, distance ${distance}`,
  mapKey: "The square is where it began, the filled dot is the latest.",
  mapOne: "One answer so far: the filled dot.",
  ring: "The dashed ring is how much answers may differ by chance.",

  comparedLead: "Your own ratings before and after, each time. Things also change by themselves, so where you’ve rated times you just waited, they’re shown next to them.",
  beside: (title: string): string => `To compare: ${title}`,
  before: "Before",
  after: "After",
  rightAfter: "Right after",
  daysLater: (days: number): string => (days === 1 ? "1 day later" : `${number.format(days)} days later`),
  scale: (min: string, max: string): string => `${min} to ${max}`,
  /** Where nobody says how far the scale goes, it's drawn as far as its numbers. */
  noScale: (low: string, high: string): string => `lowest ${low}, highest ${high}`,

  moment: "Urge",
  person: "Person",
  count: "Times",
  month: "Month",
  together: "What came together",
  withShort: (name: string): string => `With ${name}`,
  others: "The others",
  outOf: (had: string, of: string): string => `${had} of ${of}`,

  predictions: "What you expected",
  sure: (from: string, to: string): string => `${from} to ${to} percent sure`,
  sureShort: "How sure",
  feared: "As feared",
  partly: "Partly",
  not: "Not as feared",
  open: "Not answered yet",

  signsLead: "How true each of them felt to you. More isn’t a better mark, and nobody has tested what a number means.",
  noSum: "They aren’t added up.",
  felt: (key: string): string => named(felt, key),
  circle: (key: string): string => named(circles, key),
  placed: "How you placed them",
  since: (date: string): string => `since ${date}`,
  sinceHead: "Since",
  moves: "What moved",
  from: "From",
  to: "To",
  nowhere: "Not placed",
  circleHead: "Circle",
  answered: "Understood, valued, cared for",

  things: "Things agreed",
  /** What was agreed and what came of it, in a line. */
  agreed: (things: number | undefined, how: string): string =>
    things === undefined ? how : `${number.format(things)} ${things === 1 ? "thing" : "things"} agreed, ${how}`,
  due: "Until",
  triedHead: "How it went",
  tried: (key: string): string => (key === "" ? "not said yet" : named(tried, key)),
  daysHead: "Days with something written",
};

export type PatternWords = typeof en;
export const patterns: Spoken<PatternWords> = { en };
