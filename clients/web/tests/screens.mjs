// The way through every screen, as a person goes it: each is reached, waited for by its heading, and shown to `shoot`.

import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { NO_JOURNAL, TOO_MANY_TRIES } from "./answers.mjs";
import { GREETING } from "./greeting.mjs";

const ROOMS = join(import.meta.dirname, "screens");

export async function screens({ url, folder, passphrase, visit, shoot }) {
  let seen = 0;
  const show = async (page, name) => (await shoot(page, name), (seen += 1));
  const home = new URL("/", url).href;
  await strangers({ home, folder, visit, show });

  const page = await visit("session");
  await page.goto(url);
  await page.getByRole("heading", { name: new RegExp(`^Locked$|${GREETING.source}`) }).waitFor();
  if (new URL(page.url()).hash !== "") {
    throw new Error("the code stays in the address");
  }
  if (await page.getByRole("button", { name: "Lock", exact: true }).isVisible()) {
    await page.getByRole("button", { name: "Lock", exact: true }).click();
  }
  await locked({ page, show });
  await tooOften({ page, show });
  await page.getByLabel("Passphrase", { exact: true }).fill(passphrase);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: GREETING }).waitFor();
  await help({ page, show });
  await rooms({ page, show });
  await endings({ page, show });
  return seen;
}

/** Each room's own way, in a file of its name below screens/. */
async function rooms({ page, show }) {
  const names = readdirSync(ROOMS).map((file) => basename(file, ".mjs")).sort();
  for (const name of names) {
    const way = (await import(join(ROOMS, `${name}.mjs`)))[name];
    await way({ page, show }).catch((error) => {
      throw new Error(`screens/${name}: ${error.message}`, { cause: error });
    });
    await page.evaluate(() => void (location.hash = "today"));
    await page.getByRole("heading", { name: GREETING }).waitFor();
  }
}

/** Who comes without a session, and without script. */
async function strangers({ home, folder, visit, show }) {
  const closed = await visit("closed");
  await closed.goto(home);
  await closed.getByRole("heading", { name: "This page is closed" }).waitFor();
  await show(closed, "closed");
  await closed.goto(`${home}#${"haven_".padEnd(70, "0")}`);
  await closed.getByText("That address has been used").waitFor();
  await show(closed, "closed-stale");
  await closed.getByRole("link", { name: "Get help now" }).click();
  await closed.getByRole("heading", { name: "Help now" }).waitFor();
  await show(closed, "help-without-session");
  await closed.getByRole("button", { name: "Leave this page" }).click();
  await closed.waitForURL(/\/kitchen\.html$/);
  await closed.goBack();
  await closed.getByRole("heading", { name: "Weights and measures in the kitchen" }).waitFor();
  const bare = await visit("without-script", { javaScriptEnabled: false, viewport: { width: 390, height: 780 } });
  await bare.goto(home);
  await bare.getByText("scripts are switched off").waitFor();
  await bare.screenshot({ path: join(folder, "without-script-390.png") });
}

async function locked({ page, show }) {
  const field = page.getByLabel("Passphrase", { exact: true });
  await field.waitFor();
  await show(page, "locked");
  await field.fill("not this one");
  await page.getByRole("button", { name: "Show the passphrase" }).click();
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("isn’t this device’s passphrase").waitFor();
  await show(page, "locked-wrong");
  await page.getByText("I can’t remember it").click();
  await show(page, "locked-forgotten");
  await page.getByText("I can’t remember it").click();
}

async function tooOften({ page, show }) {
  const unlock = "**/haven.v1.VaultService/Unlock";
  await page.route(unlock, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body: TOO_MANY_TRIES }));
  await page.getByRole("button", { name: "Unlock" }).click();
  await page.getByText("After several tries").waitFor();
  await show(page, "locked-wait");
  await page.unroute(unlock);
  await page.reload();
}

async function help({ page, show }) {
  await page.getByRole("link", { name: "Get help now" }).click();
  await page.getByLabel("Country").waitFor();
  await show(page, "help");
  await page.getByText("More to know").click();
  await page.getByLabel("Country").selectOption("");
  await page.getByRole("heading", { name: "Emergency numbers" }).waitFor();
  await show(page, "help-no-country");
  await page.getByRole("button", { name: "Back" }).click();
  await page.getByRole("heading", { name: GREETING }).waitFor();
}

/** No journal, nobody there, signed out. */
async function endings({ page, show }) {
  const events = "**/haven.v1.EventService/WatchEvents";
  await page.route(events, (route) => route.fulfill({ contentType: "application/grpc-web+proto", body: NO_JOURNAL }));
  await page.reload();
  await page.getByRole("heading", { name: "A private journal" }).waitFor();
  await show(page, "none");
  await page.unroute(events);
  await page.route("**/haven.v1.*/*", (route) => route.abort("connectionrefused"));
  await page.reload();
  await page.getByRole("heading", { name: "isn’t answering" }).waitFor();
  await show(page, "away");
  await page.unroute("**/haven.v1.*/*");
  await page.getByRole("heading", { name: GREETING }).waitFor();
  await page.evaluate(() => sessionStorage.setItem("notes.session", `haven_${"0".repeat(64)}`));
  await page.reload();
  await page.getByRole("heading", { name: "You’re signed out" }).waitFor();
  await show(page, "over");
}
