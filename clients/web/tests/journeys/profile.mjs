// A browser with a folder of its own, as a person has one: what it keeps can be looked at, and it can be killed.

import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

export class Profile {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  static async make() {
    return new Profile(await mkdtemp(join(tmpdir(), "haven-profile-")));
  }

  /** Opens it, with an ear; `restores` brings the pages of the last time back. */
  async open(stage, { restores = false } = {}) {
    const args = [...stage.launch.args, ...(restores ? ["--restore-last-session", "--hide-crash-restore-bubble"] : [])];
    const context = await chromium.launchPersistentContext(this.#folder, { ...stage.launch, args, locale: "en-GB", reducedMotion: "reduce" });
    await stage.listen(context);
    return context;
  }

  /** Kills every process of it, as a power cut would. */
  async kill() {
    const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
    const own = [];
    for (const pid of pids) {
      const line = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
      if (line.includes(`--user-data-dir=${this.#folder}`)) {
        own.push(Number(pid));
      }
    }
    own.forEach((pid) => {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It went with another one.
      }
    });
    return own.length;
  }

  /** The files in which one of these words stands, in the ways a browser writes them down. */
  async search(words) {
    const wanted = words.flatMap((word) => [Buffer.from(word, "utf8"), Buffer.from(word, "utf16le"), Buffer.from(Buffer.from(word).toString("base64").replaceAll("=", ""))]);
    const found = [];
    let files = 0;
    for (const entry of await readdir(this.#folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile()) {
        files += 1;
        const bytes = await readFile(join(entry.parentPath, entry.name)).catch(() => Buffer.alloc(0));
        if (wanted.some((word) => bytes.includes(word))) {
          found.push(entry.name);
        }
      }
    }
    return { found, files };
  }

  async end() {
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
