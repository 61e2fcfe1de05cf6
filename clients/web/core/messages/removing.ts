// The words for taking a device out of a journal.

import type { Spoken } from "../messages";

function aside(count: number): string {
  const pieces = count === 1 ? "One piece of what it wrote was" : `${new Intl.NumberFormat("en").format(count)} pieces of what it wrote were`;
  return `${pieces} put aside, since no other device had them yet. They aren’t in your journal.`;
}

const en = {
  title: (name: string): string => `Remove “${name}”?`,
  lead: "Do this when a device is lost, stolen or sold, or isn’t in your hands any more.",
  means: [
    "It keeps what it has. Nobody can erase that from here.",
    "It can’t read what you write from now on.",
    "What’s written there later is put aside, and doesn’t come into your journal.",
    "It can’t be undone. To bring it back, you’d add it as a new device.",
  ],
  why: "Why are you removing it?",
  lost: "It’s lost, or somebody else has it",
  unused: "I don’t use it any more",
  whyFirst: "Choose what fits better.",
  kit: "Make a new recovery kit with it",
  kitLost: "Whoever has the device may have come across the code too. A new code takes the old one’s place, all in one step.",
  kitUnused: "Not needed, unless somebody else may have seen the code.",
  next: "Go on",
  nextBusy: "One moment…",
  passphraseTitle: (name: string): string => `Remove “${name}”`,
  passphraseLead: "Your passphrase removes it. Your other devices hear of it as soon as they’re online.",
  passphraseKit: "The new code becomes your recovery kit in the same step.",
  action: "Remove it",
  busy: "Removing it…",
  doneTitle: (name: string): string => `“${name}” is removed`,
  done: "It can’t read what you write from now on. What it had, it still has.",
  aside,
  kitDone: "Your new recovery kit counts now. Tear up the old paper, and delete the old code wherever you saved it.",
  kitSame: "Your recovery kit stays as it is.",
  doneLost: "If that device holds passwords of other accounts, think about changing them. Its own passphrase protects the journal there while it’s locked.",
  doneUnused: "Before you give it away, erase it.",
  toDevices: "Back to devices",
  goneTitle: (name: string): string => `“${name}” isn’t one of your devices any more`,
  gone: "It was removed. There’s nothing left to do here.",
  goneKit: "If a new recovery kit was part of it, check which of the two codes counts before you tear one up.",
  unknownId: "No device of this journal has this address.",
  thisOne: "This is the device you’re using. Remove it from another of your devices.",
  still: "It wasn’t removed. You can try again.",
  stillKit: "It wasn’t removed, and the new code doesn’t count: tear that one up. You can try again.",
};

export const removing: Spoken<typeof en> = { en };
