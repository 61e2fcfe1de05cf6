// The server this journal syncs with, if it has one.

import type { Door } from "./door";
import { attempt, Reason, type Outcome } from "./fault";
import { SyncService, SyncState } from "./gen/haven/v1/sync_pb";

/** A server may be far away, and takes the journal before it answers. */
const SET_MAX_MS = 60_000;
const CALL_MAX_MS = 10_000;

/** How long somebody waits who wants everything to be there now; then it goes on by itself. */
const SYNC_MAX_MS = 60_000;

export interface Server {
  readonly url: string;
  /** Its key as hexadecimal digits, to be compared with what its owner has. */
  readonly identity: string;
}

export interface Choice {
  readonly url: string;
  readonly invite: string;
  /** Whether the person agrees that it's another one than before, at the same address. */
  readonly acceptIdentity: boolean;
}

/** What came of syncing. */
export interface Synced {
  readonly received: number;
  readonly sent: number;
  /** Whether everything is on the server and here. */
  readonly isUpToDate: boolean;
}

/** The server; undefined if there is none. */
export async function getServer(door: Door): Promise<Outcome<Server | undefined>> {
  const outcome = await attempt(() => door.client(SyncService).getServer({}, { timeoutMs: CALL_MAX_MS }));
  if (outcome.ok) {
    return { ok: true, value: outcome.value.server };
  }
  return outcome.fault.reason === Reason.NO_SERVER ? { ok: true, value: undefined } : outcome;
}

export async function setServer(door: Door, choice: Choice): Promise<Outcome<Server | undefined>> {
  const outcome = await attempt(() => door.client(SyncService).setServer({ ...choice }, { timeoutMs: SET_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.server } : outcome;
}

export async function syncNow(door: Door): Promise<Outcome<Synced>> {
  const request = { wait: true, timeoutMs: BigInt(SYNC_MAX_MS) };
  const outcome = await attempt(() => door.client(SyncService).syncNow(request, { timeoutMs: SYNC_MAX_MS + CALL_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { received, sent, status } = outcome.value;
  const isUpToDate = status?.state === SyncState.IDLE && status.pending === 0n;
  return { ok: true, value: { received: Number(received), sent: Number(sent), isUpToDate } };
}
