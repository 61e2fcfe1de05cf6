// The words about a recovery kit that was shown, and of which nobody has said since that it's kept.

import type { Spoken } from "../messages";

const en = {
  note: "Do you still have your recovery code?",
  yes: "Yes",
  not: "I don’t",
  have: "I have it",
  title: "Your recovery kit",
  back: "Settings",
  open: "When this journal began, its recovery kit was shown once: a code of seven groups. We don’t know whether it was kept.",
  settled: "Your recovery kit is the code of seven groups that was shown once, when this journal began or when it was renewed. There’s nothing to confirm on this device.",
  here: "This page still has the code. It’s gone once the page is loaded again or closed.",
  see: "See the code",
  means: "What this means",
  what: "With the kit and your server, your journal comes back on another device if you forget the passphrase or lose this one. That’s done in a terminal for now: haven kit restore. The kit can’t be shown again, but a new one can take its place. Without a server no kit helps, and this device opens only with its passphrase.",
  without: "If you don’t have it",
  passphrase: "Keep your passphrase safe: on paper where only you look, or in a password manager.",
  copy: "Save a copy of your journal now and then. It can be brought back without a kit. The file isn’t encrypted, so keep it where only you look.",
  copyLink: "Save a copy",
  device: "A second device helps too: it has a passphrase of its own, and can open what has synced.",
  deviceLink: "Devices",
  anew: "Or start over with a new kit",
  anewHow: "A new kit in the old one’s place needs a server. Without one you’d begin a new journal. That’s easiest while there’s little in the journal. Save a copy first, then type these lines in a terminal. The old journal stays on this computer and still opens with its passphrase.",
  commands: ["haven daemon stop", "mv ~/.local/share/haven ~/.local/share/haven-before", "haven open"],
  anewThen: "A page opens where a new journal begins. Drafts don’t come along. Your other devices stay with the old journal. To bring your copy into the new one, type:",
  import: "haven import jsonl FILE",
  anewLast: "Delete the unencrypted copy from your downloads afterwards.",
  enough: "I don’t have it, and don’t want to be asked again",
  saved: "Noted.",
};

export const unconfirmed: Spoken<typeof en> = { en };
