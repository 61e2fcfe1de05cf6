// The trials: each types, lets something go wrong, and looks for the words.

import { execFileSync, spawnSync } from "node:child_process";
import { address, browser, canary, check, enter, entries, haven, open, until, write } from "./hands.mjs";

/** Typed, paused for as long as a pause takes, killed. */
export async function killed(profile) {
  const { context, page } = await browser(profile);
  await open(page);
  await write(page, `${canary} killed browser`);
  await page.getByText("Saved", { exact: true }).waitFor();
  const [pid] = execFileSync("pgrep", ["-of", `user-data-dir=${profile}`], { encoding: "utf8" }).trim().split("\n");
  process.kill(Number(pid), "SIGKILL");
  await new Promise((done) => context.once("close", done));
  // As bytes and as a browser keeps text: two bytes a letter.
  for (const pattern of [canary, [...canary].join("\\x00")]) {
    const found = spawnSync("grep", ["-rlaP", pattern, profile], { encoding: "utf8" });
    check(`no word lies in the browser's profile ${found.stdout}`, found.status === 1);
  }
  const again = await browser(profile);
  await open(again.page);
  await again.page.evaluate(() => void (location.hash = "drafts"));
  await again.page.getByRole("link", { name: `${canary} killed` }).click();
  await until("words of a killed browser are in their draft", async () => (await again.page.getByLabel("Your words").inputValue()) === `${canary} killed browser`);
  await until("and in the journal, once", async () => entries(`${canary} killed browser`) === 1);
  return again;
}

export async function lockedMeanwhile(page) {
  const text = await write(page, `${canary} locked`);
  const typing = text.pressSequentially(" and typed on while it closed, word after word", { delay: 8 }).catch(() => {});
  await new Promise((done) => setTimeout(done, 120));
  haven("lock");
  await typing;
  await page.getByRole("heading", { name: "Locked" }).waitFor();
  await until("what was typed until the lock is home", async () => !(await page.getByText("aren’t saved yet").isVisible()));
  await enter(page);
  await page.getByLabel("Your words").waitFor();
  const value = await page.getByLabel("Your words").inputValue();
  check(`words are there after a lock in the middle (${value.length} letters)`, value.startsWith(`${canary} locked`) && value.length > canary.length + 8);
}

export async function daemonKilled(page) {
  const text = await write(page, `${canary} daemon`);
  await page.getByText("Saved", { exact: true }).waitFor();
  const { pid } = JSON.parse(haven("daemon", "status", "--json"));
  process.kill(pid, "SIGKILL");
  await text.pressSequentially(" gone", { delay: 5 });
  await page.getByText("Not saved yet").first().waitFor();
  haven("status");
  await page.getByRole("heading", { name: "Locked" }).waitFor({ timeout: 20_000 });
  await until("words of a killed daemon are sealed", async () => !(await page.getByText("aren’t saved yet").isVisible()));
  await enter(page);
  await page.getByLabel("Your words").waitFor();
  check("words are there after the daemon was killed", (await page.getByLabel("Your words").inputValue()) === `${canary} daemon gone`);
}

export async function twoWindows(context, page) {
  const id = JSON.parse(haven("add", "One thing. Another thing.", "--json")).id;
  const other = await context.newPage();
  await open(other);
  const change = async (tab, from, to) => {
    await tab.evaluate((entry) => void (location.hash = `write/entry/${entry}`), id);
    const text = tab.getByLabel("Your words");
    await until("an entry opens to be changed", async () => (await text.isVisible()) && (await text.inputValue()).includes(from));
    await text.fill((await text.inputValue()).replace(from, to));
    await tab.getByText("Saved", { exact: true }).waitFor();
  };
  await change(page, "One thing.", "One changed thing.");
  await change(other, "Another thing.", "Another altered thing.");
  for (const tab of [page, other]) {
    await tab.getByRole("button", { name: "Done" }).click();
    await tab.waitForFunction(() => !location.hash.startsWith("#write"));
  }
  const { text } = JSON.parse(haven("show", id, "--json"));
  check(`two windows on one entry keep both: ${text}`, text.includes("One changed thing.") && text.includes("Another altered thing."));
}

/** Changed, left by Back without Done, and changed again: one draft, one text, nothing that met with itself. */
export async function changedAgain(page) {
  const id = JSON.parse(haven("add", `${canary} heron.`, "--json")).id;
  const change = async (words) => {
    await page.getByRole("link", { name: "Edit" }).click();
    const text = page.getByLabel("Your words");
    await text.waitFor();
    await text.press("End");
    await text.pressSequentially(words, { delay: 5 });
    await page.getByText("Saved", { exact: true }).waitFor();
  };
  await page.evaluate((entry) => void (location.hash = `entry/${entry}`), id);
  await change(" It stood.");
  await page.goBack();
  await page.getByText(/changing this entry/).waitFor();
  await change(" It flew.");
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#entry"));
  const { text } = JSON.parse(haven("show", id, "--json"));
  check(`changed twice, the words of both are there once: ${text}`, text === `${canary} heron. It stood. It flew.`);
  check("and no draft of it stays behind", !haven("draft", "list", "--json").includes(id));
}

export async function signedOut(page) {
  const text = await write(page, `${canary} signed`);
  await page.getByText("Saved", { exact: true }).waitFor();
  for (const { id, kind } of JSON.parse(haven("token", "list", "--json").replace(/}\n{/g, "},{").replace(/^{/, "[{").replace(/}\s*$/, "}]"))) {
    void kind;
    haven("token", "revoke", id);
  }
  await text.pressSequentially(" out", { delay: 5 }).catch(() => {});
  await page.getByRole("heading", { name: "You’re signed out" }).waitFor();
  const isDirty = await page.getByText("aren’t saved yet").isVisible();
  check("a page that's signed out says that its words aren't kept", isDirty);
  const url = new URL(address());
  await page.evaluate((hash) => void (location.hash = hash), url.hash);
  await page.getByLabel("Your words").waitFor();
  await until("and brings them home with a new session", async () => entries(`${canary} signed out`) === 1);
}
