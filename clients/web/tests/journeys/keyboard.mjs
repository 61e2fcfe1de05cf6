// The main ways through the app with the keyboard alone. The focus is always somewhere, and always to be seen.

import { PASSPHRASE } from "./device.mjs";
import { GREETING } from "../greeting.mjs";

/** How often Tab may be pressed to get to something on one screen. */
const TABS_MAX = 80;

export const keyboard = {
  name: "keyboard",
  async run(stage) {
    const context = await stage.context({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    // Whoever uses a mouse here is found out.
    await context.addInitScript(() => addEventListener("pointerdown", () => console.error("a pointer was used"), true));
    const keys = new Keys(stage, page);
    await page.goto(await stage.device.page());
    await page.locator("nav.tabs").waitFor();
    await stage.device.lock();
    await unlock(keys, page);
    await write(keys, page);
    await search(keys, page);
    await exercise(keys, page);
    await measure(keys, page);
    await help(keys, page);
    await lock(keys, page);
    return `${keys.count} keys`;
  },
};

class Keys {
  count = 0;

  constructor(stage, page) {
    Object.assign(this, { stage, page });
  }

  async press(key) {
    this.count += 1;
    await this.page.keyboard.press(key);
  }

  async type(words) {
    this.count += words.length;
    await this.page.keyboard.type(words);
  }

  /** Waits for a screen's heading, to which the focus has gone, and not to nowhere. */
  async arrive(name, what) {
    this.stage.step(what);
    await this.page.getByRole("heading", { level: 1, name }).waitFor();
    await this.seen(what);
  }

  async seen(what) {
    const isSomewhere = this.page.waitForFunction(() => document.activeElement && document.activeElement !== document.body, undefined, { timeout: 3_000 });
    await isSomewhere.catch(() => this.stage.fault(`${what}: the focus is nowhere`));
  }

  /** Tabs until something with this name has the focus; each stop on the way has to show it. */
  async to(name, { back = false } = {}) {
    for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
      const now = await this.page.evaluate(focused);
      if (name.test(now.name)) {
        return;
      }
      await this.press(back ? "Shift+Tab" : "Tab");
      const next = await this.page.evaluate(focused);
      this.stage.hold(next.isSeen, `the focus on "${next.name}" can't be seen: ${next.why}`);
    }
    throw new Error(`no Tab leads to ${name}`);
  }
}

/** What has the focus, and whether it can be seen there. Runs inside the page. */
function focused() {
  const element = document.activeElement;
  if (!element || element === document.body) {
    // Between the last thing on a page and the first one the browser itself has the focus.
    return { name: "", isSeen: true, why: "" };
  }
  const label = element.labels?.[0];
  const name = (element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent ?? "").trim().replaceAll(/\s+/g, " ");
  const rings = [element, label, element.parentElement].filter(Boolean).map((each) => getComputedStyle(each));
  const hasRing = rings.some(({ outlineStyle, outlineWidth, boxShadow }) => (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none");
  const { top, bottom, left, right } = (label ?? element).getBoundingClientRect();
  const isInside = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  return { name, isSeen: hasRing && isInside, why: [hasRing ? "" : "it has no ring", isInside ? "" : "it's outside of the window"].join(" ") };
}

async function unlock(keys, page) {
  keys.stage.step("unlock");
  await page.waitForFunction(() => document.activeElement?.id === "passphrase");
  await keys.type(PASSPHRASE);
  await keys.press("Enter");
  await keys.arrive(/./, "today");
  await page.getByRole("heading", { name: GREETING }).waitFor();
}

async function write(keys, page) {
  await keys.to(/^Start anywhere/);
  await keys.press("Enter");
  await keys.arrive("Write", "write");
  await keys.to(/^Your words/);
  await keys.type("A heron stood in the shallow water, and nothing else happened.");
  await page.getByText("Saved", { exact: true }).waitFor();
  await keys.to(/^Done/, { back: true });
  await keys.press("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#entry/"));
  await keys.arrive(/./, "entry");
}

async function search(keys, page) {
  await keys.to(/^Journal$/, { back: true });
  await keys.press("Enter");
  await keys.arrive("Journal", "journal");
  await keys.to(/^Search your journal/);
  await keys.type("heron");
  await keys.press("Enter");
  await page.locator("main mark").first().waitFor();
  await keys.to(/heron/);
  await keys.press("Enter");
  await page.waitForFunction(() => location.hash.startsWith("#entry/"));
  await keys.arrive(/./, "found");
}

/** From a page of a walk to the next: what is asked is answered by keys, or left open where that takes many. */
async function through(keys, page, pagesMax) {
  for (let pages = 0; pages < pagesMax; pages += 1) {
    await keys.seen("a page of the walk");
    if (await page.locator('main .acts a[href="#today"]').isVisible()) {
      return;
    }
    const field = await page.evaluate(() => document.querySelector("main .way :is(textarea, input:not([name=kind]))")?.type ?? "");
    await markHeading(page);
    if (field === "radio") {
      await toField(keys, page);
      await keys.press("Space");
    } else if (field === "textarea") {
      await toField(keys, page);
      await keys.type("words");
    }
    await keys.to(/^(Next|Go on|Begin|Save|Finish)$/);
    await keys.press("Enter");
    await nextHeading(page);
  }
  throw new Error("the walk has no end");
}

/** Marks the heading that's there, once there is one: while a page loads there may be none. */
const markHeading = (page) =>
  page.waitForFunction(() => {
    const heading = document.querySelector("main h1");
    heading?.setAttribute("data-before", "");
    return heading !== null;
  });

const nextHeading = (page) => page.waitForFunction(() => document.querySelector("main h1:not([data-before])"));

/** Into the field that's asked for. */
async function toField(keys, page) {
  for (let tabs = 0; tabs < TABS_MAX; tabs += 1) {
    if (await page.evaluate(() => document.activeElement?.matches("main .way :is(textarea, input:not([name=kind]))") ?? false)) {
      return;
    }
    await keys.press("Tab");
  }
  throw new Error("no Tab leads to the answer");
}

async function exercise(keys, page) {
  await keys.to(/^Practice$/, { back: true });
  await keys.press("Enter");
  await keys.arrive("Practice", "practice");
  await page.locator('main a[href="#walk/exercise/kind-word"]').waitFor();
  const title = await page.locator('main a[href="#walk/exercise/kind-word"] b').first().innerText();
  await keys.to(new RegExp(`^${title}`));
  await keys.press("Enter");
  await keys.arrive(title, "exercise");
  await through(keys, page, 40);
}

async function measure(keys, page) {
  keys.stage.step("measure");
  await keys.to(/^Done$/);
  await keys.press("Enter");
  await keys.arrive(GREETING, "today");
  await keys.to(/^Practice$/, { back: true });
  await keys.press("Enter");
  await keys.arrive("Practice", "practice");
  const link = page.locator('main a[href^="#walk/measure/"]').first();
  const title = await link.locator("b").innerText();
  await keys.to(new RegExp(`^${title.replaceAll(/[^\w ]/g, ".")}`));
  await markHeading(page);
  await keys.press("Enter");
  // Any heading would do, so it has to be another one than Practice, which goes while the measure loads.
  await nextHeading(page);
  await keys.arrive(/./, "measure");
  await through(keys, page, 80);
}

async function help(keys, page) {
  keys.stage.step("help");
  await keys.to(/^Done$/);
  await keys.press("Enter");
  await keys.arrive(GREETING, "today");
  await keys.to(/^Get help now$/, { back: true });
  await keys.press("Enter");
  await keys.arrive("Help now", "help");
  await keys.to(/^Back$/, { back: true });
  await keys.press("Enter");
  await keys.arrive(GREETING, "back from help");
}

async function lock(keys, page) {
  keys.stage.step("lock");
  await keys.to(/^Lock$/, { back: true });
  await keys.press("Enter");
  await page.waitForFunction(() => document.activeElement?.id === "passphrase");
}
