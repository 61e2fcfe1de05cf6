// Edits that met: read side by side, and settled when somebody says how. Until then nothing is chosen, however often it's looked at.

import { compare, PartKind, Side, sideOf, together, type ComparedPart, type Piece } from "../../core/compare";
import { MetPartKind, readEntry, settle, type EntryVersion, type Read } from "../../core/entry";
import { explain } from "../../core/messages";
import type { App } from "../app.svelte";

/** A part of a side, paragraph by paragraph. */
export interface SidePart {
  readonly part: ComparedPart;
  readonly lines: readonly (readonly Piece[])[];
}

export interface MetSide {
  readonly version: EntryVersion;
  readonly parts: readonly SidePart[];
}

/** What a choice can be about. Tags and people come together by themselves. */
const MET: Readonly<Partial<Record<PartKind, MetPartKind>>> = {
  [PartKind.TITLE]: MetPartKind.TITLE,
  [PartKind.TEXT]: MetPartKind.TEXT,
  [PartKind.TIME]: MetPartKind.TIME,
  [PartKind.ANSWER]: MetPartKind.ANSWER,
  [PartKind.TRASH]: MetPartKind.TRASH,
};

export class Met {
  read: Read | undefined = $state.raw();
  /** The one that the journal shows comes first; undefined until they're read. */
  sides: readonly MetSide[] | undefined = $state.raw();
  isBusy = $state(false);
  trouble = $state("");
  readonly id: string;
  readonly #app: App;
  #turn = 0;

  constructor(app: App, id: string) {
    this.#app = app;
    this.id = id;
  }

  async load(): Promise<void> {
    const turn = (this.#turn += 1);
    const { door } = this.#app.page;
    const read = await readEntry(door, this.id);
    const [shown, ...others] = read.ok ? (read.value?.met ?? []) : [];
    const compared = await Promise.all(others.map((other) => compare(door, this.id, shown?.version ?? "", other.version)));
    if (turn !== this.#turn) {
      return;
    }
    this.trouble = [read, ...compared].map((it) => (it.ok ? "" : explain(it.fault, this.#app.say))).find((words) => words !== "") ?? "";
    if (this.trouble === "" && read.ok) {
      this.read = read.value;
      this.sides = shown ? laidOut([shown, ...others], compared.map((it) => (it.ok ? it.value : []))) : [];
    }
  }

  /** Keeps one version, or all of them; whether that's done. */
  async keep(version: string | undefined): Promise<boolean> {
    if (this.isBusy) {
      return false;
    }
    this.isBusy = true;
    const outcome = await settle(this.#app.page.door, this.id, version);
    this.isBusy = false;
    this.trouble = outcome.ok ? "" : explain(outcome.fault, this.#app.say);
    return outcome.ok;
  }
}

/** Each side with all the parts that a choice is about, as the device says. The first was compared with every other. */
export function laidOut(versions: readonly EntryVersion[], compared: readonly (readonly ComparedPart[])[]): MetSide[] {
  const met = versions.flatMap(({ metParts }) => metParts);
  const isMet = (part: ComparedPart): boolean => met.some(({ kind, field }) => kind === MET[part.kind] && field === part.field);
  const chosen = compared.map((parts) => parts.filter(isMet));
  const all = new Map(chosen.flat().map((part) => [keyOf(part), part]));
  const parts = [...all.values()];
  const of = (at: number, key: string): ComparedPart | undefined => chosen[at]?.find((part) => keyOf(part) === key);
  return versions.map((version, at) => ({
    version,
    parts: parts.map((part) => {
      const own = at === 0 ? undefined : of(at - 1, keyOf(part));
      return { part, lines: own ? sideOf(own.lines, Side.VERSION) : first(part, chosen, at > 0) };
    }),
  }));
}

/** A part as the first side has it: marked where any other differs, or plain for a side that says the same. */
function first(part: ComparedPart, compared: readonly (readonly ComparedPart[])[], isPlain: boolean): Piece[][] {
  const readings = compared.flat().filter((other) => keyOf(other) === keyOf(part)).map(({ lines }) => sideOf(lines, Side.BASE));
  const paragraphs = readings[0] ?? [];
  return paragraphs.map((_, at) => together(readings.map((reading) => reading[at] ?? []))).map((pieces) =>
    isPlain ? pieces.map(({ text }) => ({ text, differs: false })) : pieces,
  );
}

function keyOf({ kind, field }: ComparedPart): string {
  return `${kind} ${field}`;
}
