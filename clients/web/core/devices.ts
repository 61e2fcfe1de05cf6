// The devices of a journal, and how another one joins.

import type { Door } from "./door";
import { attempt, faultIn, type Fault, type Outcome } from "./fault";
import * as pb from "./gen/haven/v1/devices_pb";

const CALL_MAX_MS = 10_000;

/** Letting a device in or taking it out derives a key and asks the server. */
const CONFIRM_MAX_MS = 90_000;

/** What a removal did. */
export interface Removal {
  /** How many pieces of what the device wrote were put aside. */
  readonly aside: number;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly isThis: boolean;
  readonly addedMs: number | undefined;
  /** When it wrote the latest of what came in here, by its own clock. */
  readonly seenMs: number | undefined;
  readonly isRemoved: boolean;
}

/** What a new device has to be told. */
export interface LinkCode {
  readonly code: string;
  readonly serverUrl: string;
  readonly expiresMs: number;
}

export type LinkState =
  | { readonly kind: "waiting"; readonly expiresMs: number }
  /** A device has used the code. Anybody who saw it may have given this name. */
  | { readonly kind: "answered"; readonly name: string }
  /** It was let in. It keeps nothing before these words were typed there. */
  | { readonly kind: "comparing"; readonly name: string; readonly words: readonly string[] }
  | { readonly kind: "done"; readonly name: string }
  | { readonly kind: "expired" }
  | { readonly kind: "failed"; readonly fault: Fault };

export async function listDevices(door: Door): Promise<Outcome<readonly Device[]>> {
  const outcome = await attempt(() => door.client(pb.DeviceService).listDevices({}, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.devices.map(deviceOf) } : outcome;
}

export function renameDevice(door: Door, id: string, name: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(pb.DeviceService).renameDevice({ id, name }, { timeoutMs: CALL_MAX_MS }));
}

/** Whether a device could be removed, as far as the list of devices says. */
export function checkRemoval(door: Door, id: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(pb.DeviceService).removeDevice({ id, checkOnly: true }, { timeoutMs: CALL_MAX_MS }));
}

/** Takes a device out, and with it the old recovery kit if there's the code of a new one. All of it happens or nothing does. */
export async function removeDevice(door: Door, id: string, passphrase: string, kit: string): Promise<Outcome<Removal>> {
  const request = { id, passphrase, kit };
  const outcome = await attempt(() => door.client(pb.DeviceService).removeDevice(request, { timeoutMs: CONFIRM_MAX_MS }));
  return outcome.ok ? { ok: true, value: { aside: Number(outcome.value.aside) } } : outcome;
}

/** A code for one device and two minutes; one that was given before is void. */
export async function startLink(door: Door): Promise<Outcome<LinkCode>> {
  const outcome = await attempt(() => door.client(pb.DeviceService).startLink({}, { timeoutMs: CALL_MAX_MS }));
  if (!outcome.ok) {
    return outcome;
  }
  const { code, serverUrl, expiresMs } = outcome.value;
  return { ok: true, value: { code, serverUrl, expiresMs: Number(expiresMs) } };
}

/** Says every state of the link under way, until the last one or until it's called off. */
export function watchLink(door: Door, hear: (state: LinkState) => void, signal: AbortSignal): Promise<Outcome<void>> {
  return attempt(async () => {
    for await (const { state } of door.client(pb.DeviceService).watchLink({}, { signal })) {
      const heard = linkStateOf(state);
      if (heard && !signal.aborted) {
        hear(heard);
      }
    }
  });
}

/** Lets the device in that shows these words. Wrong words end the link; a wrong passphrase doesn't. */
export function confirmLink(door: Door, words: string, passphrase: string): Promise<Outcome<unknown>> {
  const request = { words, passphrase };
  return attempt<unknown>(() => door.client(pb.DeviceService).confirmLink(request, { timeoutMs: CONFIRM_MAX_MS }));
}

export function cancelLink(door: Door): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(pb.DeviceService).cancelLink({}, { timeoutMs: CALL_MAX_MS }));
}

function deviceOf(device: pb.Device): Device {
  const { id, name, addedMs, lastSeenMs } = device;
  return { id, name, isThis: device.this, addedMs: ms(addedMs), seenMs: ms(lastSeenMs), isRemoved: device.state === pb.DeviceState.REMOVED };
}

function ms(value: bigint | undefined): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function linkStateOf(state: pb.WatchLinkResponse["state"]): LinkState | undefined {
  switch (state.case) {
    case "waiting":
      return { kind: "waiting", expiresMs: Number(state.value.expiresMs) };
    case "answered":
      return { kind: "answered", name: state.value.deviceName };
    case "comparing":
      return { kind: "comparing", name: state.value.device?.name ?? "", words: state.value.words.split(" ") };
    case "done":
      return { kind: "done", name: state.value.device?.name ?? "" };
    case "expired":
      return { kind: "expired" };
    case "failed":
      return state.value.error ? { kind: "failed", fault: faultIn(state.value.error) } : { kind: "expired" };
    default:
      return undefined;
  }
}
