// How the person wants the app to be, as the device keeps it.

import { READ_MAX_MS, WRITE_MAX_MS } from "./calls";
import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import type { Setting } from "./gen/haven/v1/settings_pb";

export type { Setting };

export interface Look {
  readonly theme: "system" | "light" | "dark";
  /** In percent. */
  readonly textSize: number;
  /** What the tab and the app call themselves. */
  readonly name: "notes" | "haven";
  readonly quickExit: boolean;
  readonly lockHidden: boolean;
  readonly blur: boolean;
  readonly spellcheck: boolean;
}

/** What holds until the device has said something else, and where it can't. */
export const PLAIN: Look = {
  theme: "system",
  textSize: 100,
  name: "notes",
  quickExit: false,
  lockHidden: false,
  blur: false,
  spellcheck: false,
};

export async function readSettings(door: Door): Promise<Outcome<readonly Setting[]>> {
  const outcome = await attempt(() => door.settings.listSettings({}, { timeoutMs: READ_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.settings } : outcome;
}

export async function setSetting(door: Door, key: string, value: string): Promise<Outcome<Setting | undefined>> {
  const outcome = await attempt(() => door.settings.setSetting({ key, value }, { timeoutMs: WRITE_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.setting } : outcome;
}

export function lookOf(settings: readonly Setting[]): Look {
  const said = new Map(settings.map(({ key, value }) => [key, value]));
  const is = (key: string): boolean => said.get(key) === "true";
  const theme = said.get("app.theme");
  const size = Number(said.get("app.text_size"));
  return {
    theme: theme === "light" || theme === "dark" ? theme : "system",
    textSize: size >= 50 && size <= 300 ? size : PLAIN.textSize,
    name: said.get("app.name") === "haven" ? "haven" : "notes",
    quickExit: is("app.quick_exit"),
    lockHidden: is("app.lock_hidden"),
    blur: is("app.blur"),
    spellcheck: is("app.spellcheck"),
  };
}
