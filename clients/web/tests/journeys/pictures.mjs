// Twelve screens as they were when somebody looked at them last: what changes by accident is seen. The clock is fixed and every letter
// is of the app's own font, so that a picture depends on the browser and on what draws letters; where one of them is another, nothing
// is compared, and that's said.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";
import { go } from "./stage.mjs";

const KEPT = join(import.meta.dirname, "../baselines");
const MADE = join(KEPT, "made.json");

/** Somewhat after the last day of the journal. */
const NOW = new Date("2026-11-24T10:00:00Z");

/** How much of a picture may differ, and by how much a point: edges of letters differ a little from run to run. */
const SHARE_MAX = 0.002;
const THRESHOLD = 0.1;

/** They're in the repository for ever. */
const BYTES_MAX = 60_000;

/** Between two shades of a colour. */
const STEP = 12;

const PHONE = { width: 390, height: 640 };

const heading = (name) => (page) => page.getByRole("heading", { level: 1, name }).waitFor();

/** Screens that say the same whenever they're shown: name, room, theme, and what to wait for. */
const SCREENS = [
  ["journal", ["journal"], "light", (page) => page.locator("[data-entry]").first().waitFor()],
  ["practice", ["practice"], "light", (page) => page.locator('a[href^="#walk/measure/"]').first().waitFor()],
  ["exercise", ["exercise", "kind-word"], "light", (page) => page.locator("main ol li").first().waitFor()],
  ["walk", ["walk", "exercise", "kind-word"], "light", (page) => page.getByRole("button", { name: "Begin" }).waitFor()],
  ["measures", ["measures"], "dark", (page) => page.locator('a[href^="#results/"]').first().waitFor()],
  ["patterns", ["patterns"], "light", (page) => page.locator("main select").first().waitFor()],
  ["people", ["people"], "light", (page) => page.locator('a[href^="#person/"]').first().waitFor()],
  ["settings", ["settings"], "dark", heading("Settings")],
  ["write", ["write"], "light", (page) => page.getByLabel("Your words").waitFor()],
  ["journal-dark", ["journal"], "dark", (page) => page.locator("[data-entry]").first().waitFor()],
  ["help", ["help"], "light", (page) => page.locator('a[href^="tel:"]').first().waitFor()],
];

export const pictures = {
  name: "pictures",
  demo: true,
  async run(stage) {
    const here = { chromium: stage.browser.version(), fonts: fontsHere() };
    const made = madeBy();
    const other = Object.keys(here).find((what) => made[what] !== here[what]);
    if (!stage.renews && other) {
      return `NOT COMPARED: the pictures were made with ${other} ${made[other]}, here it's ${here[other]}; to renew them: cargo xtask screens --renew`;
    }
    mkdirSync(KEPT, { recursive: true });
    const page = await opened(stage);
    for (const [name, room, theme, ready] of SCREENS) {
      stage.step(name);
      await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      await page.evaluate(() => document.querySelector("main")?.setAttribute("data-before", ""));
      await go(page, ...room);
      await page.locator("main:not([data-before]) h1").first().waitFor();
      await ready(page);
      await compare(stage, page, name);
    }
    stage.step("locked");
    await go(page, "today");
    await stage.device.lock();
    await page.getByLabel("Passphrase", { exact: true }).waitFor();
    await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
    await compare(stage, page, "locked");
    if (stage.renews) {
      writeFileSync(MADE, `${JSON.stringify(here)}\n`);
    }
    return `${SCREENS.length + 1} pictures ${stage.renews ? "renewed" : "compared"}`;
  },
};

function madeBy() {
  try {
    return JSON.parse(readFileSync(MADE, "utf8"));
  } catch {
    return {};
  }
}

/** The fonts of this machine in a word: a sign that the app's own font lacks is drawn by one of them. */
function fontsHere() {
  try {
    const names = execFileSync("fc-list", [":", "family", "style"], { encoding: "utf8" }).split("\n").sort().join("\n");
    return createHash("sha256").update(names).digest("hex").slice(0, 16);
  } catch {
    return "unknown";
  }
}

async function opened(stage) {
  const context = await stage.context({ viewport: PHONE, deviceScaleFactor: 1 });
  const page = await context.newPage();
  await page.clock.setFixedTime(NOW);
  await context.addInitScript(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(':root { --ui: "Literata Variable" !important; --mono: "Literata Variable" !important } * { caret-color: transparent !important }');
    document.adoptedStyleSheets = [sheet];
  });
  await page.goto(await stage.device.page());
  await stage.unlock(page);
  return page;
}

/** Fewer shades pack better, and nobody sees the difference between 248 and 251. */
function coarse(picture) {
  picture.data.forEach((value, at) => (picture.data[at] = at % 4 === 3 ? 255 : Math.min(255, Math.round(value / STEP) * STEP)));
  return picture;
}

async function compare(stage, page, name) {
  await page.evaluate(async () => {
    await document.fonts.load('1rem "Literata Variable"');
    await document.fonts.ready;
    document.activeElement?.blur();
    window.scrollTo(0, 0);
  });
  const now = coarse(PNG.sync.read(await page.screenshot({ animations: "disabled" })));
  const path = join(KEPT, `${name}.png`);
  if (stage.renews) {
    const bytes = PNG.sync.write(now, { colorType: 2, deflateLevel: 9 });
    stage.hold(bytes.length <= BYTES_MAX, `${name}: the picture has ${bytes.length} bytes, more than ${BYTES_MAX}`);
    writeFileSync(path, bytes);
    return;
  }
  const before = PNG.sync.read(readFileSync(path));
  const [difference, { width, height }] = [new PNG({ width: now.width, height: now.height }), now];
  const isAlike = before.width === width && before.height === height;
  const differ = isAlike ? pixelmatch(before.data, now.data, difference.data, width, height, { threshold: THRESHOLD }) : width * height;
  if (differ > SHARE_MAX * width * height) {
    const shown = join(stage.folder, `differs-${name}.png`);
    writeFileSync(shown, PNG.sync.write(isAlike ? difference : now));
    writeFileSync(join(stage.folder, `now-${name}.png`), PNG.sync.write(now));
    stage.fault(`${name}: ${((100 * differ) / (width * height)).toFixed(2)} % of the picture changed; see ${shown}. If that's meant: cargo xtask screens --renew`);
  }
}
