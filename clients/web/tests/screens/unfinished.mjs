// What was begun and isn't finished: a page, a change to an entry, and a recovery kit that nobody has confirmed.

import { CALM, UNCONFIRMED } from "../answers.mjs";

const SETTINGS = "**/haven.v1.SettingsService/ListSettings";
const TODAY = "**/haven.v1.ProgressService/GetToday";

export async function unfinished({ page, show }) {
  await kit({ page, show });
  await go(page, "write");
  const text = page.getByLabel("Your words");
  await text.fill("Ten past eight. I had already written the end of it.");
  await page.getByText("Saved", { exact: true }).waitFor();
  await go(page, "today");
  await page.getByRole("link", { name: "Start anywhere" }).click();
  await page.getByText("started a little while ago").waitFor();
  await show(page, "write-recent");
  await page.getByRole("link", { name: "Go on with it" }).click();
  await page.waitForFunction(() => document.querySelector("#text")?.value !== "");
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByRole("link", { name: "Edit" }).click();
  await text.press("End");
  await text.pressSequentially(" She rang at nine.");
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.goBack();
  await page.getByText("and you see it here").waitFor({ timeout: 15_000 });
  await show(page, "entry-change-shown");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByText("picking up where you left off").waitFor();
  await show(page, "write-goes-on");
  // More than an entry holds: it can't be written down, and stays apart.
  await text.fill("She rang at nine. ".repeat(16_000));
  await page.getByText("This is longer than one entry holds").waitFor();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.goBack();
  await page.getByText("aren’t shown here yet").waitFor();
  await page.getByRole("button", { name: "Throw it away" }).click();
  await show(page, "entry-change-apart");
  await page.getByRole("button", { name: "Throw it away" }).click();
  await page.getByText("The change is gone").waitFor();
}

async function kit({ page, show }) {
  await page.route(SETTINGS, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body: UNCONFIRMED }));
  // The way here leads through the help page, and after that nobody is asked for some days.
  await page.route(TODAY, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body: CALM }));
  await page.evaluate(() => void (location.hash = "today"));
  await page.reload();
  await page.getByText("Do you still have your recovery code").waitFor();
  await show(page, "today-kit");
  await page.getByRole("link", { name: "I don’t" }).click();
  await page.getByRole("heading", { level: 1, name: "Your recovery kit" }).waitFor();
  await show(page, "kit");
  await page.unroute(SETTINGS);
  await page.unroute(TODAY);
  await page.reload();
  await page.getByText("There’s nothing to confirm").waitFor();
}

async function go(page, room) {
  await page.evaluate((hash) => void (location.hash = hash), room);
}
