// Looks at every screen: pictures in both themes at three widths, axe on each, and what the browser complains of.
//
//   node tests/look.mjs URL FOLDER PASSPHRASE_FILE
//
// URL is a page's address with its code, of a journal that's locked or open; the passphrase opens it. Ends with 1 if axe, the
// page's policy, its width or its console has anything to say.

import { AxeBuilder } from "@axe-core/playwright";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { screens } from "./screens.mjs";

const [url, folder, passphraseFile] = process.argv.slice(2);
if (!url || !folder || !passphraseFile) {
  console.error("usage: node tests/look.mjs URL FOLDER PASSPHRASE_FILE");
  process.exit(2);
}
const WIDTHS = [320, 390, 1280];
const THEMES = ["light", "dark"];
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const faults = [];
const fault = (text) => (faults.push(text), console.error(text));

/** Pictures of the screen as it is now, and what is wrong with it. */
async function shoot(page, name) {
  for (const theme of THEMES) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 600 ? 780 : 800 });
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      if (overflow > 0) {
        fault(`${name} ${theme} ${width}: ${overflow} px too wide`);
      }
      const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
      for (const { id, nodes } of violations) {
        fault(`${name} ${theme} ${width}: ${id}: ${nodes.map((node) => node.html).join(" | ")}`);
      }
      const large = await overflowAtDouble(page);
      if (large > 0) {
        fault(`${name} ${theme} ${width}: ${large} px too wide with text of double size`);
      }
      await page.screenshot({ path: join(folder, `${name}-${theme}-${width}.png`), fullPage: true });
    }
  }
}

async function overflowAtDouble(page) {
  return page.evaluate(() => {
    const root = document.documentElement;
    root.style.fontSize = "200%";
    const overflow = root.scrollWidth - window.innerWidth;
    root.style.fontSize = "";
    return overflow;
  });
}

/** Proves that axe would say something: a field without a name on the page of the moment. */
async function control(page) {
  await page.setContent("<title>x</title><main><h1>x</h1><input></main>");
  const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
  if (!violations.some(({ id }) => id === "label")) {
    fault("axe sees nothing, not even a field without a name");
  }
}

function listen(page, name) {
  page.on("console", (message) => message.type() === "error" && !message.text().includes("net::ERR") && fault(`${name}: ${message.text()}`));
  page.on("pageerror", (error) => fault(`${name}: ${error.message}`));
  page.on("request", (request) => new URL(request.url()).host !== new URL(url).host && fault(`${name}: asked ${request.url()}`));
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
try {
  const visit = async (name, options = {}) => {
    const context = await browser.newContext({ locale: "en-GB", ...options });
    const page = await context.newPage();
    listen(page, name);
    return page;
  };
  await control(await visit("control"));
  const passphrase = readFileSync(passphraseFile, "utf8").trimEnd();
  const seen = await screens({ url, passphrase, visit, shoot });
  console.log(`${seen} screens, ${THEMES.length} themes, ${WIDTHS.length} widths, ${faults.length} faults`);
} finally {
  await browser.close();
}
process.exitCode = faults.length > 0 ? 1 : 0;
