// A device with a journal of its own, driven as a person would: by `haven`. Its folder goes with it.

import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Strong enough for `haven init` to take it. */
export const PASSPHRASE = "ferry lantern quiet orchard seven maps";

/** The journal of the pictures: the same days whenever it's made. */
const UNTIL = "2026-11-24";

/** How much of what a command said is told. */
const SAID_MAX = 6_000;

export class Device {
  #programs;
  #folder;

  constructor(programs, folder) {
    this.#programs = programs;
    this.#folder = folder;
  }

  /** A new journal, open and patient; with six months of fiction in it, if `demo`. */
  static async make(programs, { demo = false, name = "Laptop" } = {}) {
    const device = new Device(programs, await mkdtemp(join(tmpdir(), "haven-journey-")));
    await writeFile(device.passphraseFile, `${PASSPHRASE}\n`);
    await device.haven(["init", "--name", name, "--passphrase-file", device.passphraseFile, "--kit-out", device.path("kit")]);
    await device.haven(["config", "set", "lock.idle", "0"]);
    if (demo) {
      await device.haven(["demo-data", "--until", UNTIL]);
    }
    return device;
  }

  /** A device without a journal. */
  static async blank(programs) {
    return new Device(programs, await mkdtemp(join(tmpdir(), "haven-journey-")));
  }

  path(name) {
    return join(this.#folder, name);
  }

  get home() {
    return this.path("home");
  }

  get passphraseFile() {
    return this.path("passphrase");
  }

  /** What a command answers: one object a line. */
  async lines(args, input = "") {
    const child = spawn(join(this.#programs, "haven"), ["--json", "--no-input", ...args], { env: { ...process.env, HAVEN_HOME: this.home, HAVEN_KDF: "floor" } });
    const said = [[], []];
    child.stdout.on("data", (data) => said[0].push(data));
    child.stderr.on("data", (data) => said[1].push(data));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const code = await new Promise((done, fail) => child.on("close", done).on("error", fail));
    const [out, err] = said.map((parts) => Buffer.concat(parts).toString());
    if (code !== 0) {
      throw new Error(`haven ${args.slice(0, 2).join(" ")} ended with ${code}: ${(err.trim() || out.trim()).slice(0, SAID_MAX)}`);
    }
    return out.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  }

  async haven(args, input) {
    return (await this.lines(args, input))[0] ?? {};
  }

  /** A page's address with its code, good once. */
  async page() {
    return (await this.haven(["open", "--print"])).url;
  }

  /** A token for calls beside the page, and where they go. */
  async token(scopes = "read,write,practice,devices,admin", name = "journey") {
    const { token } = await this.haven(["token", "create", "--name", name, "--scope", scopes]);
    return { token, origin: new URL(await this.page()).origin };
  }

  async lock() {
    await this.haven(["lock"]);
  }

  async unlock() {
    await this.haven(["unlock", "--passphrase-file", this.passphraseFile]);
  }

  /** Ends the daemon as a crash would: nothing of it gets to say a word. */
  async kill() {
    const { pid } = await this.haven(["daemon", "status"]);
    process.kill(pid, "SIGKILL");
    for (;;) {
      try {
        process.kill(pid, 0);
      } catch {
        return;
      }
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  async start() {
    await this.haven(["daemon", "start"]);
  }

  /** Every entry with its words, as the journal has them now. */
  async entries() {
    const listed = await this.lines(["list", "--limit", "0"]);
    return Promise.all(listed.map(({ id }) => this.haven(["show", id])));
  }

  async drafts() {
    return this.lines(["draft", "list"]);
  }

  /** The log, which never says a word of anybody. */
  log() {
    return readFile(join(this.home, "havend.log"), "utf8");
  }

  async end({ keep } = {}) {
    await this.haven(["daemon", "stop"]).catch(() => {});
    if (keep) {
      await cp(join(this.home, "havend.log"), keep).catch(() => {});
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}
