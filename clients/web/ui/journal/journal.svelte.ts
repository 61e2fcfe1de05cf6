// What the journal shows: kept for as long as it's open, so that whoever comes back from an entry finds it as it was. Nothing of it
// outlives a lock.

import { SvelteSet } from "svelte/reactivity";
import { monthOf } from "../../core/civil";
import { today } from "../../core/day";
import { ALL, choices, find, isWhole, PAGE, SINGLE, type By, type Choice, type Filter, type Found } from "../../core/journal";
import { Reason, type Fault } from "../../core/fault";
import { explain, explainWhy } from "../../core/messages";
import type { App } from "../app.svelte";
import { Calendar } from "./calendar.svelte";

/** How long after a letter the search begins: letters that come together are one search. A device answers in some milliseconds,
 * and an answer that's overtaken is dropped, so there's nothing to wait for. */
const PAUSE_MS = 30;

export class Journal {
  /** As it stands in the field; what was found answers an earlier one perhaps. */
  query = $state("");
  filter: Filter = $state.raw(ALL);
  /** The last answer; undefined until there's one. */
  found: Found | undefined = $state.raw();
  isBusy = $state(false);
  trouble = $state("");
  /** What a search that isn't finished lacks: said without alarm, since somebody may still be typing. */
  hint = $state("");
  /** Who may be meant by the name in such a search. */
  meant: readonly string[] = $state.raw([]);
  /** Entries whose blurred words were uncovered. */
  readonly shown = new SvelteSet<string>();
  readonly calendar: Calendar;
  /** How far down the list somebody was, and the entry that they opened. */
  scroll = 0;
  opened = "";
  readonly #app: App;
  #asking = new AbortController();
  #stopPause = (): void => {};
  /** Of which state of the journal the answer is. */
  #revision: bigint | undefined;

  constructor(app: App) {
    this.#app = app;
    this.calendar = new Calendar(app, monthOf(today(new Date())));
  }

  get isNarrowed(): boolean {
    return !isWhole(this);
  }

  /** Somebody types: the search waits for a pause. */
  type(query: string): void {
    this.query = query;
    this.#stopPause();
    this.#stopPause = this.#app.clock.after(PAUSE_MS, () => void this.ask());
  }

  choose(by: By, choice: Choice): void {
    const others = this.filter[by].filter(({ id }) => id !== choice.id);
    const isChosen = others.length < this.filter[by].length;
    const kept = SINGLE.has(by) ? [] : others;
    this.narrow({ ...this.filter, [by]: isChosen ? others : [...kept, choice] });
  }

  narrow(filter: Filter, query = this.query): void {
    this.filter = filter;
    this.query = query;
    void this.ask();
  }

  /** Shows all that is about somebody, as a link to it asks. Whoever isn't there any more narrows nothing. */
  async about(person: string): Promise<void> {
    const people = await choices(this.#app.page.door, "person");
    const choice = people.ok ? people.value.find(({ id }) => id === person) : undefined;
    if (choice) {
      this.scroll = 0;
      this.narrow({ ...ALL, person: [choice] }, "");
    } else if (!people.ok) {
      this.trouble = explain(people.fault, this.#app.say);
    }
  }

  /** Asks for what the journal was told of, unless that's what is shown already. */
  follow(revision: bigint | undefined): void {
    if (!this.found || revision !== this.#revision) {
      this.#revision = revision;
      void this.ask(this.found?.lines.length);
      void this.calendar.read();
    }
  }

  /** Asks anew, for as many as were shown at least. A later question is the one whose answer counts. */
  async ask(many = PAGE): Promise<void> {
    this.#stopPause();
    await this.#find({ query: this.query, filter: this.filter, lines: [], next: "", total: 0, near: [] }, many);
  }

  /** Goes on to earlier entries. */
  async earlier(): Promise<void> {
    if (this.found && !this.isBusy) {
      await this.#find(this.found, this.found.lines.length + PAGE);
    }
  }

  /** Nothing of it stays. */
  forget(): void {
    this.#stopPause();
    this.#asking.abort();
    this.query = this.trouble = this.hint = this.opened = "";
    this.meant = [];
    this.filter = ALL;
    this.found = undefined;
    this.scroll = 0;
    this.shown.clear();
    this.calendar.forget();
  }

  /** Says who was meant, perhaps, by a name that fits several or nobody: the device names them by their ids. */
  async #name({ candidates = [] }: Fault, signal: AbortSignal): Promise<void> {
    this.meant = [];
    if (this.hint === "" || candidates.length === 0) {
      return;
    }
    const people = await choices(this.#app.page.door, "person");
    if (people.ok && !signal.aborted) {
      this.meant = people.value.filter(({ id }) => candidates.includes(id)).map(({ name }) => name);
    }
  }

  async #find(start: Found, many: number): Promise<void> {
    this.#asking.abort();
    const asking = (this.#asking = new AbortController());
    this.isBusy = true;
    let found = start;
    do {
      const outcome = await find(this.#app.page.door, { query: start.query, filter: start.filter, page: found.next, signal: asking.signal });
      if (asking.signal.aborted) {
        return;
      }
      if (!outcome.ok) {
        this.isBusy = false;
        const isUnfinished = outcome.fault.reason === Reason.INVALID_ARGUMENT && start.query.trim() !== "";
        this.hint = isUnfinished ? explainWhy(outcome.fault, this.#app.say) : "";
        this.trouble = isUnfinished ? "" : explain(outcome.fault, this.#app.say);
        await this.#name(outcome.fault, asking.signal);
        return;
      }
      const known = new Set(found.lines.map(({ entry }) => entry.id));
      const lines = [...found.lines, ...outcome.value.lines.filter(({ entry }) => !known.has(entry.id))];
      found = { ...outcome.value, lines };
    } while (found.next !== "" && found.lines.length < many);
    this.isBusy = false;
    this.trouble = this.hint = "";
    this.meant = [];
    this.found = found;
  }
}

const journals = new WeakMap<App, Journal>();

/** The journal of this page; forgotten whenever it isn't open. */
export function journalOf(app: App): Journal {
  const known = journals.get(app);
  if (known) {
    return known;
  }
  const journal = new Journal(app);
  journals.set(app, journal);
  app.whenClosed(() => journal.forget());
  return journal;
}
