// Looks at every screen: pictures in both themes at three widths, axe and our own checks on each, and what the browser complains of.
//
//   node tests/look.mjs URL FOLDER PASSPHRASE_FILE [--faults]
//
// URL is a page's address with its code, of a journal that's locked or open; the passphrase opens it. Ends with 1 if axe, a check, the
// page's policy, its width or its console has anything to say. With --faults only screens with a fault leave a picture.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { faultsOf, overflow, violations } from "./checks.mjs";
import { forcedFaults } from "./forced.mjs";
import { screens } from "./screens.mjs";

/** Each width with its height. */
const HEIGHTS = new Map([
  [320, 780],
  [390, 780],
  [1280, 800],
]);
const WIDTHS = [...HEIGHTS.keys()];

/** A window in which a whole screen is seen at once has at most this height. */
const STRETCH_MAX = 8_000;
const THEMES = ["light", "dark"];

/** One look; `fault` hears of everything that's wrong, `hasPictures` leaves a picture of each screen. Says what was seen. */
export async function look({ browser, url, folder, passphrase, hasPictures, fault }) {
  mkdirSync(folder, { recursive: true });
  const eye = new Eye({ url, folder, hasPictures, fault });
  const visit = async (name, options = {}) => {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    eye.follow(page, name);
    return page;
  };
  try {
    const blank = await visit("control");
    await eye.control(blank);
    await blank.context().close();
    const seen = await screens({ url, folder, passphrase, visit, shoot: (page, name) => eye.shoot(page, name) });
    return `${seen} screens, ${THEMES.length} themes, ${WIDTHS.length} widths`;
  } catch (error) {
    const path = join(folder, "failed-screens.png");
    await eye.last?.screenshot({ path, timeout: 5_000 }).catch(() => {});
    fault(`after the screen ${eye.name}: ${error.message.split("\n").slice(0, 3).join(" ")}; see ${path}`);
    return "not all screens were seen";
  } finally {
    await Promise.all(browser.contexts().filter((context) => eye.contexts.has(context)).map((context) => context.close()));
  }
}

class Eye {
  /** The page that was looked at last, and the screen on it. */
  last;
  name = "none";
  contexts = new Set();

  constructor(given) {
    Object.assign(this, given);
  }

  /** Pictures of the screen as it is now, and what is wrong with it. */
  async shoot(page, name) {
    [this.last, this.name] = [page, name];
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: HEIGHTS.get(width) });
      for (const theme of THEMES) {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
        await page.evaluate(() => document.fonts.ready.then(() => undefined));
        await this.#stretch(page, width);
        // A theme changes colours and nothing else.
        const isFirst = theme === THEMES[0];
        const found = [...(await violations(page, { colours: !isFirst })), ...(isFirst ? await this.#held(page) : [])];
        found.push(...(isFirst ? await forcedFaults(page) : []));
        const path = join(this.folder, `${name}-${theme}-${width}.png`);
        found.forEach((each) => this.fault(`${name} ${theme} ${width}: ${each}; see ${path}`));
        if (this.hasPictures || found.length > 0) {
          await page.screenshot({ path, fullPage: true });
        }
      }
    }
    if (this.hasPictures) {
      await page.emulateMedia({ colorScheme: THEMES[0], forcedColors: "active", reducedMotion: "reduce" });
      await page.screenshot({ path: join(this.folder, `${name}-forced.png`), fullPage: true });
      await page.emulateMedia({ forcedColors: "none" });
    }
  }

  /** Makes the window as high as the page: what lies under the bar of tabs for the moment is no fault. */
  async #stretch(page, width) {
    const height = await page.evaluate(() => {
      // On a phone the room rolls under its top.
      const main = document.querySelector("main");
      return document.documentElement.scrollHeight + (main ? main.scrollHeight - main.clientHeight : 0);
    });
    await page.setViewportSize({ width, height: Math.min(STRETCH_MAX, Math.max(HEIGHTS.get(width), height)) });
  }

  /** What a theme doesn't change. */
  async #held(page) {
    const [wide, wider] = [await overflow(page), await overflow(page, 200)];
    return [
      ...(wide > 0 ? [`${wide} px too wide`] : []),
      ...(wider > 0 ? [`${wider} px too wide with text of double size`] : []),
      ...(await faultsOf(page)),
    ];
  }

  /** Proves that axe and the checks would say something: a page with a fault of each kind. */
  async control(page) {
    await page.setContent("<title>x</title><main><h1>x</h1><input><button>Go</button> <button>Go</button><button style='width:9px;height:9px;padding:0'></button><svg><path d='M0 0h9v9z' fill='red' /></svg><b class='chip on'>x</b><i class='note'>x</i><p style='width:200vw'>x</p></main>");
    await page.evaluate(() => document.querySelector("h1").animate([{ opacity: 0 }, { opacity: 1 }], 60_000));
    const [axes, own, wide] = [await violations(page), [...(await faultsOf(page)), ...(await forcedFaults(page))], await overflow(page)];
    const forced = ["a mark keeps", "what's chosen looks", "a box has no edge"];
    const wanted = [...forced, "it moves", "a target of", "two are called", "the tab is called", "language is", "without a name: - textbox", "too wide with more space"];
    const deaf = wanted.filter((start) => !own.some((each) => each.includes(start)));
    if (!axes.some((each) => each.startsWith("label:")) || deaf.length > 0 || wide <= 0) {
      this.fault(`the checks don't see ${[...deaf, "what axe or the width should say"].join(", ")}`);
    }
  }

  follow(page, name) {
    this.last = page;
    this.contexts.add(page.context());
    page.on("console", (message) => message.type() === "error" && !message.text().includes("net::ERR") && this.fault(`${name}: ${message.text()}`));
    page.on("pageerror", (error) => this.fault(`${name}: ${error.message}`));
    page.on("request", (request) => new URL(request.url()).host !== new URL(this.url).host && this.fault(`${name}: asked ${request.url()}`));
  }
}

if (process.argv[1] === import.meta.filename) {
  const [url, folder, passphraseFile, only] = process.argv.slice(2);
  if (!url || !folder || !passphraseFile) {
    console.error("usage: node tests/look.mjs URL FOLDER PASSPHRASE_FILE [--faults]");
    process.exit(2);
  }
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
  const fault = (text) => ((process.exitCode = 1), console.error(text));
  const passphrase = readFileSync(passphraseFile, "utf8").trimEnd();
  console.log(await look({ browser, url, folder, passphrase, hasPictures: only !== "--faults", fault }));
  await browser.close();
}
