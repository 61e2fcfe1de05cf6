// Removing a device in tests: a journal with a tablet that may go, and the way to its passphrase.

import { fromBinary } from "@bufbuild/protobuf";
import {
  DeviceState,
  ListDevicesResponseSchema,
  RemoveDeviceRequestSchema,
  RemoveDeviceResponseSchema,
  type RemoveDeviceRequest,
} from "../core/gen/haven/v1/devices_pb";
import { DraftKitResponseSchema } from "../core/gen/haven/v1/kit_pb";
import { SetSettingResponseSchema } from "../core/gen/haven/v1/settings_pb";
import { VaultState } from "../core/gen/haven/v1/vault_pb";
import { says, type Answer, type Device } from "./device";
import { deviceThatIs, isNow, press, rest, show, text, tick, type } from "./shown";

export const KIT = "AAAA-BBBB-CCCC-DDDD-EEEE-FFFF-GGGG";
export const ID = "00112233aabbccdd";
export const LOST = "It’s lost, or somebody else has it";
export const UNUSED = "I don’t use it any more";

export function lists(device: Device, state: DeviceState): void {
  const devices = [
    { id: "01", name: "Here", this: true, state: DeviceState.ACTIVE },
    { id: ID, name: "Tablet", state },
  ];
  device.answers("DeviceService/ListDevices", says(ListDevicesResponseSchema, { devices }));
}

/** A journal with a tablet; the answer to its removal, and every removal that was asked for beyond the first look. */
export async function removing(answer: Answer, sync = {}): Promise<{ device: Device; asked: RemoveDeviceRequest[] }> {
  const device = deviceThatIs(VaultState.UNLOCKED);
  const asked: RemoveDeviceRequest[] = [];
  isNow(device, VaultState.UNLOCKED, { serverUrl: "http://127.0.0.1:1", ...sync });
  lists(device, DeviceState.ACTIVE);
  device.answers("KitService/DraftKit", says(DraftKitResponseSchema, { code: KIT }));
  device.answers("SettingsService/SetSetting", says(SetSettingResponseSchema, {}));
  device.answers("DeviceService/RemoveDevice", (body) => {
    const request = fromBinary(RemoveDeviceRequestSchema, body);
    if (request.checkOnly) {
      return says(RemoveDeviceResponseSchema, {});
    }
    asked.push(request);
    return answer;
  });
  await show(device, `#remove/${ID}`);
  await rest();
  return { device, asked };
}

/** As far as the passphrase, with a new kit that was kept and proved. */
export async function withKit(): Promise<void> {
  await tick(LOST);
  await press("Go on");
  await press("I have it");
  await prove();
}

export async function prove(): Promise<void> {
  for (const label of [...document.querySelectorAll<HTMLLabelElement>(".two label")]) {
    type(text(label), KIT.split("-")[Number(/\d/.exec(text(label))![0]) - 1]!);
  }
  await press("Check");
}

export async function confirm(words = "the passphrase"): Promise<void> {
  type("This device’s passphrase", words);
  await press("Remove it");
}

export const done = says(RemoveDeviceResponseSchema, { epoch: 3, aside: 2n });
