// A device that takes calls and says nothing, says half, or does them long after: every word is there afterwards, and stands there once.

import { Proxy } from "./proxy.mjs";
import { go } from "./stage.mjs";

/** "Not saved yet" stands there by then: a pause in typing, what core/keeper.ts waits for an answer, and some. */
const TOLD_MAX_MS = 8_000;

/** After the device is back: a call that hangs is given up, a pause, another try. */
const HOME_MAX_MS = 45_000;

/** A draft that's left alone is an entry after five seconds; one that came back would be by then. */
const FOLDED_MS = 8_000;

const text = (page) => page.getByLabel("Your words");
const told = (page) => page.getByRole("heading", { name: "Not saved yet" });
const saved = (page) => page.getByText("Saved", { exact: true });

/** Side by side, each behind a proxy of its own: most of the time they wait. */
const CASES = [(...given) => silence(...given, "hangs"), (...given) => silence(...given, "mute"), (...given) => silence(...given, "half"), late, lateAfterDone, doneUnheard];

export const silent = {
  name: "silent",
  async run(stage) {
    stage.step("a silent device");
    const target = await stage.device.page();
    const ready = [];
    for (const play of CASES) {
      // One after the other: a page's address is good once, and each asks for one.
      const proxy = await Proxy.make(target);
      ready.push({ play, proxy, page: await open(stage, proxy) });
    }
    await Promise.all(ready.map(({ play, proxy, page }) => play(stage, proxy, page).finally(() => proxy.close())));
  },
};

/** A blank page behind the proxy. */
async function open(stage, proxy) {
  const context = await stage.context();
  const page = await context.newPage();
  await page.goto(`${proxy.origin}/${new URL(await stage.device.page()).hash}`);
  await stage.unlock(page);
  await go(page, "write");
  await text(page).waitFor();
  return page;
}

/** Every text there is, of entries and of drafts that aren't entries yet. */
async function texts({ device }) {
  const [entries, listed] = [await device.entries(), await device.drafts()];
  const drafts = await Promise.all(listed.map(({ id }) => device.haven(["draft", "show", id])));
  const isOwn = (draft) => !draft.entry && !draft.entry_id;
  return [...entries, ...drafts.filter(isOwn)].map((each) => each.text ?? "").filter((each) => each !== "");
}

/** Holds that these words stand somewhere, once, and nothing older of them beside. */
async function once(stage, beginning, words) {
  let found = [];
  for (const end = performance.now() + 10_000; performance.now() < end; ) {
    found = (await texts(stage)).filter((each) => each.startsWith(beginning));
    if (found.length === 1 && found[0] === words) {
      return;
    }
  }
  stage.fault(`there should be "${words}" once, and there is ${JSON.stringify(found)}`);
}

/** Nothing is answered for a while: that's said in time, and what's typed meanwhile comes home once. */
async function silence(stage, proxy, page, kind) {
  await text(page).pressSequentially(`${kind}: first words`);
  await saved(page).waitFor();
  proxy.breaks(kind);
  await text(page).pressSequentially(", second words");
  await told(page).waitFor({ timeout: TOLD_MAX_MS });
  await text(page).pressSequentially(", third words");
  stage.hold(await told(page).isVisible(), "typing on took away that it isn't saved");
  proxy.heals();
  await saved(page).waitFor({ timeout: HOME_MAX_MS });
  await once(stage, `${kind}:`, `${kind}: first words, second words, third words`);
  await page.context().close();
}

/** Older words arrive after newer ones. */
async function late(stage, proxy, page) {
  proxy.breaks("late", /SaveDraft/);
  await text(page).pressSequentially("late: old");
  await told(page).waitFor({ timeout: TOLD_MAX_MS });
  proxy.heals();
  await text(page).pressSequentially(", new");
  await saved(page).waitFor({ timeout: HOME_MAX_MS });
  await proxy.arrive();
  await page.waitForTimeout(FOLDED_MS);
  await once(stage, "late:", "late: old, new");
  stage.hold((await text(page).inputValue()) === "late: old, new", "the page lost words");
  await page.context().close();
}

/** They arrive after Done. */
async function lateAfterDone(stage, proxy, page) {
  proxy.breaks("late", /SaveDraft/);
  await text(page).pressSequentially("done: old");
  await told(page).waitFor({ timeout: TOLD_MAX_MS });
  proxy.heals();
  await text(page).pressSequentially(", new");
  await saved(page).waitFor({ timeout: HOME_MAX_MS });
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForFunction(() => location.hash.startsWith("#entry"));
  await proxy.arrive();
  await page.waitForTimeout(FOLDED_MS);
  await once(stage, "done:", "done: old, new");
  await page.context().close();
}

/** Done is carried out, and nobody hears of it: said, tried again, one entry. */
async function doneUnheard(stage, proxy, page) {
  await text(page).pressSequentially("unheard: words");
  await saved(page).waitFor();
  proxy.breaks("mute", /CommitDraft/);
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("alert").first().waitFor({ timeout: 20_000 });
  proxy.heals();
  await page.getByRole("button", { name: "Done" }).click();
  await page.waitForFunction(() => !location.hash.startsWith("#write"));
  await once(stage, "unheard:", "unheard: words");
  await page.context().close();
}
