// How quick the app is, best of five, on a machine that's slowed down as a phone or an old laptop is.
//
//   node tests/bench/run.mjs PROGRAMS JOURNAL
//
// PROGRAMS is the folder of haven and havend, JOURNAL a file to import. Each figure is printed with its limit; none of them fails
// anything, since a machine that's busy can't be told from an app that's slow but by the loop in the first row.

import { chromium } from "playwright-core";
import { Device } from "../journeys/device.mjs";
import { figures } from "./figures.mjs";

const RUNS = 5;

/** A text of 20,000 words. */
const LONG = "She said she would ring at eight and I had written the end of it already. ".repeat(1_340);

const [programs, journal] = process.argv.slice(2);
if (!programs || !journal) {
  console.error("usage: node tests/bench/run.mjs PROGRAMS JOURNAL");
  process.exit(2);
}

function row(name, limit, taken) {
  const best = Math.min(...taken.filter(Number.isFinite));
  const shown = (value) => (limit.unit === "" ? value.toFixed(3) : value.toFixed(0));
  const met = limit.max === undefined ? "" : best <= limit.max ? "met" : "MISSED";
  const target = limit.max === undefined ? "" : `at most ${limit.max}${limit.unit}`;
  console.log([name.padEnd(52), target.padEnd(18), `${shown(best)}${limit.unit}`.padEnd(12), met.padEnd(8), taken.map(shown).join(" ")].join(""));
}

const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });
const full = await Device.make(programs);
const bare = await Device.make(programs, { name: "Bare" });
try {
  await full.haven(["import", "jsonl", journal]);
  const { id } = await full.haven(["add", "-"], LONG);
  console.log(["row".padEnd(52), "limit".padEnd(18), "best".padEnd(12), "".padEnd(8), "each"].join(""));
  for (const { name, limit, take } of figures) {
    const taken = [];
    for (let run = 0; run < RUNS; run += 1) {
      taken.push(await take({ browser, full, bare, id }));
    }
    row(name, limit, taken);
  }
} finally {
  await browser.close();
  await Promise.all([full.end(), bare.end()]);
}
