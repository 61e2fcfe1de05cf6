// What stands over a page: the title of what is walked through, and whom it is about.

import type { Walk } from "../../core/walk/walk";

export function stepOf(walk: Walk): { readonly title: string; readonly people: string } {
  const people = (walk.subject?.people ?? []).map(({ name }) => name);
  return { title: walk.subject?.title ?? "", people: people.join(", ") };
}
