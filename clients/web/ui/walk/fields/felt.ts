// Feelings that are chosen, from an answer and back; and the words on offer in their groups.

import { list, listOf, map, partOf, shownOf, text, textOf, typedNumber, type Value } from "../../../core/walk/value";
import type { FieldOption } from "../../../core/walk/walk";

export interface Felt {
  readonly name: string;
  readonly label: string;
  /** As it is typed or chosen; empty until then. */
  readonly strength: string;
}

export interface Group {
  /** What stands over it; empty where words stand by themselves. */
  readonly name: string;
  readonly options: readonly FieldOption[];
}

export function feltOf(answer: Value, options: readonly FieldOption[]): readonly Felt[] {
  return listOf(answer).map((item) => {
    const name = textOf(partOf(item, "name"));
    const label = options.find(({ id }) => id === name)?.label ?? name;
    return { name, label, strength: shownOf(partOf(item, "strength")) };
  });
}

export function answerOf(felt: readonly Felt[]): Value {
  const item = ({ name, strength }: Felt): Value => map(strength === "" ? { name: text(name) } : { name: text(name), strength: typedNumber(strength) });
  return list(felt.map(item));
}

export function groupsOf(options: readonly FieldOption[]): readonly Group[] {
  const names = [...new Set(options.map(({ group }) => group))];
  return names.map((name) => ({ name, options: options.filter(({ group }) => group === name) }));
}

/** The word on offer that somebody wrote as their own, if there is one. */
export function offeredAs(word: string, options: readonly FieldOption[]): FieldOption | undefined {
  const same = word.trim().toLocaleLowerCase();
  return options.find(({ id, label }) => id === same || label.toLocaleLowerCase() === same);
}
