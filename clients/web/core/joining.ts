// How this device joins a journal that is on another one.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { DeviceService } from "./gen/haven/v1/devices_pb";

/** The device only compares; it does the rest later. */
const CONFIRM_MAX_MS = 10_000;

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
  /** Three words of the other device are wanted; nothing is kept before. */
  | { readonly kind: "comparing" }
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
      } else if (state.case === "connecting" || state.case === "comparing" || state.case === "linked") {
        hear({ kind: state.case });
      }
    }
  });
}

/** Gives the words that the other device shows. Mistyped ones may be given again; wrong ones end it. */
export function confirmJoin(door: Door, words: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(DeviceService).confirmJoin({ words }, { timeoutMs: CONFIRM_MAX_MS }));
}
