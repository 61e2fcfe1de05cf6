// Through patterns and people, with a journal of demo data that's open.

const VIEWS = ["Map", "Before and after", "Moments", "Beliefs", "Seven signs", "People", "Sessions", "Results", "Days"];

export async function patterns({ page, show }) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Patterns" }).click();
  for (const name of VIEWS) {
    await page.getByRole("navigation", { name: "What to look at" }).getByRole("link", { name, exact: true }).click();
    await page.getByRole("heading", { level: 2, name, exact: true }).waitFor();
    // The device has answered.
    await page.getByText("Just a moment.").waitFor({ state: "detached" });
    for (const as of ["Table", "Picture"]) {
      await page.getByRole("radio", { name: as }).check({ force: true });
      await show(page, `patterns-${name.toLowerCase().replaceAll(" ", "-")}-${as.toLowerCase()}`);
    }
  }
  await people({ page, show });
}

async function people({ page, show }) {
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "People" }).click();
  await page.getByRole("heading", { name: "Close in" }).waitFor();
  await show(page, "people");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByLabel("Name").fill("MARA (fictional)");
  await page.getByRole("button", { name: "Add" }).click();
  await page.getByText("Is this someone else?").waitFor();
  await show(page, "people-namesake");
  // Whoever it is, this leads to them.
  await page.getByRole("button", { name: "No, the same" }).click();
  await page.getByRole("heading", { name: "Entries about them" }).waitFor();
  await show(page, "person");
  await page.getByRole("button", { name: "Change the name" }).click();
  await page.getByText("The same as someone else here").click();
  await page.getByLabel("Who are they the same as?").selectOption({ index: 1 });
  await page.getByText("Remove from People").click();
  await show(page, "person-ends");
  await page.getByRole("button", { name: "Cancel" }).click();
}
