// What a journey is played on: a browser, the page of one device, and an ear for everything that must never happen in it.

import { join } from "node:path";
import { PASSPHRASE } from "./device.mjs";

export class Stage {
  faults = [];
  #step = "begin";
  #pages = [];

  /** `given` has the name, the browser and how it's launched, the device, the folder of what fails, and how to say something. */
  constructor(given) {
    Object.assign(this, given);
  }

  /** Names what is done now: a failure is told with it. */
  step(name) {
    this.#step = name;
  }

  fault(text) {
    this.faults.push(text);
    console.error(`FAILED ${this.name}: ${this.#step}: ${text}`);
  }

  /** Holds something to be true, and goes on. */
  hold(is, text) {
    if (!is) {
      this.fault(text);
    }
  }

  /** A window of its own. */
  async context(options = {}) {
    const context = await this.browser.newContext({ locale: "en-GB", timezoneId: "Europe/London", reducedMotion: "reduce", ...options });
    await this.listen(context);
    return context;
  }

  async listen(context) {
    context.setDefaultTimeout(15_000);
    await context.exposeBinding("sawViolation", (_, what) => this.fault(`the policy refused ${what}`));
    await context.addInitScript(() => {
      const told = ({ effectiveDirective, blockedURI, sample }) => window.sawViolation(`${effectiveDirective}: ${blockedURI} ${sample}`);
      document.addEventListener("securitypolicyviolation", told);
    });
    context.on("page", (page) => this.#hear(page));
    context.pages().forEach((page) => this.#hear(page));
  }

  #hear(page) {
    this.#pages.push(page);
    page.on("pageerror", (error) => this.fault(`an error of the page: ${error.message}`));
    page.on("console", (message) => isFault(message) && this.fault(`the console: ${message.text()}`));
    page.on("dialog", (dialog) => this.#dialog(dialog));
    page.on("request", (request) => isForeign(request.url()) && this.fault(`asked ${request.url()}`));
  }

  #dialog(dialog) {
    if (dialog.type() !== "beforeunload") {
      this.fault(`a dialog: ${dialog.message()}`);
    }
    void dialog.accept().catch(() => {});
  }

  /** A page of the open journal, in a window of its own unless one is given. */
  async open(options = {}) {
    const context = options.context ?? (await this.context(options));
    const page = await context.newPage();
    await page.goto(await this.device.page());
    await this.unlock(page);
    return page;
  }

  async unlock(page) {
    const field = page.getByLabel("Passphrase", { exact: true });
    const inside = page.locator("nav.tabs, .flow h1");
    await field.or(inside).first().waitFor();
    if (await field.isVisible()) {
      await field.fill(PASSPHRASE);
      await page.keyboard.press("Enter");
      await inside.first().waitFor();
    }
  }

  /** Where it failed, as a picture. */
  async shot() {
    const shown = this.#pages.filter((page) => !page.isClosed()).at(-1);
    if (!shown) {
      return "no page was open";
    }
    const path = join(this.folder, `failed-${this.name}.png`);
    const isTaken = await shown.screenshot({ path, timeout: 5_000 }).then(() => true, () => false);
    return isTaken ? path : "no picture could be taken";
  }

  async close() {
    const contexts = new Set(this.#pages.map((page) => page.context()));
    await Promise.all([...contexts].map((context) => context.close().catch(() => {})));
  }
}

/** A connection that goes with a lock or a kill is no fault. */
function isFault(message) {
  return message.type() === "error" && !/net::ERR|Failed to load resource/.test(message.text());
}

export function isForeign(url) {
  const { protocol, hostname } = new URL(url);
  return !["data:", "blob:", "about:", "devtools:"].includes(protocol) && hostname !== "127.0.0.1";
}

/** Goes to a room by its address. */
export function go(page, ...parts) {
  return page.evaluate((to) => void (location.hash = to), parts.join("/"));
}
