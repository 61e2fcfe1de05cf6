// Names that were typed and that the device doesn't have yet. They live as long as the page, also across a lock, so that nobody types
// one twice. Nothing but the person's own word brings one home: half a name is no name.

import type { Holder } from "../../core/holders";
import type { App } from "../app.svelte";

interface Kept {
  readonly name: string;
  /** What stood there when the typing began. */
  readonly before: string;
}

export class Typed implements Holder {
  #names: Readonly<Record<string, Kept>> = $state.raw({});

  get isDirty(): boolean {
    return Object.values(this.#names).some(({ name, before }) => name.trim() !== "" && name !== before);
  }

  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** What was typed at a place: "new", or the id of whom it renames; undefined where nothing was begun. */
  at(place: string): string | undefined {
    return this.#names[place]?.name;
  }

  /** Begins to type at a place, where this stands so far. */
  begin(place: string, before: string): void {
    this.#names = { ...this.#names, [place]: { name: before, before } };
  }

  keep(place: string, name: string): void {
    this.#names = { ...this.#names, [place]: { name, before: this.#names[place]?.before ?? "" } };
  }

  drop(place: string): void {
    const { [place]: _, ...rest } = this.#names;
    this.#names = rest;
  }
}

const all = new WeakMap<App, Typed>();

export function typedIn(app: App): Typed {
  const known = all.get(app);
  if (known) {
    return known;
  }
  const typed = new Typed();
  app.holders.add(typed);
  all.set(app, typed);
  return typed;
}
