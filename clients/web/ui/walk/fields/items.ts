// The rows of a list, from an answer and back.

import { list, listOf, map, NOTHING, partOf, shownOf, text, textOf, typedNumber, type Value } from "../../../core/walk/value";

export interface Row {
  words: string;
  /** As it is typed; empty where it has none. */
  weight: string;
}

/** One row at least, to write on. */
export function rowsOf(answer: Value): Row[] {
  const rows = listOf(answer).map((item) =>
    item.kind.case === "map" ? { words: textOf(partOf(item, "text")), weight: shownOf(partOf(item, "weight")) } : { words: textOf(item), weight: "" },
  );
  return rows.length > 0 ? rows : [{ words: "", weight: "" }];
}

/** A row without words is no item. */
export function answerOf(rows: readonly Row[]): Value {
  const items = rows.filter(({ words }) => words.trim() !== "");
  return items.length > 0 ? list(items.map(itemOf)) : NOTHING;
}

function itemOf({ words, weight }: Row): Value {
  const said = text(words.trim());
  return weight.trim() === "" ? said : map({ text: said, weight: typedNumber(weight) });
}
