// The words for a recovery kit that's checked, and for a new one.

import type { Spoken } from "../messages";

const en = {
  check: {
    title: "Is your code still the one?",
    lead: "Type it from where you keep it, or paste it. It’s compared on this device, and kept nowhere.",
    code: "The code",
    action: "Check it",
    busy: "Checking…",
    empty: "Type the code first.",
    valid: "Yes, this is your journal’s recovery kit.",
    unsure: "It’s the last one this device knows of. If a new one was made on another device, this one can’t tell now: check again once it has reached its server.",
    replaced: "No: another kit has taken its place. Tear it up, so that you don’t rely on it.",
    foreign: "This code belongs to no kit of this journal. It may be another journal’s.",
    unknown: "This device doesn’t know it. If a new kit was made on another device, check again once this one has reached its server. Until then, don’t throw it away.",
  },
  renew: {
    title: "A new recovery kit",
    lead: "If the code is lost, or somebody may have seen it, a new one can take its place.",
    toIt: "Make a new kit",
    what: "You’ll see a new code, keep it, and type two of its groups back. Then your passphrase puts it in the old one’s place.",
    old: "The old kit counts until you’re done, so don’t tear it up yet.",
    action: "Show a new code",
    busy: "Getting one…",
    passphraseTitle: "Put it in the old one’s place",
    passphraseLead: "With your passphrase, the new code becomes your recovery kit. The old one opens nothing that’s written after that.",
    confirm: "Use the new kit",
    confirmBusy: "Putting it in place…",
    doneTitle: "Your new recovery kit counts now",
    done: ["The old one opens nothing that’s written from now on.", "Tear up the old paper, and delete the old code wherever you saved it."],
    toKit: "Back to the kit",
  },
  shown: {
    title: "Your new recovery kit",
    lead: "Keep this code somewhere safe now. It’s shown only this once, and no copy is kept.",
    old: "It doesn’t count yet. The old one does until you’re done here, so keep that too. If you leave this page before, the new code is worth nothing.",
    next: "I have it",
  },
  passphrase: "This device’s passphrase",
  emptyPassphrase: "Type this device’s passphrase.",
  wrong: "That isn’t this device’s passphrase. Nothing has changed, and you can try again.",
  stop: "Stop",
  toDevices: "Devices",
  again: "Try again",
  noServer: "This needs a server, because your other devices hear of it there. This device has none.",
  toServer: "Set up a server",
  noServerTitle: "It needs a server",
  blockedTitle: "This can’t be done now",
  looking: "One moment…",
  unknown: {
    title: "It may or may not have happened",
    lead: "The connection broke before the answer came. Either all of it was done or none of it.",
    kits: "Keep both codes, the old one and the new one, until you’ve checked which of them counts.",
    check: "Check a code",
    look: "Look again",
    looking: "Looking…",
  },
};

export const renewing: Spoken<typeof en> = { en };
