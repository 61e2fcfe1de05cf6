// Whether a recovery kit is still the one, and a new one in its place.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { KitService } from "./gen/haven/v1/kit_pb";

const CALL_MAX_MS = 10_000;

/** A new kit derives a key and asks the server. */
const RENEW_MAX_MS = 90_000;

/** What a code turned out to be. `unsure` is the journal's as far as this device knows, `unknown` isn't as far as it knows. */
export type Verdict = "valid" | "unsure" | "replaced" | "foreign" | "unknown";

/** The code of a kit that counts only once it's been put in the old one's place. */
export async function draftKit(door: Door): Promise<Outcome<string>> {
  const outcome = await attempt(() => door.client(KitService).draftKit({}, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.code } : outcome;
}

export async function verifyKit(door: Door, code: string): Promise<Outcome<Verdict>> {
  const outcome = await attempt(() => door.client(KitService).verifyKit({ code }, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: verdictOf(outcome.value.valid, outcome.value.replaced) } : outcome;
}

export function renewKit(door: Door, passphrase: string, code: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(KitService).renewKit({ passphrase, code }, { timeoutMs: RENEW_MAX_MS }));
}

/** `isReplaced` is absent where only the server could tell, and it wasn't heard out. */
export function verdictOf(isValid: boolean, isReplaced: boolean | undefined): Verdict {
  if (isReplaced === true) {
    return "replaced";
  }
  if (isValid) {
    return isReplaced === undefined ? "unsure" : "valid";
  }
  return isReplaced === undefined ? "unknown" : "foreign";
}
