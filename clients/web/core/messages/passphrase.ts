// The words round a passphrase that somebody chooses or changes.

import type { Spoken } from "../messages";

const en = {
  title: "Change the passphrase",
  lead: "It’s the passphrase of this device only. Your other devices keep theirs.",
  old: "The passphrase you have now",
  action: "Change it",
  busy: "Changing it…",
  wrong: "That isn’t the passphrase this device has now. Nothing has changed, and you can try again.",
  tooMany: "After several tries, the next one has to wait a moment. Nothing was deleted.",
  emptyOld: "Type the passphrase you have now first.",
  doneTitle: "Your passphrase is changed",
  done: [
    "From now on only the new one opens the journal on this device.",
    "If an old copy of this computer’s disk is kept somewhere, the old passphrase still opens the journal in that copy.",
  ],
  toSettings: "Back to settings",
  /** Choosing one. */
  choice: {
    label: "Passphrase",
    labelNew: "The new passphrase",
    hint: "Five or six random words are easy to type and hard to guess. You can paste it, or let your password manager fill it in.",
    again: "The same again",
    againHint: "Or show it, and check it with your own eyes.",
    show: "Show",
    hide: "Hide",
    suggest: "Make one up for me",
    another: "Another one",
    suggested: "Picked at random by this device, and saved nowhere. Write it down or put it into your password manager before you go on.",
    checking: "Checking…",
    good: "That’s long enough.",
    empty: "Choose a passphrase first.",
    emptyAgain: "Type it a second time, or show the first and check it with your own eyes.",
    differ: "These two aren’t the same. Type the second one again, or show the first.",
  },
};

export const passphrase: Spoken<typeof en> = { en };
