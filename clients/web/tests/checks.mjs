// What every screen is held to beside axe, whichever room it is.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What a finger needs (WCAG 2.5.5). A link within a sentence is as high as its line (its exception), and has what 2.5.8 asks for by that. */
const TARGET_MIN = 44;

/** What a layout rounds by. */
const ROUNDED = 0.5;

const FAULTS_TOLD = 4;

/** The rules that look at colours. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** Axe's faults of the screen as it is now, or those of its colours alone. Its script is brought in once a page. */
export async function violations(page, { colours = false } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(axe);
  }
  return page.evaluate(async (runOnly) => {
    const found = await window.axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" | ")}`);
  }, colours ? { type: "rule", values: COLOURS } : { type: "tag", values: TAGS });
}

/** How many pixels the page is wider than its window; `size` is that of its text, in percent. */
export function overflow(page, size = 100) {
  return page.evaluate((percent) => {
    const root = document.documentElement;
    root.style.fontSize = percent === 100 ? "" : `${percent}%`;
    // On a phone the room rolls under its top, and would swallow what sticks out.
    const main = document.querySelector("main");
    const rolls = main && getComputedStyle(main).overflowY !== "visible";
    const wide = Math.max(root.scrollWidth - window.innerWidth, rolls ? main.scrollWidth - main.clientWidth : 0);
    root.style.fontSize = "";
    return wide;
  }, size);
}

/** Everything that's said once a screen and width: what moves, what's too small, what has no name, what doesn't hold more space. */
export async function faultsOf(page) {
  const faults = await page.evaluate(inside, { TARGET_MIN: TARGET_MIN - ROUNDED });
  const spaced = await page.evaluate(withSpacing);
  const alike = await page.evaluate(namesakes);
  const nameless = unnamed(await page.locator("body").ariaSnapshot());
  return [...few(faults), ...few(alike), ...(spaced > 0 ? [`${spaced} px too wide with more space between letters and lines`] : []), ...nameless.map((each) => `without a name: ${each}`)];
}

/** One list of fifty links that are too small is one fault. */
function few(faults) {
  const rest = faults.length - FAULTS_TOLD;
  return rest > 0 ? [...faults.slice(0, FAULTS_TOLD), `and ${rest} more like these`] : faults;
}

function inside({ TARGET_MIN: min }) {
  const faults = [];
  const moving = document.getAnimations().filter(({ playState }) => playState === "running");
  moving.forEach(({ effect }) => faults.push(`it moves, though less motion is asked for: ${effect?.target?.outerHTML.slice(0, 80)}`));
  if (!["Notes", "Haven"].includes(document.title)) {
    faults.push(`the tab is called "${document.title}"`);
  }
  if (document.documentElement.lang !== "en") {
    faults.push(`the page's language is "${document.documentElement.lang}"`);
  }
  const shown = [...document.querySelectorAll(SELECTOR())].filter(isShown);
  shown.map((element) => [element, area(element)]).forEach(([element, { width, height }]) => {
    if (Math.min(width, height) < min && !isInline(element)) {
      faults.push(`a target of ${Math.round(width)} × ${Math.round(height)} px: ${element.outerHTML.slice(0, 100)}`);
    }
  });
  return faults;

  function SELECTOR() {
    return "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
  }
  function isShown(element) {
    return element.checkVisibility({ opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true }) && !element.closest(".skip, .heard, [inert]") && !element.matches(".skip");
  }
  function area(element) {
    const label = ["radio", "checkbox"].includes(element.type) ? element.closest("label") ?? element.labels?.[0] : undefined;
    return (label ?? element).getBoundingClientRect();
  }
  /** In the middle of a sentence a link is as high as its line. */
  function isInline(element) {
    const isText = element.matches("a") && getComputedStyle(element).display === "inline";
    return isText && (element.parentElement?.textContent ?? "").trim() !== element.textContent.trim();
  }
}

/** Whoever hears a page goes from button to button: two that are called the same, with nothing around that tells them apart, are one too many. */
function namesakes() {
  const GROUPS = "fieldset, [role=group], [role=radiogroup], [role=search], section[aria-labelledby], section[aria-label], header, nav, tr, form";
  const words = (element) => (element?.textContent ?? "").replaceAll(/\s+/g, " ").trim();
  const by = (ids) => (ids ?? "").split(" ").filter((id) => id !== "").map((id) => words(document.getElementById(id))).join(" ");
  const named = (element) => `${element.getAttribute("aria-label") ?? (by(element.getAttribute("aria-labelledby")) || words(element))}, ${by(element.getAttribute("aria-describedby"))}`;
  const shown = [...document.querySelectorAll("button, a.btn")].filter((element) => element.checkVisibility());
  const seen = new Map();
  for (const element of shown) {
    const groups = seen.get(named(element)) ?? new Set();
    const group = element.closest(GROUPS);
    if (groups.has(group)) {
      return [`two are called "${named(element)}": ${element.outerHTML.slice(0, 100)}`];
    }
    seen.set(named(element), groups.add(group));
  }
  return [];
}

/** WCAG 1.4.12: more space between lines, paragraphs, words and letters loses nothing. */
function withSpacing() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-bottom: 2em !important }");
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const wide = document.documentElement.scrollWidth - window.innerWidth;
  document.adoptedStyleSheets = document.adoptedStyleSheets.filter((each) => each !== sheet);
  return wide;
}

/** Lines of a snapshot for what has to have a name and has none. */
function unnamed(snapshot) {
  return snapshot.split("\n").map((each) => each.trim()).filter((each) => /^- (button|link|textbox|searchbox|combobox|checkbox|radio|heading|spinbutton)(?![a-z])(?! ")/.test(each));
}
