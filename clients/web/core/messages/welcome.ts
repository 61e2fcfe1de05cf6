// The words for whoever has no journal yet: what it is, what it isn't, and how it begins.

import type { Spoken } from "../messages";

const en = {
  hello: {
    title: "A private journal, with exercises for relationships and feelings",
    draw: "A heron standing on a post in still water",
    lines: [
      "What you write is stored encrypted and opens with your passphrase. We don’t hold a key, so we can’t read it.",
      "Short exercises for hard moments: before you reply, after a clash, when you can’t settle.",
      "It isn’t therapy. It isn’t for emergencies, and nobody has shown that it helps. It’s for adults.",
    ],
    start: "Start a journal",
    join: "I have one already",
    small: "No e-mail, no sign-up. Anyone who can use your account on this computer can see that a journal is here, and read it while it’s unlocked.",
    one: "There’s one journal for each account on this computer. If you share the computer, an account of your own keeps yours to you.",
  },
  near: {
    title: "Could someone near you look at this device?",
    lead: "If so, these can help a little. You can change each of them at any time, in the settings.",
    limits: "None of them hides the journal from someone who knows this computer well: its programs and its folder keep their names. If someone checks up on you, a device they can’t reach is safer.",
    country: "One more thing",
    action: "Go on",
  },
  create: {
    title: "A passphrase for your journal",
    lead: "It opens the journal on this device. Without it, what you’ve written here can’t be read.",
    reset: "Nobody can reset it: not us, not whoever runs a server. If you lose it, you can’t read what’s on this device any more.",
    device: "Name of this device",
    deviceHint: "You’ll see it when you have more than one. Nobody else has to know what it’s for.",
    deviceName: "Laptop",
    server: "Sync with a server",
    serverHint: "Only if you have one and an invite. If not, leave this empty. The journal is then on this device only, and you can add a server later.",
    url: "Address",
    invite: "Invite",
    action: "Start my journal",
    busy: "Making it…",
    wait: "This takes a few seconds. The same work makes guessing your passphrase slow.",
    name: "Give this device a name first.",
    half: "An address and an invite go together. Fill in both, or neither.",
  },
  join: {
    title: "I have one already",
    /** Not the name that a first device begins with: two of one name can't be told apart. */
    deviceName: "Second device",
    lead: "This brings your journal over from a device that has it already. Both need to reach the same server.",
    here: "This device",
    passphrase: "A passphrase for this device",
    there: "From the other device",
    thereHint: "There, open Devices, then “Add a device”. In a terminal: haven device link. Do this last: its code is good for two minutes.",
    url: "Server’s address",
    code: "Code",
    action: "Go on",
    busy: "Finding the other device…",
    missing: "Type the address and the code that the other device shows.",
    wordsTitle: "Type these three words on the other device",
    wordsLead: "It’s waiting for them. If they match, it’s this device, with nobody in between.",
    waiting: "Waiting for the other device…",
    stop: "Stop",
    notMeTitle: "If you aren’t doing this right now",
    notMe: "Stop here. Someone may be trying to get this device into a journal that isn’t yours.",
    broken: "The other device didn’t let this one in. Nothing was joined; begin again with a new code from there.",
    stopped: "Stopped. Nothing was joined and nothing was kept.",
    kitTitle: "With a recovery kit",
    kit: "This version can’t open a journal from its kit. We plan to add that, so keep the kit safe.",
  },
  first: {
    title: "Your journal is ready",
    lead: "Nothing is due here, today or any day.",
    offer: (title: string, minutes: number): string => (minutes > 0 ? `If you like, try an exercise first: “${title}”. It takes about ${minutes} min.` : `If you like, try an exercise first: “${title}”.`),
    exercise: "Begin the exercise",
    write: "Write something",
    around: "Just look around",
  },
};

export const welcome: Spoken<typeof en> = { en };
