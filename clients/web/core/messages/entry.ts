// The words of an entry that's read.

import type { Spoken } from "../messages";

const number = new Intl.NumberFormat("en");

const en = {
  title: "Entry",
  journal: "Journal",
  people: "People",
  tags: "Tags",
  answers: "Your answers",
  text: "What you wrote",
  empty: "There’s no text in it.",
  edit: "Edit",
  goOn: "Go on with it",
  print: "Print",
  toTrash: "To the trash",
  sure: "Put this entry into the trash? It leaves your journal on all your devices. You can bring it back whenever you like.",
  really: "Put it into the trash",
  keep: "Keep it",
  trashed: "This entry is in the trash. It’s left out of your journal, and all of it is still there.",
  takeBack: "Bring it back",
  tookBack: "It’s back in your journal.",
  more: "More",
  history: "Earlier versions",
  copy: "Copy the text",
  copied: "Copied. Other programs can read what’s copied, and some keep it. Copy something else when you’re done.",
  notCopied: "Your browser didn’t let this page copy. Select the text and copy it yourself.",
  met: (sides: number): string => `This was changed in ${sides > 2 ? number.format(sides) : "two"} places. One version is shown. You can choose when you like.`,
  choose: "Look at them side by side",
  metInTrash: "It was also changed in two places. You don’t have to choose while it’s in the trash. If you bring it back, you’ll be asked again.",
  later: "A question about this one has come up, if you’d like to look at it.",
  answerLater: "Look at it",
  unfinished: {
    apart: "You’ve started changing this entry. Your latest words are saved as a draft and aren’t shown here yet.",
    shown: "You’re partway through changing this entry. What you’ve written so far is saved, and you see it here.",
    goOn: "Go on with it",
    done: "I’m done",
    discard: "Throw it away",
    ask: "Throw this change away?",
    askHow: "The entry stays as it’s shown here. What you’ve written since then can’t be brought back.",
    yes: "Throw it away",
    no: "Keep it",
    discarded: "The change is gone. The entry is as it was.",
    finished: "Done.",
  },
  result: {
    title: "What your answers come to",
    support: "If things are hard right now, there are people you can call or write to.",
    later: "Your answers are saved. You can see the number whenever you like.",
    show: "Show it",
    notScored: "Not scored",
    scale: (min: string, max: string): string => `on a scale from ${min} to ${max}`,
    all: "All results",
    failed: "Your result can’t be shown right now. Your answers are saved.",
  },
  number: (value: number): string => new Intl.NumberFormat("en", { maximumFractionDigits: 1 }).format(value),
};

export const entry: Spoken<typeof en> = { en };
