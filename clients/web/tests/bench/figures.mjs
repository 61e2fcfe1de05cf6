// What is measured, with its limit (docs: the budgets of the web app).

import { GREETING } from "../greeting.mjs";
import { PASSPHRASE } from "../journeys/device.mjs";
import { go } from "../journeys/stage.mjs";

/** 1.6 Mbit/s with the way of a mobile network, and a processor four times slower. */
const NETWORK = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 };
const CPU = 4;

/** How many turns the loop of a fixed length makes. */
const TURNS = 20_000_000;

const KEYS = 30;

const ms = (max) => ({ unit: " ms", max });

async function window({ browser }, { network = false, cpu = false } = {}) {
  const context = await browser.newContext({ locale: "en-GB", viewport: { width: 390, height: 780 } });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  if (network) {
    await session.send("Network.emulateNetworkConditions", NETWORK);
  }
  if (cpu) {
    await session.send("Emulation.setCPUThrottlingRate", { rate: CPU });
  }
  return page;
}

async function unlocked(page, device) {
  await page.goto(await device.page());
  const field = page.getByLabel("Passphrase", { exact: true });
  const inside = page.locator("nav.tabs");
  await field.or(inside).first().waitFor();
  if (await field.isVisible()) {
    await field.fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await inside.waitFor();
  }
}

/** Does something with a page that's thrown away afterwards. */
async function once(page, work) {
  try {
    return await work(page);
  } finally {
    await page.context().close();
  }
}

const loop = async (place) =>
  once(await window(place), (page) =>
    page.evaluate((turns) => {
      const begun = performance.now();
      let sum = 0;
      for (let turn = 0; turn < turns; turn += 1) {
        sum = (sum * 31 + turn) % 1_000_003;
      }
      return performance.now() - begun + (sum < 0 ? 1 : 0);
    }, TURNS),
  );

/** What the browser noted of one kind by now, the last of it. */
const noted = (page, type, of) =>
  page.evaluate(
    ([kind, field]) =>
      new Promise((done) => {
        let value = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            value = kind === "layout-shift" ? value + (entry.hadRecentInput ? 0 : entry.value) : entry[field];
          }
        });
        observer.observe({ type: kind, buffered: true });
        requestAnimationFrame(() => setTimeout(() => (observer.disconnect(), done(value)), 50));
      }),
    [type, of],
  );

/** A first visit with nothing in the cache, up to Today. */
async function cold(place, type, of) {
  await place.full.unlock();
  return once(await window(place, { network: true, cpu: true }), async (page) => {
    await page.goto(await place.full.page());
    await page.locator("nav.tabs").waitFor({ timeout: 60_000 });
    await page.getByRole("heading", { name: GREETING }).waitFor();
    return noted(page, type, of);
  });
}

/** Somebody goes through the rooms: the slowest answer to a tap or a key. */
async function slowest(place) {
  await place.full.unlock();
  return once(await window(place, { cpu: true }), async (page) => {
    await unlocked(page, place.full);
    await page.evaluate(() => {
      window.slowest = 0;
      new PerformanceObserver((list) => list.getEntries().forEach(({ interactionId, duration }) => interactionId && (window.slowest = Math.max(window.slowest, duration)))).observe({ type: "event", durationThreshold: 16 });
    });
    for (const [tab, heading] of [["Journal", "Journal"], ["Practice", "Practice"], ["People", "People"], ["Today", GREETING]]) {
      await page.locator("nav.tabs").getByRole("link", { name: tab }).click();
      await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    }
    await page.getByRole("link", { name: "Start anywhere" }).click();
    await page.getByLabel("Your words").pressSequentially("a few words", { delay: 30 });
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100))));
    return page.evaluate(() => window.slowest);
  });
}

/** From a key to the picture of it, in a text of 20,000 words; the slowest but one of thirty. */
async function keyToPaint(place) {
  await place.full.unlock();
  return once(await window(place, { cpu: true }), async (page) => {
    await unlocked(page, place.full);
    await go(page, "write", "entry", place.id);
    await page.waitForFunction(() => document.querySelector("#text")?.value.length > 90_000, undefined, { timeout: 60_000 });
    await page.locator("#text").focus();
    await page.keyboard.press("Control+End");
    await page.evaluate(() => {
      window.took = [];
      document.querySelector("#text").addEventListener("keydown", ({ timeStamp }) => {
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => window.took.push(performance.now() - timeStamp);
          port2.postMessage("");
        });
      });
    });
    for (let key = 0; key < KEYS; key += 1) {
      await page.keyboard.press("a", { delay: 20 });
    }
    const took = await page.evaluate(() => window.took);
    await page.keyboard.press("Control+z");
    return took.sort((one, other) => other - one)[1];
  });
}

/** From a letter in the search to what it finds on the screen; the slowest of one word. */
async function search(place) {
  await place.full.unlock();
  return once(await window(place), async (page) => {
    await unlocked(page, place.full);
    await go(page, "journal");
    await page.locator("[data-entry]").first().waitFor();
    return page.evaluate(async () => {
      const field = document.querySelector("input[type=search]");
      const list = document.querySelector("main");
      let slowest = 0;
      for (let length = 3; length <= "Westminster".length; length += 2) {
        const begun = performance.now();
        field.value = "Westminster".slice(0, length);
        const shown = new Promise((done) => {
          const observer = new MutationObserver((changes) => {
            if (changes.some(({ addedNodes, target }) => [...addedNodes].some((node) => node.nodeName === "MARK" || node.querySelector?.("mark")) || target.parentElement?.nodeName === "MARK")) {
              observer.disconnect();
              requestAnimationFrame(() => done());
            }
          });
          observer.observe(list, { subtree: true, childList: true, characterData: true });
          setTimeout(() => (observer.disconnect(), done()), 3_000);
        });
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
        await shown;
        slowest = Math.max(slowest, performance.now() - begun);
      }
      return slowest;
    });
  });
}

/** From Enter to Today, less what the same takes a journal in which there's nothing to open: that is the passphrase alone. */
async function toToday(place) {
  const [full, bare] = [await opening(place, place.full), await opening(place, place.bare)];
  return full - bare;
}

async function opening(place, device) {
  await device.lock();
  return once(await window(place), async (page) => {
    await page.goto(await device.page());
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    const begun = await page.evaluate(() => performance.now());
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => [...document.querySelectorAll("main a")].some(({ textContent }) => textContent.trim() === "Start anywhere"), undefined, { polling: "raf" });
    return page.evaluate((from) => performance.now() - from, begun);
  });
}

export const figures = [
  { name: "a loop of 20 million turns (how busy the machine is)", limit: { unit: " ms" }, take: loop },
  { name: "LCP, cold, 4× CPU, 1.6 Mbit/s", limit: ms(2_500), take: (place) => cold(place, "largest-contentful-paint", "startTime") },
  { name: "CLS, the same visit", limit: { unit: "", max: 0.1 }, take: (place) => cold(place, "layout-shift", "value") },
  { name: "INP, through the rooms, 4× CPU", limit: ms(200), take: slowest },
  { name: "key to paint, 20,000 words, 4× CPU", limit: ms(100), take: keyToPaint },
  { name: "search as you type, 10,000 entries", limit: ms(100), take: search },
  { name: "unlock to Today, 10,000 entries, KDF apart", limit: ms(1_500), take: toToday },
  { name: "the loop once more", limit: { unit: " ms" }, take: loop },
];
