// The list of people, and somebody being added to it.

import { explain, words } from "../../core/messages";
import { people, type PeopleWords } from "../../core/messages/people";
import { addPerson, CIRCLES, isNamesake, listPeople, type Person } from "../../core/people";
import type { App } from "../app.svelte";
import { typedIn, type Typed } from "./typed.svelte";

/** Where the name of somebody new is kept while it's typed. */
const NEW = "new";

export interface Ring {
  readonly circle: string;
  readonly people: readonly Person[];
}

/** The people by circle, the closest first, and whoever isn't placed last. */
export function ringsOf(all: readonly Person[]): readonly Ring[] {
  const known: readonly string[] = CIRCLES;
  const others = all.map(({ circle }) => circle).filter((circle) => !known.includes(circle));
  const order = [...known.slice(0, -1), ...new Set(others), ""];
  return order.map((circle) => ({ circle, people: all.filter((person) => person.circle === circle) })).filter((ring) => ring.people.length > 0);
}

export class People {
  /** Undefined until the device has answered. */
  all: readonly Person[] | undefined = $state.raw();
  trouble = $state("");
  readonly say: PeopleWords;
  readonly rings: readonly Ring[] = $derived(ringsOf(this.all ?? []));
  readonly #app: App;
  #asked = 0;

  constructor(app: App) {
    this.#app = app;
    this.say = words(app.say, people);
  }

  async read(): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    const outcome = await listPeople(this.#app.page.door);
    if (asked !== this.#asked) {
      return;
    }
    this.all = outcome.ok ? outcome.value : this.all;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
  }
}

/** Somebody being added. */
export class Adding {
  isBusy = $state(false);
  trouble = $state("");
  /** Whether somebody has the same name in other capitals, and it has to be said whether this is them. */
  isAsking = $state(false);
  /** Who that is, where the device says so. */
  #namesake: string | undefined;
  readonly #app: App;
  readonly #say: PeopleWords;
  readonly #typed: Typed;

  constructor(app: App) {
    this.#app = app;
    this.#say = words(app.say, people);
    this.#typed = typedIn(app);
  }

  get isOpen(): boolean {
    return this.#typed.at(NEW) !== undefined;
  }

  get name(): string {
    return this.#typed.at(NEW) ?? "";
  }

  set name(name: string) {
    this.#typed.keep(NEW, name);
    this.isAsking = false;
  }

  open(): void {
    this.#typed.begin(NEW, "");
  }

  cancel(): void {
    this.#typed.drop(NEW);
    this.trouble = "";
    this.isAsking = false;
  }

  /** It's whoever has that name already: there is nobody to add. */
  isSame(): void {
    const namesake = this.#namesake;
    this.cancel();
    if (namesake) {
      this.#app.go("person", namesake);
    }
  }

  /** Adds them and goes to them; the name stays in the field until the device has it. */
  async add(anew: boolean): Promise<void> {
    if (this.isBusy) {
      return;
    }
    if (this.name.trim() === "") {
      this.trouble = this.#say.empties;
      return;
    }
    this.isBusy = true;
    this.trouble = "";
    const sent = this.name;
    const outcome = await addPerson(this.#app.page.door, sent, anew);
    this.isBusy = false;
    if (outcome.ok) {
      // Somebody may have typed on while the device was busy: that is another name.
      if (this.name === sent) {
        this.cancel();
      }
      this.#app.go("person", outcome.value.person.id, ...(outcome.value.known ? ["known"] : []));
    } else if (isNamesake(outcome.fault)) {
      this.isAsking = true;
      this.#namesake = outcome.fault.candidates?.[0];
    } else {
      this.trouble = explain(outcome.fault, this.#app.say);
    }
  }
}
