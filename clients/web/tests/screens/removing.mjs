// A device that's removed with a new recovery kit, and a kit that's renewed, with a server there only in its answers.

import { DRAFTED, KIT, LOST, REMOVED, RENEWED, REPLACED, SYNCING, TWO_DEVICES } from "../answers.mjs";

const CALLS = {
  "EventService/WatchEvents": SYNCING,
  "DeviceService/ListDevices": TWO_DEVICES,
  "DeviceService/RemoveDevice": REMOVED,
  "KitService/DraftKit": DRAFTED,
  "KitService/RenewKit": RENEWED,
  "KitService/VerifyKit": REPLACED,
};

export async function removing({ page, show }) {
  await go(page, "kit/new", "It needs a server");
  await show(page, "kit-without-server");
  for (const [call, body] of Object.entries(CALLS)) {
    await answers(page, call, body);
  }
  await page.reload();
  await remove({ page, show });
  await unknown({ page, show });
  await renew({ page, show });
  for (const call of Object.keys(CALLS)) {
    await page.unroute(`**/haven.v1.${call}`);
  }
}

const answers = (page, call, body) => page.route(`**/haven.v1.${call}`, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body }));
const title = (page, name) => page.getByRole("heading", { level: 1, name }).waitFor();

async function go(page, room, heading) {
  await page.evaluate((hash) => (location.hash = hash), room);
  await title(page, heading);
}

/** From the code to the passphrase; the code is the one of all these answers. */
async function keep({ page, show }, name) {
  await title(page, "Your new recovery kit");
  await show(page, `${name}-kit`);
  await page.getByRole("button", { name: "I have it" }).click();
  await title(page, "One look at your copy");
  await show(page, `${name}-proof`);
  for (const label of await page.locator(".two label").allTextContents()) {
    await page.getByLabel(label).fill(KIT.split("-")[Number(/\d/.exec(label)[0]) - 1]);
  }
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.getByLabel("This device’s passphrase").fill("any");
  await show(page, `${name}-passphrase`);
}

async function remove({ page, show }) {
  await go(page, "devices", "Devices");
  await page.getByRole("link", { name: "Remove Tablet" }).waitFor();
  await show(page, "devices-two");
  await page.getByRole("link", { name: "Remove Tablet" }).click();
  await title(page, "Remove “Tablet”?");
  await page.getByLabel("It’s lost, or somebody else has it").check();
  await show(page, "remove");
  await page.getByRole("button", { name: "Go on" }).click();
  await keep({ page, show }, "remove");
  await page.getByRole("button", { name: "Remove it" }).click();
  await title(page, "“Tablet” is removed");
  await show(page, "remove-done");
}

async function unknown({ page, show }) {
  await go(page, "devices", "Devices");
  await page.getByRole("link", { name: "Remove Tablet" }).click();
  await page.getByLabel("I don’t use it any more").check();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByLabel("This device’s passphrase").fill("any");
  await answers(page, "DeviceService/RemoveDevice", LOST);
  await page.getByRole("button", { name: "Remove it" }).click();
  await title(page, "It may or may not have happened");
  await show(page, "remove-unknown");
}

async function renew({ page, show }) {
  await go(page, "kit", "Your recovery kit");
  await page.getByLabel("The code", { exact: true }).fill(KIT);
  await page.getByRole("button", { name: "Check it" }).click();
  await page.getByText("another kit has taken its place").waitFor();
  await show(page, "kit-replaced");
  await page.getByRole("link", { name: "Make a new kit" }).click();
  await title(page, "A new recovery kit");
  await show(page, "kit-new");
  await page.getByRole("button", { name: "Show a new code" }).click();
  await keep({ page, show }, "kit-new");
  await page.getByRole("button", { name: "Use the new kit" }).click();
  await title(page, "Your new recovery kit counts now");
  await show(page, "kit-new-done");
}
