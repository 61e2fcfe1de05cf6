// A server of its own, for two devices that meet there. Its folder goes with it.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How long it may take to be there. */
const READY_MAX_MS = 20_000;

export class Server {
  #child;
  #folder;

  /** One that runs, and the invite for a first journal. */
  static async make(programs) {
    const server = new Server();
    server.#folder = await mkdtemp(join(tmpdir(), "haven-journey-server-"));
    const [data, ready] = ["data", "ready"].map((name) => join(server.#folder, name));
    const program = join(programs, "haven-server");
    server.invite = JSON.parse(await output(spawn(program, ["init", "--data", data]))).invite;
    server.#child = spawn(program, ["run", "--data", data, "--listen", "127.0.0.1:0", "--ready-file", ready], { stdio: "ignore" });
    server.url = await address(ready);
    return server;
  }

  async end() {
    this.#child.kill("SIGTERM");
    await new Promise((done) => (this.#child.exitCode === null ? this.#child.once("close", done) : done()));
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function output(child) {
  const said = [];
  child.stdout.on("data", (data) => said.push(data));
  const code = await new Promise((done, fail) => child.on("close", done).on("error", fail));
  if (code !== 0) {
    throw new Error(`haven-server ended with ${code}`);
  }
  return Buffer.concat(said).toString();
}

/** The file is written whole, once it listens. */
async function address(ready) {
  for (const end = performance.now() + READY_MAX_MS; performance.now() < end; ) {
    const said = await readFile(ready, "utf8").catch(() => "");
    if (said !== "") {
      return JSON.parse(said).url;
    }
    await new Promise((done) => setTimeout(done, 20));
  }
  throw new Error("the server didn't come up");
}
