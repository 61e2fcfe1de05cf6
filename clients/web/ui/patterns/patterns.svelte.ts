// What the room of patterns shows: one view at a time, as a picture or as a table, about everybody or about one person.

import { ABOUT_PEOPLE, askView, isView, type Told } from "../../core/patterns/ask";
import { formatIn, type Format } from "../../core/patterns/format";
import { patternOf, type Pattern } from "../../core/patterns/view";
import { Reason } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { patterns, type PatternWords } from "../../core/messages/patterns";
import { listPeople, type Person } from "../../core/people";
import type { App } from "../app.svelte";

/** What stays chosen from one view to the next, as long as the tab lives. An id and no words. */
class Choice {
  as: "picture" | "table" = $state("picture");
  person = $state("");
}
const choices = new WeakMap<App, Choice>();

export function choiceOf(app: App): Choice {
  const choice = choices.get(app) ?? new Choice();
  choices.set(app, choice);
  return choice;
}

export class Patterns {
  readonly view: string;
  readonly choice: Choice;
  readonly say: PatternWords;
  readonly format: Format;
  told: Told | undefined = $state.raw();
  people: readonly Person[] = $state.raw([]);
  trouble = $state("");
  readonly pattern: Pattern | undefined = $derived.by(() => this.told && patternOf(this.told, this.say, this.format));
  readonly #app: App;
  /** Answers to a question that isn't asked any more are let go. */
  #asked = 0;

  constructor(app: App, view: string, person: string | undefined) {
    this.#app = app;
    this.view = view;
    this.choice = choiceOf(app);
    this.say = words(app.say, patterns);
    this.format = formatIn(app.languages);
    if (person !== undefined) {
      this.choice.person = person;
    }
  }

  get isAboutPeople(): boolean {
    return isView(this.view) && ABOUT_PEOPLE.has(this.view);
  }

  /** Reads it anew: what's shown comes from the last answer. */
  async read(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const person = this.isAboutPeople ? this.choice.person : "";
    const { page, say } = this.#app;
    const [view, people] = await Promise.all([
      askView(page.door, this.view, person, new Date()),
      this.isAboutPeople ? listPeople(page.door) : undefined,
    ]);
    if (asked !== this.#asked) {
      return;
    }
    if (people?.ok) {
      this.people = people.value;
    }
    if (!view.ok && view.fault.reason === Reason.NOT_FOUND && person !== "") {
      // Whoever was chosen has been forgotten since: it's about everyone then.
      this.choice.person = "";
      return this.read();
    }
    this.told = view.ok ? view.value : this.told;
    this.trouble = view.ok ? "" : explain(view.fault, say);
  }

  /** Somebody else, or "" for everyone. */
  choose(person: string): void {
    this.choice.person = person;
    this.told = undefined;
    this.trouble = "";
    void this.read();
  }
}
