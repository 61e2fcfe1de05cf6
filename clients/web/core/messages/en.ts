// What every room of the app says in English; a room's own words stand in a file beside this one. Plain and warm; what is true today
// and nothing else.

import type { Syncing } from "../syncing";

const entries = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");

function syncing(state: Syncing): string {
  switch (state.kind) {
    case "alarm":
      return state.count === 1 ? "Something to look at" : `${number.format(state.count)} things to look at`;
    case "local":
      return "Only on this device";
    case "removed":
      return "This device was removed";
    case "problem":
      return "Syncing has stopped";
    case "going":
      return "Syncing…";
    case "waiting":
      return state.pending > 0 ? "Saved here, and will sync when your server can be reached" : "Your server can’t be reached";
    case "synced":
      return state.minutes < 1 ? "Synced" : `Synced ${number.format(state.minutes)} min ago`;
  }
}

export const en = {
  language: "en" as const,
  /** The tab says nothing of what this is. */
  title: "Notes",
  /** And this one, where its person chose so. */
  haven: "Haven",
  skip: "Skip to the page",
  back: "Back",
  getHelp: "Get help now",
  leave: "Leave this page",
  /** The same, where there's little space. */
  exit: "Leave",
  asking: "Just a moment.",
  /** In front of a command to type. */
  type: "In a terminal, type",

  closed: {
    title: "This page is closed",
    lead: "It’s a way into a private notebook that’s kept on this device.",
    stale: "That address has been used, or it’s more than a minute old. Each one works once.",
    how: "You’ll get a fresh page in your browser.",
    command: "haven open",
  },
  spent: {
    lead: "The address you opened didn’t work: it’s been used, or it’s more than a minute old. This page goes on as before.",
    close: "OK",
  },
  over: {
    title: "You’re signed out",
    lead: "This page can’t reach your journal any more. The journal is still there, and so is everything you saved.",
    command: "haven open",
    how: "You’ll get a fresh page, and can close this one.",
  },
  away: {
    title: "Your journal isn’t answering",
    lead: "Its program on this device may have stopped. What you saved is still on this device.",
    command: "haven status",
    how: "That should start it again. This page keeps trying, and goes on by itself.",
  },
  /** Words that only the page has. */
  unkept: {
    title: "Words on this page aren’t saved yet",
    how: "Leave this page open. It keeps trying, and saves them as soon as it can. You can copy them meanwhile.",
    over: "Leave this page open and copy them. To save them, get a new address from a terminal and paste it into this window’s address bar.",
    command: "haven open --print",
    show: "Show them",
    hide: "Hide them",
    copy: "Copy my words",
    copied: "Copied",
    copyFailed: "Your browser didn’t let this page copy. Select the words and copy them yourself.",
  },
  unlock: {
    title: "Locked",
    waiting: (count: number): string =>
      entries.select(count) === "one"
        ? "One text you wrote while it was locked is kept for you."
        : `${number.format(count)} texts you wrote while it was locked are kept for you.`,
    passphrase: "Passphrase",
    show: "Show the passphrase",
    hide: "Hide the passphrase",
    action: "Unlock",
    busy: "Unlocking…",
    empty: "Type your passphrase first.",
    wrong: "That isn’t this device’s passphrase. Nothing has changed, and you can try again.",
    tooMany: "After several tries, the next one has to wait a moment. Nothing was deleted.",
    again: "You can try again now.",
    wait: (seconds: number): string =>
      seconds < 100 ? `Try again in ${seconds} s` : `Try again in ${number.format(Math.ceil(seconds / 60))} min`,
    forgot: "I can’t remember it",
    forgotten: [
      "Nobody can reset it, and we have no copy. You can go on trying. Wrong tries don’t delete anything; they only make you wait.",
      "Each device has a passphrase of its own. If your journal is on another device too, everything that has synced is there.",
      "Have a look in your password manager, or where you keep things on paper. Capital letters and spaces count. If it was changed lately, only the new one works.",
      "If this journal has a server, your recovery kit brings it back, on another device or in another user account. For now that’s done in a terminal: haven kit restore.",
    ],
  },
  tabs: {
    main: "Main",
    today: "Today",
    journal: "Journal",
    practice: "Practice",
    patterns: "Patterns",
    people: "People",
    settings: "Settings",
  },
  lock: { action: "Lock", busy: "Locking…" },
  sync: syncing,
  room: {
    failed: "This page didn’t load",
    why: "The program on this device may have been updated since you opened this page. What you saved is still there.",
    reload: "Load it again",
  },
  help: {
    title: "Help now",
    // The device's own first words, from crates/core/content/support.toml.
    opening:
      "You can read this slowly. You don't have to explain. You could just say: I'm not doing well, could you stay with me for ten minutes?",
    numbers: "Emergency numbers",
    wide: "These work in many places. Call the one for where you are.",
    more: "For your country’s numbers, type in a terminal:",
    command: "haven help-now",
    notWatched:
      "Nobody is watching this journal, and nothing in it reaches anyone by itself. It isn't for emergencies, and it can't call anyone for you.",
    country: (name: string): string => `Numbers for ${name}.`,
    noCountry: "Emergency numbers that work in many places.",
    choose: "Country",
    guessed: "This comes from your browser’s language. If you’re somewhere else, choose that country here.",
    other: "Another country",
    any: "No country",
    closing: "More to know",
    /** In front of a number, for whoever hears the page. */
    phone: "Call",
    text: "Text",
  },
  /** Where the device gave no words of its own. */
  failed: {
    away: "Your journal isn’t answering. Wait a moment, then try again.",
    unknown: "That didn’t work, and we can’t tell why. Wait a moment, then try again.",
  },
};
