// Through Practice as a person goes: the exercises by need, one from its first page to the last, what holds, and a questionnaire that
// calls for support. Called with an open journal of demo data.

export async function practice({ page, show }) {
  await go(page, "practice", "Practice");
  await show(page, "practice");
  await go(page, "measures", "Questionnaires");
  await show(page, "measures");
  await go(page, "exercise/closeness-ladder", "Closer, step by step");
  await show(page, "exercise");
  await go(page, "results/two-axis", "How it is between us");
  await show(page, "results");
  await page.getByText("Table", { exact: true }).click();
  await show(page, "results-table");
  await breath({ page, show });
  await held({ page, show });
  await fields({ page, show });
  await support({ page, show });
}

/** By its address, as a link does. */
async function go(page, room, heading) {
  await page.evaluate((hash) => (location.hash = hash), `#${room}`);
  await title(page, heading).waitFor();
}

function title(page, name) {
  return page.getByRole("heading", { level: 1, name });
}

/** Goes on from a page, and waits until another one is there. */
async function on(page, button = "Next") {
  const before = await page.getByRole("heading", { level: 1 }).textContent();
  await page.getByRole("button", { name: button, exact: true }).click();
  await page.waitForFunction((was) => document.querySelector("h1")?.textContent !== was, before);
}

async function breath({ page, show }) {
  await go(page, "walk/exercise/slow-breath", "A few slow breaths");
  await show(page, "walk-intro");
  await on(page, "Begin");
  await show(page, "walk-scale");
  await page.getByLabel("An exact number").fill("370");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "100" }).waitFor();
  await show(page, "walk-hint");
  await page.getByLabel("An exact number").fill("37");
  await on(page);
  await page.getByRole("radio", { name: "in for 4, out for 6" }).check();
  await show(page, "walk-choice");
  await on(page);
  await page.getByRole("button", { name: "Start" }).click();
  await show(page, "walk-breath");
  await page.getByRole("button", { name: "Count instead" }).click();
  await show(page, "walk-breath-counted");
  await page.getByRole("button", { name: "Yes, stop here" }).click();
  await title(page, "It’s better to stop here").waitFor();
  await show(page, "walk-notice");
  await on(page, "End here");
  await show(page, "walk-end");
  await on(page, "Save");
  await show(page, "walk-kept");
}

async function held({ page, show }) {
  await go(page, "walk/exercise/closeness-ladder", "Closer, step by step");
  await on(page, "Begin");
  await show(page, "walk-gate");
  await page.getByRole("radio", { name: "I'm not sure" }).check();
  await on(page);
  await show(page, "walk-unsure");
  await on(page, "Back");
  await page.getByRole("radio", { name: "Yes" }).check();
  await on(page);
  await show(page, "walk-held");
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await title(page, "Practice").waitFor();
}

/** The fields that the others don't have: feelings, words, people, several, a time, items with their sum. */
async function fields({ page, show }) {
  await go(page, "walk/exercise/trigger-chain", "One moment, link by link");
  await on(page, "Begin");
  const seen = new Set();
  for (let at = 0; at < 14 && (await page.getByRole("button", { name: "Skip" }).isVisible()); at += 1) {
    const kind = await kindOf(page);
    if (kind === "feelings") {
      await page.getByRole("button", { name: "afraid", exact: true }).click();
      await page.getByRole("radiogroup", { name: "How strong is it: afraid?" }).getByText("4", { exact: true }).click();
    }
    if (!seen.has(kind)) {
      await show(page, `walk-${kind}`);
      seen.add(kind);
    }
    await on(page, "Skip");
  }
}

async function kindOf(page) {
  for (const [kind, what] of [["feelings", ".groups"], ["time", "input[type=time]"], ["person", "#name"], ["words", "textarea"], ["several", "input[type=checkbox]"], ["scale", ".ladder"]]) {
    if ((await page.locator(`main ${what}`).count()) > 0) {
      return kind;
    }
  }
  return "choice";
}

async function support({ page, show }) {
  await go(page, "walk/measure/two-axis", "Who is it about?");
  await show(page, "walk-whom");
  await go(page, "walk/measure/phq-9", "PHQ-9");
  await show(page, "walk-measure");
  await on(page, "Begin");
  for (let item = 1; item < 9; item += 1) {
    await page.getByRole("radio").first().check();
    await on(page);
  }
  await page.getByRole("radio").nth(1).check();
  await show(page, "walk-item");
  await on(page);
  await title(page, "Help, if you want it").waitFor();
  await page.locator("a.call").first().waitFor();
  await show(page, "walk-support");
  await on(page, "Go on with the questions");
  while (await page.getByRole("button", { name: "Skip" }).isVisible()) {
    await on(page, "Skip");
  }
  await show(page, "walk-review");
  await on(page, "Finish");
  await show(page, "walk-result");
}
