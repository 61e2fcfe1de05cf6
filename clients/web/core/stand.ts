// How things stand between this page and the journal. The screens are chosen by this alone.

import type { Revisions } from "./gen/haven/v1/events_pb";
import { VaultState, type Status } from "./gen/haven/v1/vault_pb";

export type { Revisions, Status };

export type Stand =
  /** Nobody has answered yet. */
  | { readonly kind: "asking" }
  /** This page has no session; `stale` if it came with an address that is no longer good. */
  | { readonly kind: "closed"; readonly stale: boolean }
  /** It had one, and the device has ended it. */
  | { readonly kind: "over" }
  /** The device has not answered for a while. */
  | { readonly kind: "away" }
  /** There is no journal on this device. */
  | { readonly kind: "none" }
  | { readonly kind: "locked"; readonly status: Status }
  | { readonly kind: "open"; readonly status: Status; readonly revisions?: Revisions };

export function standOf(status: Status, revisions?: Revisions): Stand {
  switch (status.state) {
    case VaultState.UNLOCKED:
      return revisions ? { kind: "open", status, revisions } : { kind: "open", status };
    case VaultState.LOCKED:
      return { kind: "locked", status };
    case VaultState.NONE:
      return { kind: "none" };
    default:
      return { kind: "asking" };
  }
}
