// What each choice between edits that met does, in words. The device says in which parts a side differs and where it only takes away.

import { MetPartKind, type EntryVersion } from "../entry";

const list = new Intl.ListFormat("en");

/** Several things in a sentence, each once. */
function listed(things: readonly string[]): string {
  return list.format(new Set(things));
}

/** What keeping one version does. The one that's shown in the journal already changes nothing. */
export function effectOfOne(side: EntryVersion, isShown: boolean): string {
  const trash = side.metParts.find(({ kind }) => kind === MetPartKind.TRASH);
  const parts = side.metParts.filter(({ kind }) => kind !== MetPartKind.TRASH);
  if (isShown) {
    return `is the one your journal shows now, and stays as it is${trash && !trash.takesAway ? ", out of the trash" : ""}`;
  }
  const taken = listed(parts.filter(({ takesAway }) => !takesAway).map(({ kind }) => named[kind]));
  return listed([
    ...(taken ? [`uses ${taken}`] : []),
    ...(parts.some(({ takesAway }) => takesAway) ? ["leaves out what only the other version has (it stays in the history)"] : []),
    ...(trash ? [trash.takesAway ? "puts the entry into the trash" : "keeps it out of the trash"] : []),
  ]);
}

/** What keeping all versions does. */
export function effectOfAll(sides: readonly EntryVersion[]): string {
  const parts = sides.flatMap(({ metParts }) => metParts);
  const has = (kind: MetPartKind): boolean => parts.some((part) => part.kind === kind);
  const texts = parts.filter(({ kind, takesAway }) => kind === MetPartKind.TEXT && !takesAway).length;
  const all = sides.length > 2 ? "all" : "both";
  const text = texts > 1 ? `keeps ${all} texts, one after the other where they differ` : "keeps all that was changed in the text, and takes nothing away";
  return listed([
    ...(has(MetPartKind.TEXT) ? [text] : []),
    ...(has(MetPartKind.TITLE) ? [`puts ${all} titles side by side`] : []),
    ...(has(MetPartKind.TIME) ? ["keeps the date that your journal shows now"] : []),
    ...(has(MetPartKind.ANSWER) ? ["keeps answers in your own words one after the other, and other answers as your journal shows them now"] : []),
    ...(has(MetPartKind.TRASH) ? ["keeps the entry out of the trash"] : []),
  ]);
}

/** What to edit instead of choosing; empty where editing settles nothing. */
export function toEdit(sides: readonly EntryVersion[]): string {
  const kinds = new Set(sides.flatMap(({ metParts }) => metParts.map(({ kind }) => kind)));
  const words = ([[MetPartKind.TEXT, "text"], [MetPartKind.TITLE, "title"], [MetPartKind.TIME, "date"]] as const).filter(([kind]) => kinds.has(kind));
  if (words.length > 0) {
    return `Or edit its ${listed(words.map(([, word]) => word))}: what you write replaces both versions, on all your devices.`;
  }
  return kinds.has(MetPartKind.TRASH) ? "Or go on writing in it: then it stays, on all your devices." : "";
}

const named: Record<MetPartKind, string> = {
  [MetPartKind.UNSPECIFIED]: "",
  [MetPartKind.TITLE]: "this title",
  [MetPartKind.TEXT]: "this text",
  [MetPartKind.TIME]: "this date",
  [MetPartKind.ANSWER]: "these answers",
  [MetPartKind.TRASH]: "",
};
