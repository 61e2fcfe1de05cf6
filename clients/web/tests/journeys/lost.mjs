// Nothing is lost by the page: whatever is killed, locked, full or gone, every word that was typed is there afterwards.

import { GREETING } from "../greeting.mjs";
import { modules } from "./api.mjs";
import { Profile } from "./profile.mjs";
import { go } from "./stage.mjs";

const SAVE = "**/haven.v1.DraftService/SaveDraft";

/** Longest that words may stand in the page alone while somebody types without a pause, as core/keeper.ts says; and some. */
const UNBROKEN_MAX_MS = 3_000;

/** How long words may take from an answering page into the journal. */
const COMES_MAX_MS = 10_000;

export const lost = {
  name: "lost",
  async run(stage) {
    await browserKilled(stage);
    await lockedOutside(stage);
    await daemonKilled(stage);
    for (const how of ["apart", "begun", "came back"]) {
      await twoTabs(stage, how);
    }
    await changedAgain(stage);
    await loadedAgain(stage);
    await loadedInHaste(stage);
    await diskFull(stage);
    await signedOut(stage);
    await assetGone(stage);
  },
};

const text = (page) => page.getByLabel("Your words");
const saved = (page) => page.getByText("Saved", { exact: true }).waitFor();

async function blank(page) {
  await go(page, "today");
  await page.getByRole("link", { name: "Start anywhere" }).click();
  await text(page).waitFor();
}

/** Every word that the journal has anywhere: entries, their versions that met, drafts. */
async function everything(device) {
  const entries = await device.entries();
  const drafts = await Promise.all((await device.drafts()).map(({ id }) => device.haven(["draft", "show", id])));
  const versions = await Promise.all(entries.map(async ({ id }) => {
    const listed = await device.lines(["history", id]);
    return Promise.all(listed.map(({ version }) => device.haven(["show", id, "--version", version])));
  }));
  return JSON.stringify([entries, drafts, versions]);
}

/** Holds that these words come to the journal, or are there. */
async function hold(stage, ...words) {
  let missing = words;
  for (const end = performance.now() + COMES_MAX_MS; missing.length > 0 && performance.now() < end; ) {
    const all = await everything(stage.device);
    missing = words.filter((each) => !all.includes(each));
  }
  missing.forEach((each) => stage.fault(`"${each}" is nowhere`));
}

/** The browser is killed while somebody types; opened again, its page goes on with the words. */
async function browserKilled(stage) {
  stage.step("browser killed");
  const profile = await Profile.make();
  try {
    const context = await profile.open(stage);
    const page = context.pages()[0] ?? (await context.newPage());
    await page.goto(await stage.device.page());
    await stage.unlock(page);
    await blank(page);
    await text(page).pressSequentially("first words of the night", { delay: 5 });
    await saved(page);
    const begun = performance.now();
    await text(page).press("End");
    for (let at = 0; performance.now() - begun < UNBROKEN_MAX_MS + 1_500; at += 1) {
      // Without ever making a pause.
      await page.keyboard.type(at === 0 ? " second words" : ".");
    }
    const hash = await page.evaluate(() => location.hash);
    stage.hold((await profile.kill()) > 0, "there was no browser to kill");
    await context.close().catch(() => {});
    await hold(stage, "first words of the night second words");
    const again = await profile.open(stage, { restores: true });
    const next = await again.newPage();
    await next.goto(await stage.device.page());
    await stage.unlock(next);
    await go(next, ...hash.slice(1).split("/"));
    await text(next).waitFor();
    stage.hold((await text(next).inputValue()).includes("second words"), "the draft doesn't open with its words");
    await again.close();
  } finally {
    await profile.end();
  }
}

/** The journal is locked by somebody else's hand in the middle of a word. */
async function lockedOutside(stage) {
  stage.step("locked from outside");
  const page = await stage.open();
  await blank(page);
  await text(page).pressSequentially("before the lock");
  await saved(page);
  await text(page).pressSequentially(" and the very last letters");
  await stage.device.lock();
  await page.getByLabel("Passphrase", { exact: true }).waitFor();
  await stage.unlock(page);
  await text(page).waitFor();
  await page.waitForFunction(() => document.querySelector("#text")?.value.includes("very last letters"));
  await hold(stage, "before the lock and the very last letters");
  await page.context().close();
}

/** The daemon is killed; what's typed meanwhile waits in the page, which says so. */
async function daemonKilled(stage) {
  stage.step("daemon killed");
  const page = await stage.open();
  await blank(page);
  await text(page).pressSequentially("with a device");
  await saved(page);
  await stage.device.kill();
  await text(page).pressSequentially(", and without one");
  await page.getByRole("heading", { name: "Not saved yet" }).or(page.getByRole("heading", { name: "Words on this page" })).first().waitFor();
  await stage.device.start();
  await page.getByLabel("Passphrase", { exact: true }).waitFor();
  await stage.unlock(page);
  await page.waitForFunction(() => document.querySelector("#text")?.value.includes("and without one"));
  await hold(stage, "with a device, and without one");
  await page.context().close();
}

/** Two tabs of one window change the same entry: the second opens it before the first has begun, or goes on in what that has begun. */
async function twoTabs(stage, how) {
  stage.step(`two tabs: ${how}`);
  const { id } = await stage.device.haven(["add", `Once there was a line, ${how}.`]);
  const context = await stage.context();
  const pages = [await stage.open({ context }), await stage.open({ context })];
  const opens = async (page) => {
    await go(page, "write", "entry", id);
    await text(page).waitFor();
  };
  const writes = async (page, at) => {
    await text(page).press("End");
    await text(page).pressSequentially(` Tab ${at}, ${how}, was here.`);
    await saved(page);
  };
  if (how === "apart") {
    await Promise.all(pages.map(opens));
  }
  for (const [at, page] of pages.entries()) {
    await page.bringToFront();
    await (how === "apart" ? undefined : opens(page));
    await writes(page, at);
  }
  if (how === "came back") {
    await pages[0].bringToFront();
    await text(pages[0]).press("End");
    await text(pages[0]).pressSequentially(" And came back.");
    await saved(pages[0]);
  }
  for (const page of pages) {
    await page.bringToFront();
    await page.getByRole("button", { name: "Done" }).click();
    await page.waitForFunction(() => !location.hash.startsWith("#write"));
  }
  await hold(stage, ...pages.map((_, at) => `Tab ${at}, ${how}, was here`), `Once there was a line, ${how}`, ...(how === "came back" ? ["And came back"] : []));
  const drafts = await stage.device.drafts();
  stage.hold(drafts.every((draft) => draft.entry !== id), "a draft of it stays behind");
  await context.close();
}

/** An entry is changed, left by Back without Done, and changed again: in the same draft, so that nobody meets with oneself. */
async function changedAgain(stage) {
  stage.step("changed again");
  const { id } = await stage.device.haven(["add", "A heron stood there."]);
  const page = await stage.open();
  await go(page, "entry", id);
  const edit = page.getByRole("link", { name: "Edit" });
  await edit.click();
  await text(page).press("End");
  await text(page).pressSequentially(" It looked at me.");
  await saved(page);
  await page.goBack();
  await page.getByText(/changing this entry/).waitFor();
  await edit.click();
  await text(page).waitFor();
  stage.hold((await text(page).inputValue()).endsWith("It looked at me."), "the old text opens again");
  await page.getByText("You’re picking up where you left off.").waitFor();
  await text(page).press("End");
  await text(page).pressSequentially(" Then it flew.");
  await saved(page);
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#entry"));
  await page.getByText("Then it flew").first().waitFor();
  const [{ text: now }, drafts] = [await stage.device.haven(["show", id]), await stage.device.drafts()];
  stage.hold(now === "A heron stood there. It looked at me. Then it flew.", `the entry says "${now}"`);
  stage.hold(drafts.every((draft) => !JSON.stringify(draft).includes(id)), "a draft of it stays behind");
  stage.hold(!(await page.getByText("changed in two places").isVisible()), "two edits met with each other");
  await page.context().close();
}

/** Loaded again right after the last key: the page comes back to the very same draft; a blank one says that there's something. */
async function loadedAgain(stage) {
  stage.step("loaded again");
  const page = await stage.open();
  await blank(page);
  await text(page).pressSequentially("the very last key");
  const hash = await page.evaluate(() => location.hash);
  await page.reload();
  await page.waitForFunction(() => document.querySelector("#text")?.value === "the very last key");
  const id = hash.split("/").at(-1);
  stage.hold(/^[0-9a-f]{32}$/.test(id) && (await page.evaluate(() => location.hash)).endsWith(id), "it's another draft");
  await text(page).press("End");
  await text(page).pressSequentially(", and on");
  await saved(page);
  const held = (await stage.device.drafts()).map(({ id: each }) => each).filter((each) => each === id);
  stage.hold(held.length === 1, "the draft isn't there");
  await go(page, "today");
  await page.getByRole("heading", { name: GREETING }).waitFor();
  await page.getByRole("link", { name: "Start anywhere" }).click();
  await page.getByText("started a little while ago").waitFor();
  await page.getByRole("link", { name: "Go on with it" }).click();
  await page.waitForFunction(() => document.querySelector("#text")?.value === "the very last key, and on");
  await page.goBack();
  await page.waitForFunction(() => document.querySelector("#text")?.value === "");
  await hold(stage, "the very last key, and on");
  await page.context().close();
}

/** F5 right after a key, and Enter to the browser's question; in a draft that was just opened, and in one that the device has just
 * written down: the page doesn't know then whose hand was in it last. */
async function loadedInHaste(stage) {
  stage.step("loaded in haste");
  const page = await stage.open();
  await blank(page);
  await text(page).pressSequentially("in haste");
  await saved(page);
  const words = [];
  for (const quietMs of [0, 300, 5_500, 0]) {
    await page.reload();
    await text(page).waitFor();
    await page.waitForTimeout(quietMs);
    words.push(`haste${words.length}`);
    await text(page).press("Control+End");
    await page.keyboard.insertText(` ${words.at(-1)}`);
  }
  await page.reload();
  await text(page).waitFor();
  await page.waitForFunction((each) => each.every((word) => document.querySelector("#text").value.includes(word)), words, { timeout: COMES_MAX_MS });
  await hold(stage, ...words);
  await page.context().close();
}

/** The disk is full for a while. The device refuses as it does then; filling a real disk would take the machine's. */
async function diskFull(stage) {
  stage.step("disk full");
  const app = await modules();
  const [{ refuses }, { Reason }] = [await app.load("tests/device.ts"), await app.load("core/fault.ts")];
  const body = Buffer.concat(refuses(Reason.STORAGE_FULL, { what: "nothing was kept", why: "the disk is full", next: "Free some space." }));
  await app.close();
  const page = await stage.open();
  await blank(page);
  await page.route(SAVE, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body }));
  await text(page).pressSequentially("more than the disk holds");
  await page.getByRole("heading", { name: "Not saved yet" }).waitFor();
  stage.hold(await page.getByText("Free some space").isVisible(), "it isn't said what to do about a full disk");
  // Nobody is held back by words that aren't kept: help is there, and the words wait.
  await page.getByRole("link", { name: "Get help now" }).click();
  await page.getByRole("heading", { name: "Help now" }).waitFor();
  await go(page, "today");
  await page.getByRole("heading", { name: GREETING }).waitFor();
  await page.unroute(SAVE);
  await page.waitForResponse((response) => response.url().endsWith("SaveDraft"), { timeout: 40_000 });
  await go(page, "drafts");
  await page.getByText("more than the disk holds").first().waitFor();
  await hold(stage, "more than the disk holds");
  await page.context().close();
}

/** The session is taken back while words are in the page alone; a fresh address in the same window brings them home. */
async function signedOut(stage) {
  stage.step("signed out");
  const page = await stage.open();
  await blank(page);
  await page.route(SAVE, (route) => route.abort("connectionrefused"));
  await text(page).pressSequentially("words without a session");
  await page.getByRole("heading", { name: "Not saved yet" }).waitFor();
  for (const { id, page: isPage } of await stage.device.lines(["token", "list"])) {
    await (isPage ? stage.device.haven(["token", "revoke", id]) : undefined);
  }
  await page.unroute(SAVE);
  await page.getByRole("heading", { name: "You’re signed out" }).waitFor();
  await page.getByRole("button", { name: "Show them" }).click();
  await page.getByText("words without a session").first().waitFor();
  const address = await stage.device.page();
  await page.evaluate((to) => (location.hash = new URL(to).hash), address);
  await page.waitForResponse((response) => response.url().endsWith("SaveDraft"));
  await page.waitForFunction(() => !document.querySelector("main h1")?.textContent.includes("signed out"));
  await hold(stage, "words without a session");
  await page.context().close();
}

/** A room's file is gone, as after a new build: the page says so, and loads itself again. */
async function assetGone(stage) {
  stage.step("a file is gone");
  const page = await stage.open();
  await page.route(/\/assets\/.*\.js$/, (route) => route.fulfill({ status: 404, body: "" }));
  await go(page, "settings");
  await page.getByRole("heading", { name: "This page didn’t load" }).waitFor();
  await page.unroute(/\/assets\/.*\.js$/);
  await page.getByRole("button", { name: "Load it again" }).click();
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.context().close();
}
