// One person: what's said of them, changed one thing at a time, and what was written about them.

import { Reason } from "../../core/fault";
import { explain, words } from "../../core/messages";
import { people, type PeopleWords } from "../../core/messages/people";
import { editPerson, forgetPerson, listAbout, listPeople, mergePeople, type About, type Person, type PersonEdit } from "../../core/people";
import type { App } from "../app.svelte";
import { typedIn, type Typed } from "../people/typed.svelte";

/** How many entries are shown beside a person; the journal shows the others. */
const ENTRIES_SHOWN = 5;

/** What can go wrong or be saved, and where that's said. */
export type Part = "name" | "relation" | "circle" | "gives" | "safe" | "died" | "merge" | "forget";

export class PersonRoom {
  readonly id: string;
  readonly say: PeopleWords;
  all: readonly Person[] | undefined = $state.raw();
  entries: readonly About[] | undefined = $state.raw();
  isMore = $state(false);
  trouble = $state("");
  /** The part that is being sent, was saved last, or didn't go. */
  busy: Part | undefined = $state();
  saved: Part | undefined = $state();
  failed: { readonly part: Part; readonly words: string } | undefined = $state.raw();
  readonly person: Person | undefined = $derived(this.all?.find(({ id }) => id === this.id));
  readonly others: readonly Person[] = $derived((this.all ?? []).filter(({ id }) => id !== this.id));
  readonly #app: App;
  readonly #typed: Typed;
  /** One change after another, in the order in which they were made. */
  #line: Promise<void> = Promise.resolve();
  #asked = 0;

  constructor(app: App, id: string) {
    this.#app = app;
    this.id = id;
    this.say = words(app.say, people);
    // Here and not where it's first read: what's made while something is drawn isn't watched by it.
    this.#typed = typedIn(app);
  }

  async read(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const { door } = this.#app.page;
    const [all, about] = await Promise.all([listPeople(door), listAbout(door, this.id, ENTRIES_SHOWN)]);
    if (asked !== this.#asked) {
      return;
    }
    this.all = all.ok ? all.value : this.all;
    if (about.ok) {
      this.entries = about.value.entries;
      this.isMore = about.value.isMore;
    }
    // Whoever isn't there any more has no entries either: that is said once, and not as a fault.
    const fault = !all.ok ? all.fault : !about.ok && about.fault.reason !== Reason.NOT_FOUND ? about.fault : undefined;
    this.trouble = fault ? explain(fault, this.#app.say) : "";
  }

  /** Changes one thing; what's shown is what the device answers. Whether it went. */
  change(part: Part, edit: PersonEdit): Promise<boolean> {
    const done = this.#line.then(() => this.#send(part, edit));
    this.#line = done.then(() => undefined);
    return done;
  }

  async #send(part: Part, edit: PersonEdit): Promise<boolean> {
    this.busy = part;
    this.saved = this.failed = undefined;
    const outcome = await editPerson(this.#app.page.door, this.id, edit);
    this.busy = undefined;
    if (!outcome.ok) {
      this.failed = { part, words: explain(outcome.fault, this.#app.say) };
      return false;
    }
    // A list that was asked for before this change doesn't know it.
    this.#asked += 1;
    this.all = this.all?.map((one) => (one.id === this.id ? outcome.value : one));
    this.saved = part;
    return true;
  }

  /** What was typed for a new name; undefined where nobody is renaming. */
  get typed(): string | undefined {
    return this.#typed.at(this.id);
  }

  startTyping(name: string): void {
    this.#typed.begin(this.id, name);
  }

  type(name: string): void {
    this.#typed.keep(this.id, name);
  }

  stopTyping(): void {
    this.#typed.drop(this.id);
    this.failed = undefined;
  }

  /** Saves the new name; it stays in its field until the device has it. */
  async rename(): Promise<boolean> {
    const name = this.typed;
    if (name === undefined || this.busy) {
      return false;
    }
    if (name.trim() === "") {
      this.failed = { part: "name", words: this.say.empties };
      return false;
    }
    const isSaved = await this.change("name", { name });
    if (isSaved && this.typed === name) {
      this.#typed.drop(this.id);
    }
    return isSaved;
  }

  async merge(into: string): Promise<void> {
    await this.#end("merge", async () => {
      const outcome = await mergePeople(this.#app.page.door, this.id, into);
      return outcome.ok ? { ok: true, value: () => this.#app.replace("person", outcome.value.id) } : outcome;
    });
  }

  async forget(): Promise<void> {
    await this.#end("forget", async () => {
      const outcome = await forgetPerson(this.#app.page.door, this.id);
      return outcome.ok ? { ok: true, value: () => this.#app.replace("people") } : outcome;
    });
  }

  async #end(part: Part, call: () => Promise<Awaited<ReturnType<typeof forgetPerson>> | { ok: true; value: () => void }>): Promise<void> {
    if (this.busy) {
      return;
    }
    this.busy = part;
    this.failed = undefined;
    const outcome = await call();
    this.busy = undefined;
    if (!outcome.ok) {
      this.failed = { part, words: explain(outcome.fault, this.#app.say) };
      return;
    }
    this.#typed.drop(this.id);
    outcome.value?.();
  }
}
