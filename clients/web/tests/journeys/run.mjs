// Journeys through the web app as people go them, each with a daemon and a journal of its own.
//
//   node tests/journeys/run.mjs PROGRAMS FOLDER [--pictures] [--renew] [NAME…]
//
// PROGRAMS is the folder of haven and havend, FOLDER gets a picture and the daemon's log of whatever fails. Ends with 1 if anything did.
// With --pictures every screen leaves its pictures there. With --renew the pictures that screens are compared with are made anew.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Device } from "./device.mjs";
import { journeys } from "./journeys.mjs";
import { Stage } from "./stage.mjs";

/** Journeys beside each other: each waits for its daemon about as long as its browser works. */
const LANES = 2;

/** How much is told of an error. */
const SAID_MAX = 600;

/** No request may leave this machine, whatever a page does. */
const FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"];

export const LAUNCH = { executablePath: "/usr/bin/chromium", args: FLAGS };

const [programs, folder, ...more] = process.argv.slice(2);
const [renews, hasPictures] = ["--renew", "--pictures"].map((flag) => more.includes(flag));
const names = more.filter((each) => !each.startsWith("--"));
if (!programs || !folder) {
  console.error("usage: node tests/journeys/run.mjs PROGRAMS FOLDER [--pictures] [--renew] [NAME…]");
  process.exit(2);
}
const unknown = names.filter((name) => journeys.every((journey) => journey.name !== name));
if (unknown.length > 0) {
  console.error(`there is no journey called ${unknown.join(", ")}; there are ${journeys.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const browser = await chromium.launch(LAUNCH);
const faults = [];

async function play(journey) {
  const begun = performance.now();
  const device = await Device.make(programs, { demo: journey.demo ?? false });
  const stage = new Stage({ name: journey.name, browser, device, folder, say: (line) => console.log(`${journey.name}: ${line}`), launch: LAUNCH, programs, renews, hasPictures });
  let said;
  try {
    said = await journey.run(stage);
  } catch (error) {
    stage.fault(error.message.split("\n").slice(0, 3).join(" ").slice(0, SAID_MAX));
  }
  if (stage.faults.length > 0) {
    const [picture, log] = [await stage.shot(), join(folder, `failed-${journey.name}.log`)];
    console.error(`FAILED ${journey.name}: see ${picture} and ${log}`);
    faults.push(...stage.faults);
    await stage.close();
    await device.end({ keep: log });
  } else {
    await stage.close();
    await device.end();
  }
  console.log(`${journey.name}: ${stage.faults.length} faults, ${((performance.now() - begun) / 1000).toFixed(1)} s${said ? `; ${said}` : ""}`);
}

const waiting = journeys.filter(({ name }) => names.length === 0 || names.includes(name));
async function lane() {
  for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
    await play(journey).catch((error) => (faults.push(error), console.error(`FAILED ${journey.name}: ${error.message}`)));
  }
}
try {
  await Promise.all(Array.from({ length: LANES }, lane));
} finally {
  await browser.close();
}
process.exitCode = faults.length > 0 ? 1 : 0;
