// How this device joins a journal that is on another one.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { DeviceService } from "./gen/haven/v1/devices_pb";

export interface JoinRequest {
  readonly code: string;
  readonly serverUrl: string;
  readonly deviceName: string;
  readonly passphrase: string;
}

export type JoinState =
  | { readonly kind: "connecting" }
  /** Three words to be typed on the other device, which then lets this one in. */
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "linked" };

/** Says how far it got, until this device is in or it's called off. */
export function joinVault(door: Door, request: JoinRequest, hear: (state: JoinState) => void, signal: AbortSignal): Promise<Outcome<void>> {
  return attempt(async () => {
    for await (const { state } of door.client(DeviceService).joinVault({ ...request }, { signal })) {
      if (signal.aborted) {
        return;
      }
      if (state.case === "words") {
        hear({ kind: "words", words: state.value.words.split(" ") });
      } else if (state.case === "connecting" || state.case === "linked") {
        hear({ kind: state.case });
      }
    }
  });
}
