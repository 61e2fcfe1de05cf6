// The rooms in which the journal is read: with an open journal of demo data.

export async function journal({ page, show }) {
  await go(page, "journal");
  await page.locator("[data-entry]").first().waitFor();
  await show(page, "journal");
  const [first] = await page.locator("[data-entry]").evaluateAll((links) => links.map((link) => link.dataset.entry));
  await search({ page, show });
  await narrow({ page, show });
  await entry({ page, show, first });
  await others({ page, show, first });
}

async function go(page, hash) {
  await page.evaluate((to) => (location.hash = to), hash);
}

async function search({ page, show }) {
  const field = page.getByRole("searchbox");
  await field.fill("canal");
  await page.locator("mark").first().waitFor();
  await show(page, "journal-search");
  await field.fill("canal person:");
  await page.locator("#unfinished").waitFor();
  await page.getByText("What you can type").click();
  await show(page, "journal-search-help");
  await field.fill("zzzz");
  await page.getByRole("heading", { name: "Nothing found" }).waitFor();
  await show(page, "journal-none");
  if (/canal|zzzz/.test(page.url())) {
    throw new Error("words of the search are in the address");
  }
  await page.getByRole("button", { name: "Show the whole journal" }).click();
  await page.locator("[data-entry]").first().waitFor();
}

async function narrow({ page, show }) {
  await page.getByRole("button", { name: "Feeling", exact: true }).click();
  await page.getByRole("group", { name: "Feeling" }).getByRole("button").first().click();
  await page.getByRole("button", { name: /remove this filter/ }).waitFor();
  await show(page, "journal-filter");
  await page.getByRole("button", { name: /remove this filter/ }).click();
  await page.getByRole("button", { name: "Feeling", exact: true }).click();
  await page.setViewportSize({ width: 390, height: 780 });
  await page.getByText("Calendar", { exact: true }).click();
  // Clear of the tabs, which would hide half a week.
  await page.locator("details table").evaluate((table) => table.scrollIntoView({ block: "end" }));
  await show(page, "journal-calendar");
}

async function entry({ page, show, first }) {
  await go(page, `entry/${first}`);
  await page.getByRole("link", { name: "Edit" }).waitFor();
  await show(page, "entry");
  await page.getByRole("button", { name: "To the trash" }).click();
  await page.getByText("More", { exact: true }).click();
  await show(page, "entry-trash");
  await page.getByRole("button", { name: "Put it into the trash" }).click();
  await page.getByRole("button", { name: "Bring it back" }).waitFor();
  await show(page, "entry-trashed");
  await go(page, "trash");
  await page.getByRole("button", { name: /Bring it back/ }).first().waitFor();
  await show(page, "trash");
  await page.getByRole("button", { name: /Bring it back/ }).first().click();
  await page.getByText("is back in your journal").waitFor();
  for (const [kind, name] of [["Exercise", "entry-exercise"], ["Questionnaire", "entry-measure"]]) {
    await go(page, "journal");
    await page.getByRole("button", { name: "Kind", exact: true }).click();
    await page.getByRole("group", { name: "Kind" }).getByRole("button", { name: kind }).click();
    await page.locator("[data-entry] .tag", { hasText: kind }).first().click();
    await page.getByRole("link", { name: "Edit" }).waitFor();
    await show(page, name);
    await go(page, "journal");
    await page.getByRole("button", { name: /remove this filter/ }).click();
  }
}

async function others({ page, show, first }) {
  await go(page, `history/${first}`);
  await page.getByRole("button", { name: /Look at it/ }).first().click();
  await page.getByText("The whole entry as it was").waitFor();
  await show(page, "history");
  await go(page, "journal");
  await page.locator("[data-entry]").first().waitFor();
}
