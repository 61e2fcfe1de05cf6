// What becomes of words when something goes wrong while they're typed: a browser that is killed, a lock from outside, a daemon that
// is killed, two windows on one entry. A real browser, a real daemon, a real journal.
//
//   HAVEN_HOME=… node tests/keep.mjs HAVEN PASSPHRASE_FILE [ORIGIN]
//
// HAVEN is the program; ORIGIN is where the app is served, if not by the daemon itself. Ends with 1 if a word is missing.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, faults, unlock } from "./keep/hands.mjs";
import { changedAgain, daemonKilled, killed, lockedMeanwhile, signedOut, twoWindows } from "./keep/trials.mjs";

const profile = mkdtempSync(join(tmpdir(), "keep-"));
try {
  unlock();
  const { context, page } = await killed(profile);
  page.setDefaultTimeout(15_000);
  for (const part of [lockedMeanwhile, daemonKilled, signedOut, changedAgain]) {
    await part(page).catch((error) => check(`${part.name}: ${error.message}`, false));
  }
  await twoWindows(context, page).catch((error) => check(`two windows: ${error.message}`, false));
  await context.close();
} finally {
  rmSync(profile, { recursive: true, force: true });
}
process.exitCode = faults.length > 0 ? 1 : 0;
