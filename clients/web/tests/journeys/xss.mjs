// Words are words: whatever somebody wrote, imported, or was sent by a plug-in runs nothing, loads nothing, and changes no page.

import { api, modules } from "./api.mjs";
import { go } from "./stage.mjs";
import { control } from "./xss/control.mjs";
import { corpus, oneOfEach } from "./xss/corpus.mjs";
import { plant } from "./xss/plant.mjs";

/** Pages that are looked at beside each other. */
const WINDOWS = 2;

/** Rooms that list words of others. */
const LISTS = ["journal", "today", "drafts", "trash", "practice", "measures", "patterns", "people", "devices", "grants", "settings", "alarms", "help"];

/** What no word of anybody may become, wherever a room shows words. */
const FORBIDDEN = "main :is(script, iframe, object, embed, link, meta, base, style, img, image, picture, video, audio, source, frame, portal, foreignObject, animate, set, use, template, marquee)";

export const xss = {
  name: "xss",
  async run(stage) {
    const payloads = corpus();
    stage.step("control");
    const heard = await control(stage, payloads);
    stage.step("plant");
    const planted = await planting(stage, payloads);
    const rooms = [...LISTS.map((room) => [room]), ...planted];
    const shares = Array.from({ length: WINDOWS }, (_, at) => rooms.filter((_, room) => room % WINDOWS === at));
    await Promise.all(shares.map((share) => walk(stage, share)));
    await searched(stage, payloads);
    await renamed(stage, payloads);
    return `${payloads.length} payloads in ${rooms.length} rooms; the control ran ${heard.ran} scripts, asked ${heard.asked} times`;
  },
};

async function planting({ device }, payloads) {
  const app = await modules();
  try {
    const { service } = await api(app, await device.token());
    const calls = { journal: await service("JournalService", "journal"), drafts: await service("DraftService", "drafts") };
    const rooms = await plant(device, calls, payloads);
    const [, id] = rooms.find(([room]) => room === "entry");
    await device.haven(["trash", id]);
    return rooms;
  } finally {
    await app.close();
  }
}

/** A page whose canary is a fault. */
async function listening(stage) {
  const context = await stage.context();
  await context.exposeBinding("canary", ({ page }) => stage.fault(`a script ran in ${page?.url()}`));
  return stage.open({ context });
}

async function walk(stage, rooms) {
  const page = await listening(stage);
  for (const room of rooms) {
    const where = room.join("/");
    stage.step(where);
    await shown(page, room).catch(async () => {
      const rest = await page.evaluate(() => document.body.innerText.slice(0, 200)).catch(() => "nothing that answers");
      throw new Error(`#${where} doesn't show; the page shows ${rest}`);
    });
    const wrong = await page.evaluate(look, FORBIDDEN);
    stage.hold(wrong === "", `#${where}: ${wrong}`);
    if (room[0] === "write") {
      await preview(page);
      const wrongBeside = await page.evaluate(look, FORBIDDEN);
      stage.hold(wrongBeside === "", `#${where}, preview: ${wrongBeside}`);
    }
  }
  await page.context().close();
}

/** Goes to a room and waits for it to come to rest. */
async function shown(page, room) {
  if (await page.evaluate((to) => (location.hash.slice(1) || "today") === to, room.join("/"))) {
    await go(page, "alarms");
    await page.waitForFunction(() => document.querySelector("main h1") !== null);
  }
  await page.evaluate(() => document.querySelector("main")?.setAttribute("data-before", ""));
  await go(page, ...room);
  await page.locator("main:not([data-before]) h1").first().waitFor();
  await page.evaluate(async (path) => {
    // Everything that can be opened is, and answers that are on their way come in.
    const quiet = () => new Promise((done) => requestIdleCallback(done, { timeout: 300 }));
    await quiet();
    document.querySelectorAll("main details:not([open])").forEach((fold) => (fold.open = true));
    if (path === "history") {
      document.querySelectorAll("main .rows button, main li button[aria-expanded=false]").forEach((button) => button.click());
    }
    await quiet();
  }, room[0]);
}

async function preview(page) {
  await page.getByRole("button", { name: /^More/ }).click();
  await page.getByRole("button", { name: "See how it will read" }).click();
  await page.getByRole("button", { name: "Close the preview" }).waitFor();
  await page.evaluate(() => new Promise((done) => requestIdleCallback(done, { timeout: 300 })));
}

/** What is wrong with the page: an element or an address that words should not be able to make. */
function look(forbidden) {
  const main = document.querySelector("main");
  const wrong = [...document.querySelectorAll(forbidden)].map(({ outerHTML }) => outerHTML.slice(0, 120));
  for (const element of main?.querySelectorAll("*") ?? []) {
    const handler = element.getAttributeNames().find((name) => name.startsWith("on"));
    const address = element.getAttribute("href") ?? element.getAttribute("action") ?? "";
    const isSafe = address === "" || /^(#|https?:\/\/|mailto:|tel:|sms:)/.test(address);
    if (handler || !isSafe) {
      wrong.push(element.outerHTML.slice(0, 120));
    }
  }
  if (document.title !== "Notes" || document.baseURI !== location.href || document.getElementById("main") !== main) {
    wrong.push("the page's own names were taken");
  }
  return wrong.join(" | ");
}

/** Typed as a query, and found as a snippet. */
async function searched(stage, payloads) {
  stage.step("search");
  const page = await listening(stage);
  await go(page, "journal");
  const field = page.getByRole("searchbox");
  for (const query of [...oneOfEach(payloads).map(({ text }) => text), "canary", "planted", '"img src=x"', "evil.test"]) {
    await field.fill(query.replaceAll(/\s+/g, " ").slice(0, 300));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector("main [role=status]")?.textContent !== "Looking…");
    const wrong = await page.evaluate(look, FORBIDDEN);
    stage.hold(wrong === "", `the search: ${wrong}`);
  }
  await field.fill("canary");
  stage.hold(await page.locator("main mark").first().waitFor().then(() => true, () => false), "no snippet marks what was looked for");
  stage.hold(!page.url().includes("canary"), "the address says what was looked for");
  await page.context().close();
}

/** The one name of this device, one payload after the other. */
async function renamed(stage, payloads) {
  stage.step("device name");
  const page = await listening(stage);
  const [{ id }] = await stage.device.lines(["device", "list"]);
  await go(page, "devices");
  for (const { text } of oneOfEach(payloads)) {
    const name = [...text.replaceAll(/\p{Cc}+/gu, " ")].slice(0, 60).join("").trim() || "x";
    const isTaken = await stage.device.haven(["device", "rename", id, name]).then(() => true, () => false);
    if (isTaken) {
      await shown(page, ["today"]);
      await shown(page, ["devices"]);
      const wrong = await page.evaluate(look, FORBIDDEN);
      stage.hold(wrong === "", `the device's name: ${wrong}`);
    }
  }
  await page.context().close();
}
