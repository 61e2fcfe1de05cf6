// What plug-ins and other pages may do on this device.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { Scope, type Grant as Told } from "./gen/haven/v1/grants_pb";

const CALL_MAX_MS = 10_000;

/** What a grant can allow, in the order it's shown. */
export const SCOPES = ["read", "write", "practice", "share", "devices", "admin"] as const;

/** What can be given to a plug-in today: sharing comes later. */
export const GIVEN = ["read", "write", "practice", "devices", "admin"] as const;

export type ScopeName = (typeof SCOPES)[number];

const numbers: Readonly<Record<ScopeName, Scope>> = {
  read: Scope.READ,
  write: Scope.WRITE,
  practice: Scope.PRACTICE,
  share: Scope.SHARE,
  devices: Scope.DEVICES,
  admin: Scope.ADMIN,
};

export interface Grant {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly ScopeName[];
  readonly isPage: boolean;
  readonly madeMs: number;
  /** Undefined if it never was. */
  readonly usedMs: number | undefined;
  /** Undefined if it doesn't end by itself. */
  readonly endsMs: number | undefined;
}

export interface NewGrant {
  readonly name: string;
  readonly scopes: readonly ScopeName[];
  /** Undefined for one that doesn't end by itself. */
  readonly endsMs: number | undefined;
}

export async function listGrants(door: Door): Promise<Outcome<readonly Grant[]>> {
  const outcome = await attempt(() => door.grants.listGrants({}, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.grants.map(grantOf) } : outcome;
}

/** Makes one, and gives its token, which is shown this once. */
export async function createGrant(door: Door, { name, scopes, endsMs }: NewGrant): Promise<Outcome<string>> {
  const request = { name, scopes: scopes.map((scope) => numbers[scope]), endsMs: BigInt(endsMs ?? 0) };
  const outcome = await attempt(() => door.grants.createGrant(request, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.token } : outcome;
}

export function revokeGrant(door: Door, id: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.grants.revokeGrant({ id }, { timeoutMs: CALL_MAX_MS }));
}

function grantOf({ id, name, scopes, isPage, madeMs, usedMs, endsMs }: Told): Grant {
  const allowed = SCOPES.filter((scope) => scopes.includes(numbers[scope]));
  return { id, name, scopes: allowed, isPage, madeMs: Number(madeMs), usedMs: told(usedMs), endsMs: told(endsMs) };
}

function told(ms: bigint): number | undefined {
  return ms === 0n ? undefined : Number(ms);
}
