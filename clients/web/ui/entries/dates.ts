// The app's dates, in the person's own way of writing them where the words around are in the same language.

import { Dates } from "../../core/civil";
import type { App } from "../app.svelte";

const made = new WeakMap<App, Dates>();

export function datesOf(app: App): Dates {
  const spoken = app.languages.filter((language) => language.startsWith(app.say.language));
  const dates = made.get(app) ?? new Dates(spoken.length > 0 ? spoken : [app.say.language]);
  made.set(app, dates);
  return dates;
}
