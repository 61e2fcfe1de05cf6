// The words round the recovery kit: a code that exists once.

import type { Spoken } from "../messages";

const en = {
  title: "Your recovery kit",
  lead: "Keep this code somewhere safe now. It’s shown only this once, and no copy is kept.",
  what: "It’s for the day you forget the passphrase or lose this device: with it and your server, the journal comes back on another one. Without a server it can’t, so keep your passphrase safe too, and save a copy of your journal now and then.",
  who: "Whoever has the code, and can reach your server, can open everything. So it belongs where only you look: on paper at home, in a password manager, or with someone you’d trust with the journal itself. Not in an e-mail, and not only on this device.",
  code: "The code",
  print: "Print",
  save: "Save as a file",
  copy: "Copy",
  copied: "Copied. Other programs can read what’s copied, and some keep it: paste it where it belongs, then copy something else.",
  copyFailed: "Your browser didn’t let this page copy. Select the code and copy it yourself, or write it down.",
  saved: "Your browser has it as a download. Move it to where it’s safe, such as a memory stick, and delete the download.",
  file: "recovery-code.txt",
  fileText: (code: string): string => `Recovery code\n\n${code}\n\nWhoever has this can open what it is for. Keep it where only you look.\n`,
  next: "I have it",
  reload: "If this page is closed or loaded again before you’ve kept it, it’s gone.",
  later: {
    open: "I can’t keep it now",
    lead: "Then there’ll be no kit: this code can’t be shown again. If you forget your passphrase, nothing will open what’s on this device. You can make a new kit later, once this journal has a server.",
    agree: "I know that this code can’t be shown again",
    action: "Go on without a kit",
    agreeFirst: "Tick that you know, or go back and keep it.",
  },
  proof: {
    title: "One look at your copy",
    lead: "To make sure that your copy can be read, type two of its seven groups from where you’ve kept it. If they aren’t right, have another look at your copy, or see the code again.",
    group: (at: number): string => `Group ${at}`,
    action: "Check",
    wrong: (at: number): string => `That isn’t group ${at}.`,
    back: "See the code again",
  },
  gone: {
    title: "The code can’t be shown again",
    lead: "It’s shown once, right after a journal begins, and no copy is kept. This page was loaded again since, or the code never reached it.",
    have: "If you’ve written it down, you have what you need.",
    not: "If you haven’t, your journal works all the same. Keep your passphrase safe, save a copy of the journal now and then, and think about a second device: each one can open what has synced. You can also make a new kit in the settings, once this journal has a server.",
    more: "What can help",
    kept: "I have it",
    action: "Go on without it",
  },
  paper: { title: "Recovery code", keep: "Whoever has this can open what it is for. Keep it where only you look.", notes: "Notes", date: "Date" },
};

export const kit: Spoken<typeof en> = { en };
