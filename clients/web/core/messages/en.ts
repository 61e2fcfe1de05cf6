// Every word of the app in English. Plain and warm; what is true today and nothing else.

const entries = new Intl.PluralRules("en");
const number = new Intl.NumberFormat("en");

export const en = {
  language: "en",
  /** The tab says nothing of what this is. */
  title: "Notes",
  skip: "Skip to the page",
  back: "Back",
  getHelp: "Get help now",
  leave: "Leave this page",
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
  over: {
    title: "You’re signed out",
    lead: "This page’s session has ended. Your journal is where it was, and nothing you saved is gone.",
    command: "haven open",
    how: "You’ll get a fresh page, and can close this one.",
  },
  none: {
    title: "No journal here yet",
    lead: "There’s none on this device so far. For now, you begin one in a terminal.",
    command: "haven init",
    how: "It asks for a passphrase and shows you a recovery kit, once. This page goes on by itself when it’s done.",
  },
  away: {
    title: "Your journal isn’t answering",
    lead: "Its program on this device may have stopped. What you saved is still here, on the disk.",
    command: "haven status",
    how: "That starts it again. This page keeps asking, and goes on by itself.",
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
    wrong: "That isn’t this device’s passphrase. Nothing was changed; try again.",
    tooMany: "Too many tries in a row. Take a breath; you can try again soon.",
    again: "You can try again now.",
    wait: (seconds: number): string =>
      seconds < 100 ? `Try again in ${seconds} s` : `Try again in ${number.format(Math.ceil(seconds / 60))} min`,
    forgot: "I can’t remember it",
    forgotten: [
      "Nobody can reset it, and we have no copy. Trying again harms nothing: wrong tries delete nothing, they only make you wait.",
      "Each device has a passphrase of its own. If your journal is on another device too, everything that has synced is there.",
      "Have a look in your password manager, or where you keep things on paper. Capital letters and spaces count.",
      "Your recovery kit can’t open the journal in this version. A later one will, so keep it safe.",
    ],
  },
  open: {
    title: "Your journal is open",
    device: "This device",
    holds: "It holds",
    entries: (count: bigint): string => {
      if (count === 0n) {
        return "Nothing yet";
      }
      return entries.select(Number(count)) === "one" ? "One entry" : `${number.format(count)} entries`;
    },
    write: "To write something,",
    command: "haven add",
    lock: "Lock",
    locking: "Locking…",
  },
  help: {
    title: "Help now",
    // The device's own first words, from crates/core/content/support.toml.
    opening:
      "You can read this slowly. You don't have to explain. You could just say: I'm not doing well, could you stay with me for ten minutes?",
    numbers: "Emergency numbers",
    wide: "These hold widely. Call the one for the place you’re in.",
    more: "For the numbers of your country,",
    command: "haven help-now",
    notWatched:
      "Nobody is watching this journal, and nothing in it reaches anyone by itself. It isn't for emergencies, and it can't call anyone for you.",
    country: (name: string): string => `Numbers for ${name}.`,
    noCountry: "Emergency numbers that hold widely.",
    choose: "Country",
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
    unknown: "That didn’t work, and there’s no telling why. Wait a moment, then try again.",
  },
};
