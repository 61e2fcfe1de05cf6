// The words around the people somebody writes about.

import { named } from "./named";
import type { Spoken } from "../messages";

const circles: Readonly<Record<string, string>> = { inner: "Close in", middle: "In the middle", outer: "Further out" };
const relations: Readonly<Record<string, string>> = {
  mother: "mother or mother figure",
  father: "father or father figure",
  partner: "partner",
  "former-partner": "former partner",
  friend: "friend",
  family: "family",
  colleague: "colleague",
  neighbour: "neighbour",
  housemate: "housemate",
  professional: "professional, such as a therapist",
  other: "someone else",
};
const gives: Readonly<Record<string, string>> = {
  listens: "listens",
  practical: "helps with things",
  fun: "is good company",
  honest: "says the truth kindly",
};
const safe: Readonly<Record<string, string>> = {
  yes: "safe to be open with",
  mostly: "mostly safe to be open with",
  no: "not safe to be open with",
};

const en = {
  title: "People",
  lead: "The people you write about.",
  busy: "Just a moment.",
  again: "Try again",
  emptyTitle: "No people here yet",
  empty: "Add someone you write about, if you like. You can also write without naming anyone.",
  noCircle: "Not placed",
  drawing: "The dot in the middle is you. You decide where someone stands, and can change it.",
  died: "has died",

  add: "Add",
  name: "Name",
  nameHint: "As you call them.",
  addNow: "Add",
  adding: "Adding…",
  cancel: "Cancel",
  empties: "Type a name first.",
  known: "They were in your journal already.",
  namesake: "Someone in your journal has this name already, with other capital letters. Is this someone else?",
  isAnother: "Yes, someone else",
  isSame: "No, the same",

  circle: (key: string): string => (key === "" ? "Not placed" : named(circles, key)),
  relation: (key: string): string => (key === "" ? "not said" : named(relations, key)),
  gives: (key: string): string => named(gives, key),
  safe: (key: string): string => (key === "" ? "not said" : named(safe, key)),

  back: "People",
  gone: "This person isn’t in your journal any more. They may have been removed, or made one with someone else.",
  toPeople: "Back to people",
  rename: "Change the name",
  save: "Save",
  saving: "Saving…",
  saved: "Saved",
  relationHead: "What they are to you",
  circleHead: "How close they are",
  givesHead: "What they give",
  safeHead: "Can you be open with them?",
  safeHint: "Your own mark. Exercises about speaking up take it into account.",
  haveDied: "They have died",

  entries: "Entries about them",
  noEntries: "None so far.",
  untitled: "Without a title",
  allEntries: "All entries about them",
  patterns: "What your answers show",

  merge: "The same as someone else here",
  mergeLead: (name: string): string => `If ${name} is in your journal twice, under two names, you can make the two one.`,
  mergeInto: "Who are they the same as?",
  mergeChoose: "Choose someone",
  mergeAsk: (from: string, into: string): string => `Every entry about ${from} will be about ${into}, on all your devices. This can’t be undone.`,
  mergeNow: "Make them one person",
  merging: "Just a moment…",
  forget: "Remove from People",
  forgetAsk:
    "They leave People, and your entries aren’t marked with them any more, on all your devices. The entries stay. What you wrote in the text stays as it is, and the name stays in the history of the journal. This can’t be undone.",
  forgetNow: "Remove them",
  forgetting: "Just a moment…",
};

export type PeopleWords = typeof en;
export const people: Spoken<PeopleWords> = { en };
