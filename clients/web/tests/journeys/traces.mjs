// Who looks over a shoulder, and who looks at the browser afterwards: no word of the journal is anywhere but on the screen.

import { PASSPHRASE } from "./device.mjs";
import { Profile } from "./profile.mjs";
import { go } from "./stage.mjs";

/** Words that stand nowhere else. */
const CANARIES = { title: "zimtvogel", text: "quittenmond", search: "birkenstern", person: "Haselruth", tag: "moorlampe", answer: "nebelhorn" };

export const traces = {
  name: "traces",
  async run(stage) {
    await stage.device.haven(["people", "add", CANARIES.person]);
    await stage.device.haven(["add", `${CANARIES.text} stood by the water`, "--title", CANARIES.title, "--tag", CANARIES.tag]);
    await profile(stage, false);
    await profile(stage, true);
    await leaves(stage);
    await hides(stage);
    await looks(stage);
  },
};

/** Words in every field there is, and each room that shows them. */
async function used(stage, page) {
  await page.goto(await stage.device.page());
  await stage.unlock(page);
  await go(page, "write");
  await page.getByLabel("Title, if you like").fill(`${CANARIES.title} again`);
  await page.getByLabel("Your words").pressSequentially(`${CANARIES.text} came back`);
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#entry/"));
  await inside(stage, page, "an entry");
  await go(page, "journal");
  await page.getByRole("searchbox").pressSequentially(CANARIES.search);
  await page.keyboard.press("Enter");
  await page.getByText("Nothing found").first().waitFor();
  await page.getByRole("searchbox").fill(CANARIES.text);
  await page.locator("main mark").first().waitFor();
  await inside(stage, page, "the search");
  await go(page, "people");
  await page.getByText(CANARIES.person).first().waitFor();
  await go(page, "walk", "exercise", "kind-word");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.locator("main .way textarea, main .way input").first().waitFor();
  await page.evaluate((words) => {
    const field = document.querySelector("main .way textarea");
    if (field) {
      field.value = words;
      field.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
  }, CANARIES.answer);
  await inside(stage, page, "a walk");
  // Half a sentence stays in the fields.
  await go(page, "write");
  await page.getByLabel("Your words").pressSequentially(`${CANARIES.text} unfinished`);
  await page.getByText("Saved", { exact: true }).waitFor();
  await inside(stage, page, "writing");
}

/** What the page itself leaves where others could find it. */
async function inside(stage, page, where) {
  const left = await page.evaluate(async () => {
    const stores = [sessionStorage, localStorage].map((store) => Object.entries(store).filter(([key]) => key !== "notes.session"));
    const databases = (await indexedDB.databases?.()) ?? [];
    return JSON.stringify({ stores, databases, caches: await caches.keys(), title: document.title, address: location.href, cookie: document.cookie, state: history.state, name: window.name });
  });
  stage.hold(left.startsWith('{"stores":[[],[]],"databases":[],"caches":[],"title":"Notes"'), `${where}: the page leaves ${left}`);
  Object.values(CANARIES).forEach((word) => stage.hold(!left.includes(word), `${where}: "${word}" is in ${left}`));
}

/** Canaries in the whole folder of the browser, after it was closed or killed with the words on its screen. */
async function profile(stage, isKilled) {
  stage.step(isKilled ? "the browser's folder after a kill" : "the browser's folder");
  const browser = await Profile.make();
  try {
    const context = await browser.open(stage);
    const page = context.pages()[0] ?? (await context.newPage());
    await used(stage, page);
    // A field that isn't ours shows that this would find what a browser keeps.
    await seeded(context);
    const address = await page.evaluate(() => location.hash);
    if (isKilled) {
      await noted(stage, browser, address);
      await browser.kill();
    }
    await context.close().catch(() => {});
    const words = [...Object.values(CANARIES), PASSPHRASE];
    const { found, files } = await browser.search(words);
    stage.hold(found.length === 0, `the browser keeps words in ${found.join(", ")}`);
    stage.hold(files > 20, `the browser's folder has ${files} files only`);
    const control = await browser.search([isKilled ? address : CONTROL]);
    stage.hold(control.found.length > 0, "the search of the browser's folder finds nothing, not even what was put there");
  } finally {
    await browser.end();
  }
}

/** Waits until the browser has written the state of its windows down, as it does for whoever opens it again after a crash. */
async function noted(stage, browser, address) {
  const isNoted = await until(async () => (await browser.search([address])).found.some((name) => /^(Session|Tabs)_/.test(name)), SESSION_MAX_MS);
  stage.hold(isNoted, "the browser wrote no session down, so nothing is known about what it keeps in one");
}

/** Chromium waits some seconds before it writes a session down. */
const SESSION_MAX_MS = 20_000;

const CONTROL = "kontrollwort";

/** A page that keeps a word on purpose. */
async function seeded(context) {
  const page = await context.newPage();
  await page.goto(new URL("/", context.pages()[0].url()).href);
  await page.evaluate((word) => localStorage.setItem("control", word), CONTROL);
  await page.close();
}

/** Leaving: the screen is blank, the journal is closed, and the way back shows nothing. */
async function leaves(stage) {
  stage.step("leave");
  await stage.device.haven(["config", "set", "app.quick_exit", "true"]);
  for (const way of ["button", "keys"]) {
    await stage.device.unlock();
    const page = await stage.open({ viewport: { width: 390, height: 780 } });
    const home = new URL(page.url()).origin;
    await go(page, "journal");
    await page.getByText(CANARIES.title).first().waitFor();
    if (way === "button") {
      await page.getByRole("button", { name: "Leave", exact: true }).first().click();
    } else {
      for (let tap = 0; tap < 3; tap += 1) {
        await page.keyboard.press("Shift");
      }
    }
    await page.waitForFunction((own) => !location.href.startsWith(`${own}/#`) && !document.body?.textContent.includes("zimtvogel"), home);
    const status = await until(async () => (await stage.device.haven(["status"])).state === "locked");
    stage.hold(status, `${way}: the journal is still open after its page was left`);
    await page.goBack().catch(() => {});
    await page.waitForLoadState();
    const shown = await page.evaluate(() => document.documentElement.textContent);
    stage.hold(!shown.includes(CANARIES.title), `${way}: the way back shows the journal`);
    // A mark that the tab was left, and nothing else: it says neither what was there nor how to get in.
    const kept = await page.evaluate(() => (location.origin === "null" ? {} : { ...sessionStorage }));
    stage.hold(["{}", '{"notes.left":"yes"}'].includes(JSON.stringify(kept)), `${way}: the session is still in the tab: ${Object.keys(kept).join(", ")}`);
    await page.context().close();
  }
  await stage.device.haven(["config", "set", "app.quick_exit", "false"]);
  await stage.device.unlock();
}

/** A page that nobody sees any more closes the journal, by choice; words go home first. */
async function hides(stage) {
  stage.step("lock when hidden");
  await stage.device.haven(["config", "set", "app.lock_hidden", "true"]);
  const page = await stage.open();
  await go(page, "write");
  await page.getByLabel("Your words").pressSequentially("just before the window went");
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  stage.hold(await until(async () => (await stage.device.haven(["status"])).state === "locked"), "the journal stays open behind a hidden page");
  await page.context().close();
  await stage.device.haven(["config", "set", "app.lock_hidden", "false"]);
  await stage.device.unlock();
  const words = JSON.stringify(await Promise.all((await stage.device.drafts()).map(({ id }) => stage.device.haven(["draft", "show", id]))));
  stage.hold(words.includes("just before the window went"), "the last words were lost by the lock");
}

/** What a glance sees: previews that can't be read, and a name of one's choice. */
async function looks(stage) {
  stage.step("blur and name");
  await stage.device.haven(["config", "set", "app.blur", "true"]);
  await stage.device.haven(["config", "set", "app.name", "haven"]);
  const page = await stage.open();
  await go(page, "journal");
  await page.getByText(CANARIES.title).first().waitFor();
  const filter = await page.getByText(CANARIES.title).first().evaluate((element) => {
    for (let each = element; each; each = each.parentElement) {
      if (getComputedStyle(each).filter !== "none") {
        return getComputedStyle(each).filter;
      }
    }
    return "none";
  });
  stage.hold(filter.startsWith("blur"), `a preview can be read: ${filter}`);
  stage.hold((await page.title()) === "Haven", `the tab is called ${await page.title()}`);
  await stage.device.haven(["config", "set", "app.name", "notes"]);
  await page.reload();
  await page.waitForFunction(() => document.title === "Notes");
  await page.context().close();
}

async function until(test, maxMs = 10_000) {
  for (const end = performance.now() + maxMs; performance.now() < end; ) {
    if (await test()) {
      return true;
    }
  }
  return false;
}
