// A view made ready: what's drawn, the same as tables, and the sentences that stand beside neither.

import type { PatternWords } from "../messages/patterns";
import { isView, type Told, type View } from "./ask";
import type { Format } from "./format";
import { momentsOf, type Moments } from "./moments";
import { beliefsOf, comparedOf, type Beliefs, type Compared } from "./pairs";
import { resultsOf, tiesOf, type Results, type Ties } from "./results";
import { agreementsOf, monthsOf, signsOf, trailsOf, type Agreement, type Month, type Series, type Trail } from "./shapes";
import { Tables, type Table } from "./tables";

export type Drawn =
  | { readonly view: "plane"; readonly trails: readonly Trail[] }
  | { readonly view: "before-after"; readonly compared: readonly Compared[] }
  | { readonly view: "triggers"; readonly moments: Moments }
  | { readonly view: "belief"; readonly beliefs: Beliefs }
  | { readonly view: "signs"; readonly signs: readonly Series[] }
  | { readonly view: "people"; readonly ties: Ties }
  | { readonly view: "homework"; readonly agreements: readonly Agreement[] }
  | { readonly view: "measures"; readonly results: readonly Results[] }
  | { readonly view: "days"; readonly months: readonly Month[] };

export interface Pattern {
  /** Undefined for a view that this page doesn't know: its sentences are all there is. */
  readonly drawn: Drawn | undefined;
  readonly tables: readonly Table[];
  /** Sentences that belong to the whole. */
  readonly says: readonly string[];
}

type Made = readonly [Drawn, readonly Table[], readonly { readonly says: readonly string[] }[]];

export function patternOf(told: Told, say: PatternWords, format: Format): Pattern {
  if (!isView(told.view)) {
    return { drawn: undefined, tables: [], says: told.says };
  }
  const [drawn, tables, parts] = makers[told.view](told, new Tables(say, format), say);
  const beside = new Set(parts.flatMap(({ says }) => says));
  // A sentence that stands beside its own picture isn't said twice. The whole names its part before it: "A kind word: …".
  const isBeside = (line: string): boolean => beside.has(line) || [...beside].some((said) => line.endsWith(`: ${said}`));
  return { drawn, tables: tables.filter(({ rows }) => rows.length > 0), says: told.says.filter((line) => !isBeside(line)) };
}

const makers: Readonly<Record<View, (told: Told, tables: Tables, say: PatternWords) => Made>> = {
  plane: ({ data }, tables) => {
    const trails = trailsOf(data).filter(({ points }) => points.length > 0);
    return [{ view: "plane", trails }, trails.map((trail) => tables.trail(trail)), trails];
  },
  "before-after": ({ data }, tables) => {
    const compared = comparedOf(data).filter(({ lines }) => lines.length > 0);
    return [{ view: "before-after", compared }, tables.compared(compared), compared];
  },
  triggers: ({ data }, tables) => {
    const moments = momentsOf(data);
    return [{ view: "triggers", moments }, tables.moments(moments), [...moments.months, ...moments.together]];
  },
  belief: ({ data }, tables) => {
    const beliefs = beliefsOf(data);
    return [{ view: "belief", beliefs }, tables.beliefs(beliefs), [...beliefs.beliefs, ...beliefs.ranges]];
  },
  signs: ({ data }, tables, say) => {
    const signs = signsOf(data).filter(({ points }) => points.length > 0);
    return [{ view: "signs", signs }, [tables.series("signs", say.names.signs, signs)], signs];
  },
  people: ({ data }, tables) => {
    const ties = tiesOf(data);
    return [{ view: "people", ties }, tables.ties(ties), ties.answered];
  },
  homework: ({ data }, tables) => {
    const agreements = agreementsOf(data);
    return [{ view: "homework", agreements }, [tables.agreements(agreements)], []];
  },
  measures: ({ data, says }, tables) => {
    const results = resultsOf(data, says);
    return [{ view: "measures", results }, tables.results(results), results.flatMap((one) => [one, ...one.series])];
  },
  days: ({ data }, tables) => {
    const months = monthsOf(data);
    return [{ view: "days", months }, [tables.days(months)], []];
  },
};
