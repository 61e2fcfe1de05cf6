// Every exercise and every measure there is, walked through in the page: whatever kind of answer it asks for, it ends in an entry.

import { go } from "./stage.mjs";
import { through } from "./walks/through.mjs";

const WINDOWS = 2;

/** Kinds of answers that have to come up, or this would prove less than it says. */
const KINDS = ["harm", "whom", "choice", "scale", "several", "words", "items", "feelings", "person", "moment", "truth", "timer", "sentence"];

export const walks = {
  name: "walks",
  async run(stage) {
    const { device } = stage;
    stage.step("what there is");
    for (const name of ["Ada", "Ben"]) {
      await device.haven(["people", "add", name]);
    }
    await device.haven(["add", "A line to look back on."]);
    const exercises = (await device.lines(["practice", "list"])).map(({ id }) => ["exercise", id]);
    const measures = (await device.lines(["measure", "list"])).map(({ id }) => ["measure", id]);
    const all = [...exercises, ...measures];
    const kinds = new Map();
    const waiting = [...all];
    const lane = async () => {
      const page = await stage.open();
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        await one(stage, page, next, kinds);
      }
      await page.context().close();
    };
    await Promise.all(Array.from({ length: WINDOWS }, lane));
    stage.step("what is kept");
    await kept(stage, exercises, measures);
    const missing = KINDS.filter((kind) => !kinds.has(kind));
    stage.hold(missing.length === 0, `no walk asked for ${missing.join(", ")}`);
    return `${exercises.length} exercises, ${measures.length} measures; ${[...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ")}`;
  },
};

async function one(stage, page, [kind, id], kinds) {
  stage.step(`${kind} ${id}`);
  await page.evaluate(() => document.querySelector("main")?.setAttribute("data-before", ""));
  await go(page, "walk", kind, id);
  await page.locator("main:not([data-before]) h1").first().waitFor();
  const walked = await page.evaluate(through);
  walked.kinds.forEach((each) => kinds.set(each, (kinds.get(each) ?? 0) + 1));
  stage.hold(walked.entry !== "", `${kind} ${id} ended without an entry after ${walked.pages} pages: ${walked.why}`);
  walked.skipped.forEach((question) => stage.fault(`${kind} ${id}: no answer was taken at "${question}"`));
}

/** What the journal has is what was walked through: each once. */
async function kept(stage, exercises, measures) {
  const entries = await stage.device.entries();
  const of = (kind) => entries.filter((entry) => entry.kind === kind).map((entry) => (entry.exercise ?? entry.measure)?.id ?? "?");
  for (const [kind, list] of [["exercise", exercises], ["measure", measures]]) {
    const [found, wanted] = [of(kind).sort(), list.map(([, id]) => id).sort()];
    stage.hold(found.join() === wanted.join(), `${found.length} of ${wanted.length} entries of the kind ${kind}: ${wanted.filter((id) => !found.includes(id)).join(", ")} missing`);
  }
  const drafts = await stage.device.drafts();
  stage.hold(drafts.length === 0, `${drafts.length} drafts are left of walks that were finished`);
}
