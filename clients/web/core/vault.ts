// The beginning of a journal, and the passphrase of this device.

import type { Door } from "./door";
import { attempt, faultIn, type Fault, type Outcome } from "./fault";

/** Deriving the key takes half a second here and ten on an old machine; a server may have to be reached as well. */
const DERIVE_MAX_MS = 90_000;
const CALL_MAX_MS = 10_000;

/** How a journal is to begin. */
export interface Plan {
  readonly deviceName: string;
  readonly passphrase: string;
  /** Both empty for a journal that stays on this device. */
  readonly serverUrl: string;
  readonly invite: string;
}

/** A journal that was made. */
export interface Made {
  /** The code of the recovery kit, which exists nowhere else. */
  readonly kit: string;
  /** What failed afterwards; the journal stands all the same. */
  readonly failed: Fault | undefined;
}

export async function begin(door: Door, plan: Plan): Promise<Outcome<Made>> {
  const outcome = await attempt(() => door.vault.init({ ...plan }, { timeoutMs: DERIVE_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { kit, failed } = outcome.value;
  return { ok: true, value: { kit, failed: failed ? faultIn(failed) : undefined } };
}

/** Whether a new passphrase may be taken, as the device judges it, and how hard it is to guess, in its words. */
export async function checkPassphrase(door: Door, passphrase: string): Promise<Outcome<string>> {
  const outcome = await attempt(() => door.vault.checkPassphrase({ passphrase }, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.strength } : outcome;
}

/** One that the device makes up. */
export async function suggestPassphrase(door: Door): Promise<Outcome<string>> {
  const outcome = await attempt(() => door.vault.suggestPassphrase({}, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.passphrase } : outcome;
}

/** Also of a locked journal, which stays locked. */
export function changePassphrase(door: Door, oldPassphrase: string, newPassphrase: string): Promise<Outcome<unknown>> {
  const request = { oldPassphrase, newPassphrase };
  return attempt<unknown>(() => door.vault.changePassphrase(request, { timeoutMs: DERIVE_MAX_MS }));
}
