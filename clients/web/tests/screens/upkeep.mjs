// The rooms behind the settings: what there is to look after, with a journal that's on this device only.

import { ALARM, LINK_CODE, LINK_COMPARING, waitForever } from "../answers.mjs";

export async function upkeep({ page, show }) {
  await go(page, "settings", "Settings");
  await page.getByLabel("Country").waitFor();
  await show(page, "settings");
  await page.getByLabel("Pages like this one may be opened").click();
  await page.getByRole("button", { name: "Close the pages" }).waitFor();
  await show(page, "settings-pages");
  await passphrase({ page, show });
  await go(page, "devices", "Devices");
  await page.getByRole("button", { name: /^Rename/ }).first().click();
  await show(page, "devices");
  await go(page, "link", "Add a device");
  await show(page, "link-without-server");
  await letIn({ page, show });
  await go(page, "server", "Server");
  await page.getByLabel("Address").fill("http://127.0.0.1:1");
  await page.getByRole("button", { name: "Use this server" }).click();
  await page.getByText("No server was set").waitFor();
  await show(page, "server");
  await grants({ page, show });
  await go(page, "alarms", "Things to look at");
  await page.getByText("nothing to look at").waitFor();
  await show(page, "alarms-none");
  await page.route("**/haven.v1.AlarmService/ListAlarms", (route) =>
    route.fulfill({ contentType: "application/grpc-web+proto", body: ALARM }),
  );
  await page.reload();
  await page.getByText("older state").waitFor();
  await show(page, "alarms");
  await page.unroute("**/haven.v1.AlarmService/ListAlarms");
}

async function go(page, room, heading) {
  await page.evaluate((hash) => (location.hash = hash), room);
  await page.getByRole("heading", { level: 1, name: heading }).waitFor();
}

/** A device was let in and is waited for; the room begins a link as soon as somebody is there. */
async function letIn({ page, show }) {
  const start = "**/haven.v1.DeviceService/StartLink";
  await page.route(start, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body: LINK_CODE }));
  await page.addInitScript(waitForever, ["DeviceService/WatchLink", [...LINK_COMPARING]]);
  await page.reload();
  await go(page, "devices", "Devices");
  await go(page, "link", "Type these three words");
  await show(page, "link-comparing");
  await page.unroute(start);
}

async function passphrase({ page, show }) {
  await go(page, "passphrase", "Change the passphrase");
  await page.getByLabel("The passphrase you have now").fill("not this one");
  await page.getByLabel("The new passphrase").fill("harbour pencil walnut drizzle cabin");
  await page.getByLabel("The same again").fill("harbour pencil walnut drizzle cabin");
  await page.getByText("That’s long enough.").waitFor();
  await page.getByRole("button", { name: "Change it" }).click();
  await page.getByText("Nothing has changed").waitFor();
  await show(page, "passphrase");
}

async function grants({ page, show }) {
  await go(page, "grants", "Plug-ins and open pages");
  await page.getByLabel("What you call it").fill("Word cloud");
  await page.getByRole("checkbox", { name: /^Read/ }).check();
  await page.getByRole("button", { name: "Allow it" }).click();
  await page.getByRole("heading", { name: "Its token" }).waitFor();
  await show(page, "grants-token");
  await page.getByRole("button", { name: "I have it" }).click();
  await page.getByRole("button", { name: "Take back Word cloud" }).click();
  await show(page, "grants");
  await page.getByRole("button", { name: "Yes, take it back" }).click();
  await page.getByText("No plug-in has access").waitFor();
}
