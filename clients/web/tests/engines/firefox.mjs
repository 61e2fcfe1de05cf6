// Debian's Firefox, by Marionette: JSON behind its length, on a TCP port; `[0, id, command, parameters]` there, `[1, id, error,
// result]` back (firefox-source-docs, "Marionette Protocol").

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, Window } from "./driver.mjs";

export const PROGRAM = "firefox-esr";

const COMMANDS = {
  navigate: "WebDriver:Navigate",
  refresh: "WebDriver:Refresh",
  script: "WebDriver:ExecuteScript",
  handle: "WebDriver:GetWindowHandle",
  newWindow: "WebDriver:NewWindow",
  switch: "WebDriver:SwitchToWindow",
  find: "WebDriver:FindElement",
  keys: "WebDriver:ElementSendKeys",
  click: "WebDriver:ElementClick",
};

/** Nothing leaves this machine, and no page of Firefox's own comes in between. */
const PREFERENCES = {
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.startup.page": 0,
  "datareporting.policy.dataSubmissionEnabled": false,
  "toolkit.telemetry.reportingpolicy.firstRun": false,
  "app.update.disabledForTesting": true,
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 9,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 9,
  "network.proxy.no_proxies_on": "127.0.0.1",
  "network.proxy.allow_hijacking_localhost": false,
  "ui.prefersReducedMotion": 1,
};

class Marionette {
  #socket;
  #rest = Buffer.alloc(0);
  #last = 0;
  #open = new Map();

  constructor(socket) {
    this.#socket = socket;
    socket.on("data", (data) => this.#hear(data));
    socket.on("close", () => this.#open.forEach(({ fail }) => fail(new Error("Firefox has gone"))));
    socket.on("error", () => {});
  }

  #hear(data) {
    this.#rest = Buffer.concat([this.#rest, data]);
    for (let colon = this.#rest.indexOf(58); colon > 0; colon = this.#rest.indexOf(58)) {
      const end = colon + 1 + Number(this.#rest.subarray(0, colon));
      if (this.#rest.length < end) {
        return;
      }
      const message = JSON.parse(this.#rest.subarray(colon + 1, end).toString());
      this.#rest = this.#rest.subarray(end);
      // The first message says hello, and is no answer.
      if (Array.isArray(message)) {
        const [, id, error, result] = message;
        const { done, fail } = this.#open.get(id);
        this.#open.delete(id);
        error ? fail(new Error(`${error.error}: ${error.message}`)) : done(result);
      }
    }
  }

  ask(command, parameters) {
    const id = (this.#last += 1);
    const body = Buffer.from(JSON.stringify([0, id, command, parameters]));
    return new Promise((done, fail) => {
      this.#open.set(id, { done, fail });
      this.#socket.write(Buffer.concat([Buffer.from(`${body.length}:`), body]));
    });
  }

  end() {
    this.#socket.destroy();
  }
}

async function reach(port, child) {
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
    }
    const socket = connect(port, "127.0.0.1");
    const isThere = await new Promise((done) => socket.once("connect", () => done(true)).once("error", () => done(false)));
    if (isThere) {
      return socket;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Opens Firefox with a folder of its own, or the one of the last time. */
export async function firefox({ folder, isPrivate = false } = {}) {
  const profile = folder ?? (await mkdtemp(join(tmpdir(), "haven-firefox-")));
  const port = await freePort();
  const preferences = { ...PREFERENCES, "marionette.port": port };
  await writeFile(join(profile, "user.js"), Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`).join(""));
  const args = ["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile, ...(isPrivate ? ["-private"] : [])];
  const child = spawn(PROGRAM, args, { stdio: "ignore", env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: "1", HOME: profile } });
  const marionette = new Marionette(await reach(port, child));
  await marionette.ask("WebDriver:NewSession", { capabilities: { alwaysMatch: { unhandledPromptBehavior: "accept" } } });
  const send = async (command, { id, ...rest }) => {
    const result = await marionette.ask(COMMANDS[command], id ? { id, ...rest } : rest);
    return command === "newWindow" || command === "find" ? result : (result?.value ?? result);
  };
  const gone = new Promise((done) => child.on("exit", done));
  return {
    window: new Window(send),
    folder: profile,
    async end({ keeps = false } = {}) {
      child.kill(keeps ? "SIGKILL" : "SIGTERM");
      await gone;
      marionette.end();
      await (keeps ? undefined : rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    },
  };
}
