// What the trials of kept words have in their hands: the program, a browser, and a way to say what was lost.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";
import { GREETING } from "../greeting.mjs";

const [program, passphraseFile, origin] = process.argv.slice(2);
const passphrase = readFileSync(passphraseFile, "utf8").trimEnd();
export const faults = [];
/** So that the words of another run aren't taken for these. */
export const canary = `canary ${process.pid}`;

export const haven = (...args) => execFileSync(program, [...args, "--no-input"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
export const unlock = () => haven("unlock", "--passphrase-file", passphraseFile);
export const address = () => {
  const url = new URL(haven("open", "--print").trim());
  return origin ? `${origin}/${url.hash}` : url.href;
};
/** How many entries and drafts hold these words. */
export const entries = (words) => JSON.parse(`[${haven("search", `"${words}"`, "--json").trim().split("\n").filter(Boolean).join(",")}]`).length;

export function check(what, isSo) {
  console.log(`${isSo ? "ok  " : "LOST"} ${what}`);
  if (!isSo) {
    faults.push(what);
  }
}

export async function until(what, isSo) {
  for (let tries = 0; tries < 60; tries += 1) {
    if (await isSo()) {
      return check(what, true);
    }
    await new Promise((done) => setTimeout(done, 250));
  }
  check(what, false);
}

/** A browser as a person has it: with a profile on disk, and a process that can be killed. */
export async function browser(profile) {
  const context = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ["--no-sandbox"], locale: "en-GB" });
  return { context, page: context.pages()[0] ?? (await context.newPage()) };
}

export async function write(page, words) {
  await page.evaluate(() => void (location.hash = "write"));
  const text = page.getByLabel("Your words");
  await text.waitFor();
  await text.pressSequentially(words, { delay: 5 });
  return text;
}

export async function open(page) {
  await page.goto(address());
  await page.getByRole("heading", { name: new RegExp(`^Locked$|${GREETING.source}`) }).waitFor();
  if (await page.getByLabel("Passphrase", { exact: true }).isVisible()) {
    await enter(page);
  }
}

export async function enter(page) {
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.keyboard.press("Enter");
}
