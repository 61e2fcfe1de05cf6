// The words for what is taken out of the journal or left in the clear.

import type { Spoken } from "../messages";

const number = new Intl.NumberFormat("en");

const en = {
  export: {
    title: "A copy of your journal",
    lead: "All your entries and people in one file, the trash too. Drafts, earlier versions of entries and settings aren’t in it. Haven can bring it back, and other programs can read it.",
    warning: "The file isn’t encrypted: whoever has it can read it. Keep it where only you look, and empty the downloads folder of what you don’t need.",
    action: "Save a copy",
    busy: (lines: number): string => (lines === 0 ? "Reading…" : `Reading… ${number.format(lines)} so far`),
    stop: "Stop",
    done: (lines: number): string => (lines === 1 ? "1 line was handed to your browser, which keeps it as a download." : `${number.format(lines)} lines were handed to your browser, which keeps them as a download.`),
    stopped: "Stopped. No file was made.",
    import: "To bring such a copy back, type in a terminal:",
    command: "haven import jsonl FILE",
    file: "notes",
  },
  plan: {
    title: "Lines that can be read while it’s locked",
    lead: "Help now can show lines of your plan without the passphrase, on this device. You choose which.",
    none: "There’s no plan here yet. It’s one of the exercises.",
    noneLink: "Have a look at it",
    agree: "I’ve read this, and want these lines to be readable",
    action: "Save this choice",
    done: "Saved.",
    agreeFirst: "Read what it means, and tick that you have.",
  },
};

export const taking: Spoken<typeof en> = { en };
