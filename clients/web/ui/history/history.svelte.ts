// The versions of an entry: read when somebody looks at one, and gone back to by a new one.

import { compare, type ComparedPart } from "../../core/compare";
import { readEntry, readHistory, restore, type EntryVersion, type Read } from "../../core/entry";
import { explain, words } from "../../core/messages";
import { versions as spoken } from "../../core/messages/versions";
import type { App } from "../app.svelte";

export class History {
  versions: readonly EntryVersion[] | undefined = $state.raw();
  /** The entry as it is, for its name and for which version is the present one. */
  now: Read | undefined = $state.raw();
  /** The version that's looked at. */
  open = $state("");
  changes: readonly ComparedPart[] | undefined = $state.raw();
  whole: Read | undefined = $state.raw();
  isBusy = $state(false);
  trouble = $state("");
  news = $state("");
  readonly id: string;
  readonly #app: App;
  #turn = 0;

  constructor(app: App, id: string) {
    this.#app = app;
    this.id = id;
  }

  async load(): Promise<void> {
    const { door } = this.#app.page;
    const listed = await readHistory(door, this.id);
    const now = await readEntry(door, this.id);
    this.trouble = [listed, now].map((it) => (it.ok ? "" : explain(it.fault, this.#app.say))).find((words) => words !== "") ?? "";
    if (listed.ok && now.ok) {
      this.versions = listed.value;
      this.now = now.value;
    }
  }

  /** Shows one version, or none again. */
  async turn(version: EntryVersion): Promise<void> {
    const turn = (this.#turn += 1);
    this.open = this.open === version.version ? "" : version.version;
    this.changes = this.whole = undefined;
    this.news = "";
    if (this.open === "") {
      return;
    }
    const { door } = this.#app.page;
    const isFirst = version.baseVersion === "";
    const changed = isFirst ? undefined : await compare(door, this.id, version.baseVersion, version.version);
    const whole = await readEntry(door, this.id, version.version);
    if (turn !== this.#turn) {
      return;
    }
    this.trouble = [changed, whole].map((it) => (it && !it.ok ? explain(it.fault, this.#app.say) : "")).find((words) => words !== "") ?? "";
    this.changes = changed?.ok ? changed.value : undefined;
    this.whole = whole.ok ? whole.value : undefined;
  }

  async restore(version: string): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    const outcome = await restore(this.#app.page.door, this.id, version);
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    if (outcome.ok) {
      this.open = "";
      this.news = words(this.#app.say, spoken).history.restored;
      await this.load();
    }
  }
}
