// Answers as values: made and read, without the wire's wrapping.

import { create } from "@bufbuild/protobuf";
import { ValueSchema, type Value } from "../gen/haven/v1/value_pb";
import { wellFormed } from "../text";

export type { Value };

/** No answer: the question is open. */
export const NOTHING: Value = create(ValueSchema);

/** What somebody answers who would rather not say. */
export const RATHER_NOT = "prefer-not-to-say";

export function text(words: string): Value {
  return create(ValueSchema, { kind: { case: "text", value: wellFormed(words) } });
}

export function truth(is: boolean): Value {
  return create(ValueSchema, { kind: { case: "truth", value: is } });
}

export function number(value: number): Value {
  return create(ValueSchema, { kind: { case: "number", value } });
}

/** Nothing, where there are no items. */
export function list(values: readonly Value[]): Value {
  return values.length === 0 ? NOTHING : create(ValueSchema, { kind: { case: "list", value: { values: [...values] } } });
}

export function map(values: Readonly<Record<string, Value>>): Value {
  return create(ValueSchema, { kind: { case: "map", value: { values: { ...values } } } });
}

/** A number where it is one, and else what was typed: the device says what would fit. */
export function typedNumber(typed: string): Value {
  const trimmed = typed.trim();
  return trimmed === "" ? NOTHING : /^-?\d+$/.test(trimmed) ? number(Number(trimmed)) : text(trimmed);
}

export function isNothing(value: Value | undefined): boolean {
  return value?.kind.case === undefined;
}

export function textOf(value: Value | undefined): string {
  return value?.kind.case === "text" ? value.kind.value : "";
}

export function truthOf(value: Value | undefined): boolean | undefined {
  return value?.kind.case === "truth" ? value.kind.value : undefined;
}

/** A number, or what was typed in place of one, as it stands in a field. */
export function shownOf(value: Value | undefined): string {
  return value?.kind.case === "number" ? String(value.kind.value) : textOf(value);
}

export function listOf(value: Value | undefined): readonly Value[] {
  return value?.kind.case === "list" ? value.kind.value.values : [];
}

export function partOf(value: Value | undefined, name: string): Value | undefined {
  return value?.kind.case === "map" && Object.hasOwn(value.kind.value.values, name) ? value.kind.value.values[name] : undefined;
}

/** Whether two answers say the same. */
export function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return toldOf(one) === toldOf(other);
}

/** An answer as one string: the same for the same answers. */
export function toldOf(value: Value | undefined): string {
  return JSON.stringify(plain(value ?? NOTHING));
}

function plain({ kind }: Value): unknown {
  switch (kind.case) {
    case undefined:
      return null;
    case "list":
      return kind.value.values.map(plain);
    case "map":
      return Object.entries(kind.value.values)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, value]) => [name, plain(value)]);
    default:
      return kind.value;
  }
}
