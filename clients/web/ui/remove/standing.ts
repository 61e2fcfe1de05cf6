// Whether a device can be removed, as this one knows it: looked up before anything is asked, and after an answer that was lost.

import { checkRemoval, listDevices, type Device } from "../../core/devices";
import { explain, words } from "../../core/messages";
import { removing } from "../../core/messages/removing";
import type { App } from "../app.svelte";
import type { Confirm } from "../kit/confirm.svelte";

export interface Standing {
  /** "why" if nothing stands in the way. */
  readonly stage: "blocked" | "serverless" | "why" | "gone";
  readonly device?: Device | undefined;
  readonly trouble: string;
}

export async function standingOf(app: App, id: string, confirm: Confirm): Promise<Standing> {
  const outcome = await listDevices(app.page.door);
  if (!outcome.ok) {
    return { stage: "blocked", trouble: explain(outcome.fault, app.say) };
  }
  const say = words(app.say, removing);
  const device = outcome.value.find((one) => one.id === id);
  if (!device) {
    return { stage: "blocked", trouble: say.unknownId };
  }
  if (device.isRemoved) {
    return { stage: "gone", device, trouble: "" };
  }
  if (device.isThis) {
    return { stage: "blocked", device, trouble: say.thisOne };
  }
  if (!confirm.hasServer) {
    return { stage: "serverless", device, trouble: "" };
  }
  const check = await checkRemoval(app.page.door, id);
  const trouble = check.ok ? await confirm.reach() : explain(check.fault, app.say);
  return { stage: trouble ? "blocked" : "why", device, trouble };
}
