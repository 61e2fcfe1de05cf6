// The words of an entry's versions: its history, and edits that met.

import { PartKind, type ComparedPart } from "../compare";
import { MetPartKind, type EntryVersion } from "../entry";
import type { Spoken } from "../messages";
import { effectOfAll, effectOfOne, toEdit } from "./choices";

const number = new Intl.NumberFormat("en");

/** What a part of an entry is called. */
function partName(part: Pick<ComparedPart, "kind" | "question">): string {
  switch (part.kind) {
    case PartKind.TITLE:
      return "Title";
    case PartKind.TEXT:
      return "Text";
    case PartKind.TIME:
      return "Date";
    case PartKind.TAGS:
      return "Tags";
    case PartKind.PEOPLE:
      return "People";
    case PartKind.TRASH:
      return "Trash";
    default:
      return part.question;
  }
}

const en = {
  entry: "Entry",
  partName,
  device: (name: string): string => (name === "" ? "On a device" : `On ${name}`),
  inTrash: "In the trash",
  outOfTrash: "Out of the trash",
  /** Around words that went and that came; only heard. */
  gone: { begin: "taken away:", end: "end of what was taken away;" },
  come: { begin: "added:", end: "end of what was added;" },
  differs: { begin: "differs:", end: "end of what differs;" },
  same: (count: number): string => (count === 1 ? "One paragraph is the same" : `${number.format(count)} paragraphs are the same`),
  nothing: "No change you can see.",
  history: {
    title: "Versions of this entry",
    lead: "Every version stays. Going back to one makes a new version, so nothing is lost.",
    now: "as it is now",
    changed: "What it changed",
    first: "The first version",
    whole: "The whole entry as it was",
    look: "Look at it",
    close: "Close it",
    /** Several may be of one minute: the place in the list tells them apart. */
    ofWhen: (nth: number, when: string): string => `number ${nth}, the version of ${when}`,
    restore: "Make the entry read like this again",
    restored: "The entry reads like that again. The versions between are still here.",
    legend: "What was added is underlined. What was taken out is struck through.",
  },
  met: {
    title: (sides: number): string => `This was changed in ${sides > 2 ? number.format(sides) : "two"} places`,
    lead: (sides: number): string =>
      `${sides > 2 ? "None of them had the others’" : "Neither had the other’s"} changes yet. Whatever you choose, all of it stays in this entry’s history.`,
    marked: "The marked words are where they differ. What’s the same isn’t marked.",
    keepOne: "Keep this one",
    keepBoth: (sides: readonly EntryVersion[]): string => {
      const isTrash = sides.every(({ metParts }) => metParts.every(({ kind }) => kind === MetPartKind.TRASH));
      return isTrash ? "Keep it out of the trash" : `Keep ${sides.length > 2 ? "all" : "both"}, one after the other`;
    },
    later: "Decide later",
    noTitle: "(no title)",
    noText: "(no text)",
    noAnswer: "(no answer)",
    none: "There’s nothing to choose here.",
    settled: "That’s settled, on all your devices.",
    trashed: "It’s in the trash now, on all your devices. You can bring it back whenever you like.",
    toEntry: "To the entry",
    keepingOne: (side: EntryVersion, isShown: boolean): string => `This ${effectOfOne(side, isShown)}.`,
    keepingAll: (sides: readonly EntryVersion[]): string => `Keeping ${sides.length > 2 ? "all" : "both"} ${effectOfAll(sides)}.`,
    orEdit: toEdit,
  },
};

export const versions: Spoken<typeof en> = { en };
