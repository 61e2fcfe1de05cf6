// The words of the fields that questions are answered with.

import type { Spoken } from "../messages";
import { BreathKind } from "../walk/breath";

const number = new Intl.NumberFormat("en");
const plural = new Intl.PluralRules("en");

function counted(count: number, one: string, many: string): string {
  return `${number.format(count)} ${plural.select(count) === "one" ? one : many}`;
}

function span(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), Math.floor(seconds % 60)];
  const parts = [minutes > 0 ? counted(minutes, "minute", "minutes") : "", rest > 0 || minutes === 0 ? counted(rest, "second", "seconds") : ""];
  return parts.filter((part) => part !== "").join(" and ");
}

const breath: Readonly<Record<BreathKind, string>> = {
  [BreathKind.UNSPECIFIED]: "",
  [BreathKind.IN]: "In",
  [BreathKind.MORE]: "A little more",
  [BreathKind.HOLD]: "Hold",
  [BreathKind.OUT]: "Out",
  [BreathKind.REST]: "Rest",
};

/** The same within a sentence. */
function within(kind: BreathKind): string {
  return breath[kind].toLowerCase();
}

const en = {
  recalled: "What you wrote then",
  field: {
    write: "Press Ctrl and Enter to go on.",
    offered: "Take one of these, or write something else",
    exact: (min: number, max: number): string => `An exact number, if you like (${number.format(min)} to ${number.format(max)})`,
    ratherNot: "I’d rather not say",
    yes: "Yes",
    no: "No",
    upTo: (max: number): string => `Up to ${number.format(max)}.`,
    /** Said once as many are chosen as fit. */
    full: (max: number): string => (max === 1 ? "That’s the one. To change, press it again to unselect it." : `That’s ${number.format(max)}, as many as fit. To change, press one again to unselect it.`),
    /** Said to whoever tries one more. */
    notTaken: (what: string, max: number): string =>
      max === 1 ? `“${what}” isn’t chosen: this takes one only. Unselect the other first.` : `“${what}” isn’t chosen: this takes ${number.format(max)} at most. Unselect one first.`,
    allWritten: (max: number): string => `That’s all ${number.format(max)}.`,
    left: (left: number): string => `Room for ${counted(left, "more character", "more characters")}.`,
    tooLong: (over: number, max: number): string => `${counted(over, "character", "characters")} too long (${number.format(max)} fit). Nothing you’ve written is lost.`,
    beyond: (min: number, max: number): string => `Pick a number from ${number.format(min)} to ${number.format(max)}.`,
    item: (at: number): string => `Number ${number.format(at)}`,
    weight: (at: number, min: number, max: number): string => `Number ${number.format(at)}: how much, ${number.format(min)} to ${number.format(max)}`,
    add: "Add another",
    remove: (what: string): string => `Remove: ${what}`,
    removeItem: (at: number): string => `Remove number ${number.format(at)}`,
    sum: (sum: number, wanted: number): string => `Together ${number.format(sum)} of ${number.format(wanted)}.`,
    someone: "Someone new",
    name: "Their name",
    addPerson: "Add",
    anew: "That’s someone else; add them",
    notSafe: "marked not safe",
    suggested: "you named them",
    nobody: "No people are named in your journal yet.",
    noEntries: "There’s no entry to choose from yet. You can skip this.",
    day: "Day",
    time: "Time, if you know it",
    use: (when: string): string => `Use ${when}`,
    minutes: "Minutes",
    seconds: "Seconds",
  },
  feelings: {
    kinds: "Open a group to see its words",
    /** Behind the name of a kind. */
    chosen: (count: number): string => `, ${number.format(count)} chosen`,
    none: "Nothing chosen yet.",
    all: (names: string): string => `Chosen: ${names}.`,
    own: "A word of your own",
    addOwn: "Add it",
    strength: (name: string): string => `How strong is it: ${name}?`,
    how: "How strong is each?",
    range: (min: number, max: number): string => `${number.format(min)} is the least, ${number.format(max)} the most.`,
    other: "More words",
  },
  timer: {
    start: "Start",
    pause: "Pause",
    goOn: "Carry on",
    of: (ran: number, wanted: number): string => (ran === 0 ? span(wanted) : `${span(ran)} of ${span(wanted)}`),
    ran: (ran: number): string => (ran === 0 ? "Not started" : span(ran)),
    over: "That’s the suggested time. Press Next to end it, or stay as long as you like.",
    ready: "Press Start when you’re ready. Next ends it at any time.",
    paused: "Paused. Press Next to end it here.",
    stop: "Yes, stop here",
    breathe: (parts: readonly { kind: BreathKind; seconds: number }[]): string => parts.map(({ kind, seconds }) => `${within(kind)} for ${seconds}`).join(", "),
    guide: (pattern: string): string => `Breathing guide: ${pattern} seconds`,
    aside: "If following a circle isn’t for you, count instead, or skip it.",
    count: "Count instead",
    circle: "Show the circle",
    aloud: "Read it aloud",
    quiet: "Stop reading aloud",
    say: (kind: BreathKind, left: number): string => `${breath[kind]}… ${number.format(left)}`,
    kind: breath,
  },
};

export const fields: Spoken<typeof en> = { en };
