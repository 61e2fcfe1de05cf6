// A device that is removed in the browser of another one, with a new recovery kit; what each of them says then, and which kit counts.

import { readFile } from "node:fs/promises";
import { PASSPHRASE } from "./device.mjs";
import { joined, show, title, withTwo } from "./link.mjs";
import { go } from "./stage.mjs";

const AFTER = "Written after the second device was gone.";

export const remove = {
  name: "remove",
  async run(stage) {
    await withTwo(stage, async (both) => {
      stage.step("link");
      await joined(both);
      await go(both.fresh, "journal");
      await both.fresh.getByText("Written before there was a second device").first().waitFor();
      const first = /[0-9A-Z]{4}(-[0-9A-Z]{4}){6}/.exec(await readFile(stage.device.path("kit"), "utf8"))[0];
      const second = await removed(both);
      await heard(both);
      stage.step("which kit counts");
      await check(both, second, "Yes, this is your journal’s recovery kit");
      await check(both, first, "another kit has taken its place");
      const third = await renewed(both);
      await check(both, second, "another kit has taken its place");
      await check(both, third, "Yes, this is your journal’s recovery kit");
    });
  },
};

/** Keeps the code that's shown, and types two of its groups back; the answer is the code. */
async function keep(both) {
  const { old } = both;
  await title(old, "Your new recovery kit");
  await show(both, old, "kit");
  const groups = (await old.locator("#code span").allTextContents()).map((group) => group.replace("-", "").trim());
  await old.getByRole("button", { name: "I have it" }).click();
  await title(old, "One look at your copy");
  for (const label of await old.locator(".two label").allTextContents()) {
    await old.getByLabel(label).fill(groups[Number(/\d/.exec(label)[0]) - 1]);
  }
  await show(both, old, "proof");
  await old.getByRole("button", { name: "Check", exact: true }).click();
  return groups.join("-");
}

async function removed(both) {
  const { stage, old } = both;
  stage.step("remove");
  await go(old, "devices");
  await show(both, old, "devices");
  await old.getByRole("link", { name: "Remove Second device" }).click();
  await title(old, "Remove “Second device”?");
  await old.getByLabel("It’s lost, or somebody else has it").check();
  await show(both, old, "why");
  await old.getByRole("button", { name: "Go on" }).click();
  const code = await keep(both);
  await title(old, "Remove “Second device”");
  await old.getByLabel("This device’s passphrase").fill("not this one");
  await old.getByRole("button", { name: "Remove it" }).click();
  await old.getByText("Nothing has changed").waitFor();
  await show(both, old, "passphrase");
  await old.getByLabel("This device’s passphrase").fill(PASSPHRASE);
  await old.getByRole("button", { name: "Remove it" }).click();
  await title(old, "“Second device” is removed", 30_000);
  await show(both, old, "done");
  await old.reload();
  await title(old, "“Second device” isn’t one of your devices any more");
  await old.getByText("check which of the two codes counts").waitFor();
  await show(both, old, "gone");
  return code;
}

/** The other one hears of it and keeps what it had; what's written now doesn't get there. */
async function heard(both) {
  const { stage, old, fresh } = both;
  stage.step("the other hears of it");
  await go(fresh, "devices");
  await fresh.getByText("This device was removed from your journal").waitFor({ timeout: 30_000 });
  await show(both, fresh, "heard");
  await stage.device.haven(["add", AFTER]);
  await stage.device.haven(["sync", "--wait"]);
  await go(fresh, "journal");
  await fresh.getByText("Written before there was a second device").first().waitFor();
  stage.hold((await fresh.getByText(AFTER).count()) === 0, "it still gets what is written");
  await go(old, "journal");
  await old.getByText(AFTER).first().waitFor();
}

async function check(both, code, said) {
  const { old } = both;
  await go(old, "kit");
  await old.getByLabel("The code", { exact: true }).fill(code.toLowerCase());
  await old.getByRole("button", { name: "Check it" }).click();
  await old.getByText(said).waitFor();
  await show(both, old, said.startsWith("Yes") ? "valid" : "replaced");
  await go(old, "today");
  await old.getByRole("navigation", { name: "Main" }).waitFor();
}

async function renewed(both) {
  const { stage, old } = both;
  stage.step("renew");
  await go(old, "kit");
  await old.getByRole("link", { name: "Make a new kit" }).click();
  await title(old, "A new recovery kit");
  await show(both, old, "begin");
  await old.getByRole("button", { name: "Show a new code" }).click();
  const code = await keep(both);
  await title(old, "Put it in the old one’s place");
  await old.getByLabel("This device’s passphrase").fill(PASSPHRASE);
  await show(both, old, "renew");
  await old.getByRole("button", { name: "Use the new kit" }).click();
  await title(old, "Your new recovery kit counts now", 30_000);
  await show(both, old, "renewed");
  return code;
}
