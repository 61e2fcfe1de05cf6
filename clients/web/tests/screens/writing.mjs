// Today, writing and drafts, with a real journal: shown one after the other.

import { GREETING } from "../greeting.mjs";

const hash = (page, to) => page.evaluate((address) => void (location.hash = address), to);

export async function writing({ page, show }) {
  await hash(page, "today");
  await page.getByRole("heading", { name: GREETING }).waitFor();
  await page.getByRole("heading", { name: "How are you right now?" }).waitFor();
  await show(page, "today");
  await page.getByRole("button", { name: "More words…" }).click();
  await page.getByRole("button", { name: "calm", exact: true }).click();
  await show(page, "today-feelings");
  await page.getByRole("link", { name: "Start anywhere" }).click();
  const text = page.getByLabel("Your words");
  await text.waitFor();
  await show(page, "write-blank");
  await page.getByLabel("Title, if you like").fill("When she didn’t call back, and what I made of it between ten past and nine");
  await text.fill("She said she’d ring at eight. At ten past I had already written the **end** of it.\n\nShe rang at nine.\n\n- a train\n- no signal");
  await page.getByText("Saved", { exact: true }).waitFor();
  await show(page, "write");
  await page.getByRole("button", { name: "People" }).click();
  await page.getByRole("heading", { name: "Who is it about?" }).waitFor();
  await show(page, "write-people");
  await page.getByRole("button", { name: /^More/ }).click();
  await page.getByLabel("Day").waitFor();
  await page.getByRole("button", { name: "See how it will read" }).click();
  await page.getByRole("button", { name: "Throw it away" }).click();
  await show(page, "write-more");
  await page.getByRole("button", { name: "Keep it" }).click();
  await page.route("**/haven.v1.DraftService/SaveDraft", (route) => route.abort("connectionrefused"));
  await text.press("End");
  await text.press("!");
  await page.getByRole("heading", { name: "Not saved yet" }).waitFor();
  await show(page, "write-unsaved");
  await page.unroute("**/haven.v1.DraftService/SaveDraft");
  await page.getByText("Saved", { exact: true }).waitFor();
  await hash(page, "drafts");
  await page.getByRole("heading", { name: "Drafts", exact: true }).waitFor();
  await page.getByRole("link", { name: /When she didn/ }).waitFor();
  await page.getByRole("button", { name: /^Throw away/ }).first().click();
  await show(page, "drafts");
}
