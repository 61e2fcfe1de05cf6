// Where and when the person is, for what the device says to them.

import { today } from "../../core/day";
import type { Here } from "../../core/walk/walk";
import type { App } from "../app.svelte";

export function hereOf(app: App): Here {
  const chosen = app.settings.find(({ key }) => key === "help.country")?.value ?? "";
  // Never a guess: a text that names a number nobody can call there is worse than one that names none.
  return { country: chosen, today: today(new Date()) };
}
