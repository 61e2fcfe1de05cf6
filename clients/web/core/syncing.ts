// How syncing goes, as a state to say in words.

import { ErrorReason } from "./gen/haven/v1/error_pb";
import { SyncState } from "./gen/haven/v1/sync_pb";
import type { Status } from "./stand";

export type Syncing =
  | { readonly kind: "alarm"; readonly count: number }
  /** This device is the only one that has it all. */
  | { readonly kind: "local" }
  /** It was removed from its journal: what's written here stays here. */
  | { readonly kind: "removed" }
  | { readonly kind: "problem" }
  | { readonly kind: "going" }
  | { readonly kind: "waiting"; readonly pending: number }
  | { readonly kind: "synced"; readonly minutes: number };

const MINUTE_MS = 60_000;

/** Whether this device was removed from its journal, as a signed change to the list of devices says. */
export function isRemoved(status: Status): boolean {
  return status.sync?.problem === ErrorReason.DEVICE_REMOVED;
}

/** Whether something stands between this device and its server. */
export function isTroubled(status: Status): boolean {
  return (status.sync?.problem ?? ErrorReason.UNSPECIFIED) !== ErrorReason.UNSPECIFIED;
}

export function syncOf(status: Status, now: number): Syncing {
  const sync = status.sync;
  if (status.alarms > 0) {
    return { kind: "alarm", count: status.alarms };
  }
  if (isRemoved(status)) {
    return { kind: "removed" };
  }
  if (!sync || sync.serverUrl === "") {
    return { kind: "local" };
  }
  if (sync.problem !== ErrorReason.UNSPECIFIED && sync.problem !== ErrorReason.SERVER_UNREACHABLE) {
    return { kind: "problem" };
  }
  if (sync.state === SyncState.IDLE) {
    const since = sync.syncedMs === undefined ? 0 : Math.max(0, now - Number(sync.syncedMs));
    return { kind: "synced", minutes: Math.floor(since / MINUTE_MS) };
  }
  return sync.problem === ErrorReason.UNSPECIFIED ? { kind: "going" } : { kind: "waiting", pending: Number(sync.pending) };
}
