// Safari's engine, as Debian has it: WebKitWebDriver speaks plain WebDriver over HTTP and opens MiniBrowser, which wants a screen.

import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, line, Window } from "./driver.mjs";

export const PROGRAM = "WebKitWebDriver";

/** Debian puts it below a folder with the name of the machine's kind. */
function miniBrowser() {
  const found = readdirSync("/usr/lib")
    .map((folder) => join("/usr/lib", folder, "webkit2gtk-4.1/MiniBrowser"))
    .find((path) => existsSync(path));
  if (!found) {
    throw new Error("MiniBrowser isn't below /usr/lib; apt-get install webkit2gtk-driver brings it");
  }
  return found;
}

async function screen() {
  const child = spawn("Xvfb", ["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"], { stdio: ["ignore", "pipe", "ignore"] });
  const [, number] = await line(child, "stdout", /(\d+)\n/);
  return { child, name: `:${number}` };
}

const COMMANDS = {
  navigate: () => ["POST", "/url"],
  refresh: () => ["POST", "/refresh"],
  script: () => ["POST", "/execute/sync"],
  handle: () => ["GET", "/window"],
  newWindow: () => ["POST", "/window/new"],
  switch: () => ["POST", "/window"],
  find: () => ["POST", "/element"],
  keys: ({ id }) => ["POST", `/element/${id}/value`],
  click: ({ id }) => ["POST", `/element/${id}/click`],
};

async function ask(base, method, path, parameters) {
  const answer = await fetch(`${base}${path}`, { method, ...(method === "POST" ? { body: JSON.stringify(parameters) } : {}) });
  const { value } = await answer.json();
  if (!answer.ok) {
    throw new Error(`${value?.error}: ${value?.message}`);
  }
  return value;
}

async function reach(base, child) {
  for (;;) {
    if (child.exitCode !== null) {
      throw new Error(`${PROGRAM} ended with ${child.exitCode}`);
    }
    const isThere = await fetch(`${base}/status`).then(() => true, () => false);
    if (isThere) {
      return;
    }
    await new Promise((done) => setTimeout(done, 100));
  }
}

/** Opens MiniBrowser. Under automation it keeps nothing, so each of its windows is a private one. */
export async function webkit() {
  const home = await mkdtemp(join(tmpdir(), "haven-webkit-"));
  const display = await screen();
  const port = await freePort();
  // Its sandbox wants namespaces that root in a container doesn't get; only our own page is shown in it.
  const env = { ...process.env, DISPLAY: display.name, HOME: home, WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: "1", GTK_A11Y: "none", LIBGL_ALWAYS_SOFTWARE: "1" };
  // A group of its own, so that it can be ended with all that it started.
  const child = spawn(PROGRAM, [`--port=${port}`], { stdio: "ignore", env, detached: true });
  const driver = `http://127.0.0.1:${port}`;
  await reach(driver, child);
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": { binary: miniBrowser(), args: ["--automation"] }, unhandledPromptBehavior: "accept" } };
  const { sessionId } = await ask(driver, "POST", "/session", { capabilities });
  const session = `${driver}/session/${sessionId}`;
  const send = (command, parameters) => {
    const [method, path] = COMMANDS[command](parameters);
    return ask(session, method, path, parameters);
  };
  const gone = new Promise((done) => child.on("exit", done));
  return {
    window: new Window(send),
    folder: home,
    async end({ keeps = false } = {}) {
      if (!keeps) {
        await ask(driver, "DELETE", `/session/${sessionId}`, {}).catch(() => {});
      }
      process.kill(-child.pid, "SIGKILL");
      await gone;
      display.child.kill();
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
