// The words of the settings. What they can't do is said beside what they do.

import type { Spoken } from "../messages";

const en = {
  title: "Settings",
  lead: "These are for this device only. Your other devices have their own.",
  saved: "Saved.",
  look: "How it looks",
  private: "If someone may be looking",
  privateLead: "These can help a little. None of them hides the journal from someone who knows this computer well.",
  help: "Help now",
  writing: "Writing",
  locking: "Locking",
  journal: "Your journal",
  more: "This device and others",
  program: "The program",
  keys: {
    "app.theme": { label: "Light or dark", hint: "" },
    "app.text_size": { label: "Size of the text", hint: "" },
    "app.name": {
      label: "What it calls itself",
      hint: "In the browser’s tab and at the top of the page. The programs and the folder on this computer keep their names.",
    },
    "app.quick_exit": {
      label: "A quick way out",
      hint: "Puts a “Leave” button at the top of every page; pressing Shift three times does the same. The page goes blank, the journal locks, and a page of kitchen measures takes its place. It can’t clear the browser’s history: that still shows that a page on this computer was open. The Back button shows that page again. To come back, open the journal as you did before.",
    },
    "app.lock_hidden": {
      label: "Lock when this page is hidden",
      hint: "When you turn to another tab or window. What you were writing is kept first.",
    },
    "app.blur": { label: "Blur what’s listed", hint: "Titles and first lines stay blurred until you point at them or reach them by keyboard." },
    "app.spellcheck": {
      label: "Check my spelling",
      hint: "Your browser does it. Most check on this computer; some, with “enhanced” checking switched on, send what you write to their maker. Check the browser’s settings before you switch this on.",
    },
    "lock.idle": { label: "Lock after this long without use", hint: "A locked journal can’t be read without the passphrase, apart from lines of your plan that you’ve chosen to keep readable. What you were writing is kept." },
    "help.country": { label: "Country", hint: "For the phone numbers that help shows. It’s kept on this device." },
    language: { label: "Language", hint: "" },
    "web.enabled": { label: "Pages like this one may be opened", hint: "Only on this computer, and only with an address that “haven open” gives." },
    "web.port": { label: "Port", hint: "A number in this page’s address. Leave it empty and Haven chooses. A new one is used from the next start." },
  } as Readonly<Record<string, { readonly label: string; readonly hint: string }>>,
  values: {
    "app.theme system": "Like the computer",
    "app.theme light": "Light",
    "app.theme dark": "Dark",
    "app.name notes": "Notes",
    "app.name haven": "Haven",
    "language ": "Like the browser",
    "language en": "English",
    "help.country ": "None",
    "lock.idle 0": "Never",
  } as Readonly<Record<string, string>>,
  percent: (value: number): string => new Intl.NumberFormat("en", { style: "percent" }).format(value / 100),
  minutes: (count: number): string => new Intl.NumberFormat("en", { style: "unit", unit: count < 60 ? "minute" : "hour", unitDisplay: "long" }).format(count < 60 ? count : count / 60),
  webOff: {
    why: "This page and all others like it close. None can be opened until you allow it again. To do that, type in a terminal:",
    command: "haven config set web.enabled true",
    action: "Close the pages",
    not: "Cancel",
  },
  save: "Save",
  links: {
    passphrase: "Change the passphrase",
    devices: "Devices",
    server: "Server",
    alarms: "Things to look at",
    grants: "Plug-ins and open pages",
    drafts: "Drafts",
    trash: "Trash",
    kit: "Recovery kit",
    unconfirmed: "Not confirmed yet",
  },
  one: "There’s one journal for each account on this computer. If others use it too, it helps if each has an account of their own: whoever uses yours can see that there’s a journal, and read it while it’s unlocked.",
  version: (version: string): string => `Haven ${version}`,
  signOut: "Sign this page out",
  signOutHint: "You’ll need a new address to open this page again. It doesn’t lock the journal: if you want that, lock it first.",
};

export const settings: Spoken<typeof en> = { en };
