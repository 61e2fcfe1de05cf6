// In which words versions of an entry differ. The device compares; here it's only laid out.

import { READ_MAX_MS } from "./calls";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { ComparedPartKind, ComparedSide, JournalService, type ComparedLine, type ComparedPart } from "./gen/haven/v1/journal_pb";

export { ComparedPartKind as PartKind, ComparedSide as Side };
export type { ComparedLine, ComparedPart };

/** Words in a row, and whether they are what differs. */
export interface Piece {
  readonly text: string;
  readonly differs: boolean;
}

/** What `version` says otherwise than `base`; an empty base is an empty page. */
export async function compare(door: Door, id: string, base: string, version: string): Promise<Outcome<readonly ComparedPart[]>> {
  const request = { id, baseVersion: base, version };
  const outcome = await attempt(() => door.client(JournalService).compareVersions(request, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.parts } : outcome;
}

/** The paragraphs of a part as one of the two versions has them. */
export function sideOf(lines: readonly ComparedLine[], side: ComparedSide.BASE | ComparedSide.VERSION): Piece[][] {
  const is = (its: ComparedSide): boolean => its === ComparedSide.BOTH || its === side;
  return lines
    .filter((line) => is(line.side))
    .map(({ spans }) => spans.filter((span) => is(span.side)).map((span) => ({ text: span.text, differs: span.side === side })));
}

/** One text with the marks of several comparisons: what differs in any of them differs. */
export function together(marked: readonly (readonly Piece[])[]): Piece[] {
  const cuts = new Set<number>();
  const spans = marked.map((pieces) => {
    let at = 0;
    return pieces.map(({ text, differs }) => {
      const span = { from: at, to: (at += text.length), differs };
      cuts.add(span.from).add(span.to);
      return span;
    });
  });
  const text = marked[0]?.map((piece) => piece.text).join("") ?? "";
  const ends = [...cuts].sort((one, other) => one - other);
  return ends.slice(1).map((to, index) => {
    const from = ends[index] ?? 0;
    return { text: text.slice(from, to), differs: spans.some((of) => of.some((span) => span.differs && span.from <= from && to <= span.to)) };
  });
}

/** A paragraph, or a run of paragraphs far from any difference that are folded. */
export type Fold<T> = { readonly line: T } | { readonly folded: readonly T[] };

/** Folds the paragraphs in which nothing differs, but for those beside one that does. */
export function fold<T>(lines: readonly T[], differs: (line: T) => boolean): Fold<T>[] {
  const near = lines.map((_, at) => lines.slice(Math.max(0, at - 1), at + 2).some(differs));
  const folds: Fold<T>[] = [];
  let run: T[] = [];
  const end = (): void => {
    folds.push(...(run.length > 1 ? [{ folded: run }] : run.map((line) => ({ line }))));
    run = [];
  };
  lines.forEach((line, at) => {
    if (near[at]) {
      end();
      folds.push({ line });
    } else {
      run.push(line);
    }
  });
  end();
  return folds;
}
