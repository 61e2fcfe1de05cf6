// The beginning, as somebody meets it who has no journal. This device has one, so what it says of itself is put in its place.

import { JOIN_COMPARING, JOIN_WORDS, KIT, MADE, NO_JOURNAL, SUGGESTED, waitForever } from "../answers.mjs";

const CALLS = {
  "EventService/WatchEvents": NO_JOURNAL,
  "VaultService/Init": MADE,
  "VaultService/SuggestPassphrase": SUGGESTED,
};

export async function beginning({ page, show }) {
  for (const [call, body] of Object.entries(CALLS)) {
    await page.route(`**/haven.v1.${call}`, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body }));
  }
  await page.addInitScript(waitForever, ["DeviceService/JoinVault", [...JOIN_WORDS], [...JOIN_COMPARING]]);
  await page.evaluate(() => (location.hash = "welcome"));
  await page.reload();
  await page.getByRole("heading", { name: "A private journal" }).waitFor();
  await show(page, "welcome");
  await join({ page, show });
  await page.getByRole("link", { name: "Start a journal" }).click();
  await page.getByRole("heading", { name: "Could someone near you" }).waitFor();
  await page.getByLabel("Country").waitFor();
  await show(page, "welcome-near");
  await create({ page, show });
  await kit({ page, show });
  for (const call of Object.keys(CALLS)) {
    await page.unroute(`**/haven.v1.${call}`);
  }
  // The kit is kept by now: nothing asks whoever loads the page again.
  await page.evaluate(() => (location.hash = "welcome/kit"));
  await page.reload();
  await page.getByRole("heading", { name: "can’t be shown again" }).waitFor();
  await show(page, "welcome-kit-gone");
  await page.getByRole("button", { name: "I have it" }).click();
  await page.getByRole("heading", { name: "Your journal is ready" }).waitFor();
  await show(page, "welcome-first");
  await page.evaluate(() => (location.hash = "today"));
}

async function join({ page, show }) {
  await page.getByRole("link", { name: "I have one already" }).click();
  await page.getByRole("heading", { name: "I have one already" }).waitFor();
  await show(page, "welcome-join");
  await page.getByRole("button", { name: "Make one up for me" }).click();
  await page.getByLabel("Server’s address").fill("https://journal.example");
  await page.getByLabel("Code").fill(KIT);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Type these three words" }).waitFor();
  await show(page, "welcome-join-words");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByLabel("Code").fill(KIT);
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "Type the three words it shows now" }).waitFor();
  await show(page, "welcome-join-theirs");
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("link", { name: "Back" }).click();
}

async function create({ page, show }) {
  await page.getByRole("link", { name: "Go on" }).click();
  await page.getByRole("heading", { name: "A passphrase for your journal" }).waitFor();
  await page.getByLabel("Passphrase", { exact: true }).fill("secret");
  await page.getByText("could be guessed").waitFor();
  await show(page, "welcome-create-weak");
  await page.getByRole("button", { name: "Make one up for me" }).click();
  await page.getByText("Sync with a server").click();
  await show(page, "welcome-create");
  await page.getByRole("button", { name: "Start my journal" }).click();
}

async function kit({ page, show }) {
  await page.getByRole("heading", { name: "Your recovery kit" }).waitFor();
  await page.getByText("I can’t keep it now").click();
  await show(page, "welcome-kit");
  await page.getByRole("link", { name: "I have it" }).click();
  await page.getByRole("heading", { name: "One look at your copy" }).waitFor();
  const labels = await page.locator("form label").allInnerTexts();
  await page.getByLabel(labels[0]).fill("0000");
  await page.getByRole("button", { name: "Check" }).click();
  await show(page, "welcome-proof");
  for (const label of labels) {
    await page.getByLabel(label).fill(KIT.split("-")[Number(label.split(" ")[1]) - 1]);
  }
  await page.getByRole("button", { name: "Check" }).click();
  await page.waitForFunction(() => location.hash === "#welcome/first");
}
