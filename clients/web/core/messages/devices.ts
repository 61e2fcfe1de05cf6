// The words for devices, adding one, and the server between them.

import type { Spoken } from "../messages";

const number = new Intl.NumberFormat("en");

function left(seconds: number): string {
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  return [minutes > 0 ? `${minutes} min` : "", rest > 0 || minutes === 0 ? `${rest} s` : ""].filter((part) => part !== "").join(" ");
}

const en = {
  title: "Devices",
  lead: "Each one keeps a full copy, and has a passphrase of its own.",
  here: "This device",
  added: (when: string): string => `Added ${when}`,
  seen: (when: string): string => `Last heard from ${when}`,
  unseen: "Not heard from yet",
  removed: "Removed",
  rename: "Rename",
  renameWhich: (name: string): string => `Rename ${name}`,
  name: (name: string): string => `New name of ${name}`,
  save: "Save",
  not: "Cancel",
  add: "Add a device",
  addLead: "It gets the whole journal. You’ll need it beside you, for two minutes.",
  noServer: "To add a device, this one needs a server that both can reach.",
  toServer: "Set up a server",
  remove: "This version can’t remove a device. A lost one is protected by its own passphrase, but only while the journal there is locked.",
  link: {
    title: "Add a device",
    how: "On the other device, open Haven and choose “I have one already”. There, type:",
    server: "Server’s address",
    code: "Code",
    once: "Works once, and for two minutes.",
    left: (seconds: number): string => `${left(seconds)} left`,
    phone: "This version can’t add a phone.",
    waiting: "Waiting for the other device…",
    answeredTitle: "Type the three words it shows",
    answered: (name: string): string => `A device that calls itself “${name}” has answered.`,
    why: "If the words match, it’s your device, with nobody in between.",
    words: "The three words",
    passphrase: "This device’s passphrase",
    notMeTitle: "If you aren’t doing this right now",
    notMe: "Stop here. Someone may be trying to add a device of theirs, and it would get to read everything.",
    action: "Let it in",
    busy: "Letting it in…",
    stop: "Stop",
    empty: "Type the three words that the other device shows.",
    emptyPassphrase: "Type this device’s passphrase.",
    wrong: "That isn’t this device’s passphrase. Nothing has changed, and you can try again.",
    doneTitle: (name: string): string => `“${name}” is in`,
    done: "Your entries are on their way to it.",
    toDevices: "Back to devices",
    expiredTitle: "The two minutes are over",
    expired: "Nothing was added. You can get a new code.",
    failedTitle: "Nothing was added",
    again: "New code",
  },
  server: {
    title: "Server",
    lead: "A server passes your journal between your devices, and keeps an encrypted copy. It can’t read what you write. It can see when your devices connect, and how much they send.",
    none: "There’s no server yet: your journal is on this device only. If the device is lost or its disk fails, the journal is gone, so save a copy now and then.",
    address: "Address",
    addressHint: "Such as https://journal.example. You get it from whoever runs the server.",
    invite: "Invite",
    inviteHint: "Its owner gives it to you. Leave it empty if the server knows your journal already.",
    set: "Use this server",
    setBusy: "Connecting…",
    missing: "Type the server’s address.",
    identity: "Its identity",
    identityHint: "Its owner can compare this with what their server prints.",
    sync: "Sync now",
    syncing: "Syncing…",
    upToDate: "Up to date: this device and the server have the same.",
    goesOn: "Not everything has reached the server yet. It goes on by itself.",
    counts: (received: number, sent: number): string => `${number.format(received)} received, ${number.format(sent)} sent.`,
    other: "Another server, or another address",
    trustTitle: "The server’s identity has changed",
    trust: "Trust the new one only if its owner has told you about the change, in a way you can be sure of.",
    trustAgree: "I know why it changed",
    trustAction: "Trust the new one",
    trustFirst: "Tick that you know why it changed.",
    done: "This journal syncs with it from now on.",
  },
};

export const devices: Spoken<typeof en> = { en };
