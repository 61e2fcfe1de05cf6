// The people somebody writes about: listed, added, changed, merged, forgotten. What they may be called and what that means the device
// decides.

import type { Door } from "./door";
import { attempt, Reason, type Fault, type Outcome } from "./fault";
import { JournalService } from "./gen/haven/v1/journal_pb";
import { PeopleService, type Person as Sent } from "./gen/haven/v1/people_pb";

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly relation: string;
  readonly circle: string;
  readonly gives: readonly string[];
  readonly safe: string;
  readonly died: boolean;
}

/** The words that the device takes, in the order in which they're offered; empty takes a word back. */
export const RELATIONS = [
  "partner", "former-partner", "friend", "mother", "father", "family", "colleague", "neighbour", "housemate", "professional", "other", "",
] as const;
export const CIRCLES = ["inner", "middle", "outer", ""] as const;
export const GIVES = ["listens", "practical", "fun", "honest"] as const;
export const SAFE = ["yes", "mostly", "no", ""] as const;

/** How long a name may be, in characters, as the device counts them. */
export const NAME_MAX = 100;

/** A change is durable before it's answered; after this the device is busy with something else, and it's better said. */
const CALL_MAX_MS = 15_000;
const options = { timeoutMs: CALL_MAX_MS };

export async function listPeople(door: Door): Promise<Outcome<readonly Person[]>> {
  const outcome = await attempt(() => door.client(PeopleService).listPeople({}, options));
  return outcome.ok ? { ok: true, value: outcome.value.people.map(personOf) } : outcome;
}

export interface Added {
  readonly person: Person;
  /** Whether they were there before, under exactly this name. */
  readonly known: boolean;
}

/** Adds somebody; `anew` says that it's somebody else than whoever has this name in other capitals. */
export async function addPerson(door: Door, name: string, anew: boolean): Promise<Outcome<Added>> {
  const outcome = await attempt(() => door.client(PeopleService).addPerson({ name, anew }, options));
  return outcome.ok ? withPerson(outcome.value.person, (person) => ({ person, known: outcome.value.known })) : outcome;
}

/** Whether somebody has to say first that they mean somebody else. */
export function isNamesake(fault: Fault): boolean {
  return fault.reason === Reason.CONFIRMATION_NEEDED;
}

/** What changes; what's absent stays. */
export interface PersonEdit {
  readonly name?: string;
  readonly relation?: string;
  readonly circle?: string;
  readonly addGives?: string[];
  readonly removeGives?: string[];
  readonly safe?: string;
  readonly died?: boolean;
}

export async function editPerson(door: Door, person: string, edit: PersonEdit): Promise<Outcome<Person>> {
  const outcome = await attempt(() => door.client(PeopleService).editPerson({ person, ...edit }, options));
  return outcome.ok ? withPerson(outcome.value.person, (changed) => changed) : outcome;
}

export async function mergePeople(door: Door, from: string, into: string): Promise<Outcome<Person>> {
  const outcome = await attempt(() => door.client(PeopleService).mergePeople({ from, into }, options));
  return outcome.ok ? withPerson(outcome.value.person, (kept) => kept) : outcome;
}

export async function forgetPerson(door: Door, person: string): Promise<Outcome<void>> {
  const outcome = await attempt(() => door.client(PeopleService).forgetPerson({ person }, options));
  return outcome.ok ? { ok: true, value: undefined } : outcome;
}

/** An entry about somebody, as a line of a list. */
export interface About {
  readonly id: string;
  /** The day it's about, "2026-11-24". */
  readonly day: string;
  /** Its title, or how it begins, or the exercise it answers; may be empty. */
  readonly words: string;
}

export interface AboutPage {
  readonly entries: readonly About[];
  /** Whether there are earlier ones. */
  readonly isMore: boolean;
}

export async function listAbout(door: Door, person: string, limit: number): Promise<Outcome<AboutPage>> {
  const request = { filter: { people: [person] }, limit };
  const outcome = await attempt(() => door.client(JournalService).listEntries(request, options));
  if (!outcome.ok) {
    return outcome;
  }
  const entries = outcome.value.entries.map(({ id, at, title, opening, exerciseTitle }) => ({
    id,
    day: at.slice(0, 10),
    words: title || opening || exerciseTitle,
  }));
  return { ok: true, value: { entries, isMore: outcome.value.nextPage !== "" } };
}

function withPerson<T>(sent: Sent | undefined, make: (person: Person) => T): Outcome<T> {
  // An answer without the person it's about is none that this page understands.
  const fault = { reason: Reason.UNSPECIFIED, what: "", why: "", next: "", retryAfterMs: 0 };
  return sent ? { ok: true, value: make(personOf(sent)) } : { ok: false, fault };
}

function personOf({ id, name, relation, circle, gives, safe, died }: Sent): Person {
  return { id, name, relation, circle, gives, safe, died };
}
