// Moments that were logged: counts by month, and what came together.

import { isTrue, number, record, records, text, texts, type Data } from "./read";

export interface Count {
  readonly label: string;
  /** With whom; empty where nobody was named. */
  readonly name: string;
  readonly count: number;
}

export interface MomentMonth {
  readonly month: string;
  /** Whether the month before it is the one above. */
  readonly joined: boolean;
  readonly counts: readonly Count[];
  readonly says: readonly string[];
}

export interface Share {
  readonly had: number;
  readonly of: number;
}

export interface Together {
  readonly label: string;
  readonly name: string;
  readonly with: Share;
  readonly without: Share;
  readonly says: readonly string[];
}

export interface Moments {
  readonly months: readonly MomentMonth[];
  readonly together: readonly Together[];
}

export function momentsOf(data: Data): Moments {
  const months = records(data, "months").map((month) => ({
    month: text(month, "month"),
    joined: isTrue(month, "joined"),
    counts: records(month, "counts").map((it) => ({
      label: text(it, "label") || text(it, "urge"),
      name: text(it, "name"),
      count: number(it, "count") ?? 0,
    })),
    says: texts(month, "says"),
  }));
  const together = records(data, "together").map((it) => ({
    label: text(it, "label") || text(it, "urge"),
    name: text(it, "name"),
    with: share(it.with),
    without: share(it.without),
    says: texts(it, "says"),
  }));
  return { months, together };
}

function share(value: unknown): Share {
  const data = record(value);
  return { had: number(data, "had") ?? 0, of: number(data, "of") ?? 0 };
}
