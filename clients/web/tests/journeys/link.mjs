// Two devices of one person, linked in their browsers: six words, three each way, and what each of them says when they aren't the same.

import { join } from "node:path";
import { Device, PASSPHRASE } from "./device.mjs";
import { Server } from "./server.mjs";
import { go } from "./stage.mjs";

/** How soon a device hears what happened on the other: its person stands before both. */
const SOON_MS = 5_000;

/** Words as devices show them, and never those of a linking. */
const OTHERS = "abandon ability able";

const SIZES = { wide: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

export const link = {
  name: "link",
  async run(stage) {
    await withTwo(stage, async (both) => {
      await othersOnTheOld(both);
      await othersOnTheNew(both);
      await stopsOnTheNew(both);
      await linked(both);
    });
  },
};

/** Two devices and the server between them, the second one about to join. */
export async function withTwo(stage, go) {
  const server = await Server.make(stage.programs);
  const second = await Device.blank(stage.programs);
  try {
    await stage.device.haven(["server", "set", server.url, "--invite", server.invite]);
    await stage.device.haven(["add", "Written before there was a second device."]);
    const old = await stage.open();
    const context = await stage.context();
    const fresh = await context.newPage();
    await fresh.goto(await second.page());
    await fresh.getByRole("link", { name: "I have one already" }).click();
    await fresh.getByLabel("A passphrase for this device").fill(PASSPHRASE);
    await fresh.getByLabel("The same again").fill(PASSPHRASE);
    await go({ stage, old, fresh, server, second });
  } finally {
    await second.end();
    await server.end();
  }
}

/** A page as it looks, in both themes and on a phone, where pictures are wanted. */
export async function show({ stage }, page, name) {
  for (const [size, viewport] of stage.hasPictures ? Object.entries(SIZES) : []) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(stage.folder, `${stage.name}-${name}-${size}-${colorScheme}.png`), fullPage: true });
    }
  }
}

export const title = (page, name, timeout = 15_000) => page.getByRole("heading", { level: 1, name }).waitFor({ timeout });
const three = (page) => page.locator("ol li").allTextContents();

/** A code on the old device, typed into the new one, as far as the words that the new one shows. */
async function answered(both) {
  const { old, fresh, server } = both;
  await go(old, "devices");
  await old.getByRole("link", { name: "Add a device" }).click();
  const code = await old.locator("dd.code").textContent();
  await show(both, old, "code");
  await fresh.getByLabel("Server’s address").fill(server.url);
  await fresh.getByLabel("Code", { exact: true }).fill(code);
  await show(both, fresh, "join");
  await fresh.getByRole("button", { name: "Go on" }).click();
  await title(fresh, "Type these three words on the other device");
  await show(both, fresh, "words");
  await title(old, "Type the three words it shows");
  return (await three(fresh)).join(" ");
}

async function letIn({ old, ...both }, words) {
  await old.getByLabel("The three words").fill(words);
  await old.getByLabel("This device’s passphrase").fill(PASSPHRASE);
  await show(both, old, "answered");
  await old.getByRole("button", { name: "Let it in" }).click();
}

/** Let in: the old device shows words of its own, and the new one asks for them. */
async function comparing(both) {
  const { old, fresh } = both;
  await letIn(both, await answered(both));
  await title(old, /^Type these three words on/);
  await title(fresh, "Type the three words it shows now");
  await show(both, old, "comparing");
  await show(both, fresh, "theirs");
  return (await three(old)).join(" ");
}

async function othersOnTheOld(both) {
  const { stage, old, fresh } = both;
  stage.step("other words on the old device");
  await answered(both);
  await letIn(both, OTHERS);
  await title(old, "Nothing was added");
  await show(both, old, "refused-by-old");
  await title(fresh, "I have one already", SOON_MS);
  await fresh.getByText("aren't the ones shown here").waitFor();
  await show(both, fresh, "refused-by-old-there");
  stage.hold((await devices(stage)).length === 1, "somebody was let in by other words");
}

async function othersOnTheNew(both) {
  const { stage, old, fresh } = both;
  stage.step("other words on the new device");
  await comparing(both);
  await fresh.getByLabel("Its three words").fill("not such words");
  await fresh.getByRole("button", { name: "Compare" }).click();
  await fresh.getByText("aren't three words").waitFor();
  await fresh.getByLabel("Its three words").fill(OTHERS);
  await fresh.getByRole("button", { name: "Compare" }).click();
  await title(old, "It isn’t in", SOON_MS);
  await old.getByText("weren't the ones this device showed").waitFor();
  await show(both, old, "refused-by-new");
  await fresh.getByText("Nothing was kept here").waitFor();
  await show(both, fresh, "refused-by-new-there");
}

async function stopsOnTheNew(both) {
  const { stage, old, fresh } = both;
  stage.step("stopped on the new device");
  await comparing(both);
  await fresh.getByRole("button", { name: "Stop" }).click();
  await title(old, "It isn’t in", SOON_MS);
  await old.getByText("kept nothing").waitFor();
  await show(both, old, "stopped-there");
}

/** All the way in. */
export async function joined(both) {
  const { old, fresh } = both;
  const words = await comparing(both);
  await fresh.getByLabel("Its three words").fill(words);
  await fresh.getByRole("button", { name: "Compare" }).click();
  await title(old, "“Second device” is in");
  await show(both, old, "done");
  await fresh.getByRole("navigation", { name: "Main" }).waitFor();
}

async function linked(both) {
  const { stage, old, fresh } = both;
  stage.step("linked");
  await joined(both);
  await go(fresh, "journal");
  await fresh.getByText("Written before there was a second device").first().waitFor();
  await go(old, "devices");
  await title(old, "Devices");
  await show(both, old, "devices");
  const listed = await devices(stage);
  stage.hold(listed.filter((device) => device.last_seen).length === 1, "one of those that were never in has been heard from");
}

const devices = (stage) => stage.device.lines(["device", "list"]);
