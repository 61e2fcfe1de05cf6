// One way to drive two engines that nothing from npm drives: what WebDriver calls things (W3C WebDriver, 2018), over whatever each speaks.

import { firefox } from "./firefox.mjs";
import { webkit } from "./webkit.mjs";

export const engines = { firefox, webkit };

/** The key of an element in an answer, as WebDriver fixes it. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** How long something may take to show. */
const SHOWS_MAX_MS = 20_000;

const PAUSE_MS = 50;

/** What WebDriver says of an element that is no longer on the page. */
const DRAWN_ANEW = /stale element|no such element/i;

/** A window of an engine. `send(command, parameters)` is what each engine brings. */
export class Window {
  #send;

  constructor(send) {
    this.#send = send;
  }

  go(url) {
    return this.#send("navigate", { url });
  }

  reload() {
    return this.#send("refresh", {});
  }

  /** Runs a function inside the page, and gives what it returns. */
  run(body, ...args) {
    return this.#send("script", { script: `return (${body}).apply(null, arguments)`, args });
  }

  handle() {
    return this.#send("handle", {});
  }

  async another() {
    const { handle } = await this.#send("newWindow", { type: "tab" });
    return handle;
  }

  turnTo(handle) {
    return this.#send("switch", { handle });
  }

  /** Waits until a function inside the page gives something true, and gives that. */
  async until(what, body, ...args) {
    for (const end = performance.now() + SHOWS_MAX_MS; performance.now() < end; ) {
      const found = await this.run(body, ...args).catch(() => undefined);
      if (found) {
        return found;
      }
      await new Promise((done) => setTimeout(done, PAUSE_MS));
    }
    const shown = await this.run(() => `${location.hash}: ${document.body.innerText.slice(0, 200)}`).catch(() => "nothing");
    throw new Error(`${what} doesn't show; the page shows ${shown}`);
  }

  async #find(selector) {
    await this.until(selector, (css) => document.querySelector(css) !== null, selector);
    const found = await this.#send("find", { using: "css selector", value: selector });
    return (found.value ?? found)[ELEMENT];
  }

  type(selector, text) {
    return this.#on(selector, "keys", { text });
  }

  click(selector) {
    return this.#on(selector, "click", {});
  }

  /** Does something to an element; once more, if the page drew it anew between finding and doing. Then nothing was done yet. */
  async #on(selector, command, parameters) {
    for (const end = performance.now() + SHOWS_MAX_MS; ; ) {
      try {
        return await this.#send(command, { id: await this.#find(selector), ...parameters });
      } catch (error) {
        if (!DRAWN_ANEW.test(error.message) || performance.now() > end) {
          throw error;
        }
      }
    }
  }

  /** Clicks the first button or link with these words; again, if the page drew it anew in between. */
  async press(words) {
    const mark = (name) => {
      const found = [...document.querySelectorAll("button, a, summary")].find((each) => (each.getAttribute("aria-label") ?? each.textContent).trim() === name);
      document.querySelector("[data-pressed]")?.removeAttribute("data-pressed");
      found?.setAttribute("data-pressed", "");
      return found !== undefined;
    };
    for (const end = performance.now() + SHOWS_MAX_MS; ; ) {
      await this.until(words, mark, words);
      const found = await this.#send("find", { using: "css selector", value: "[data-pressed]" }).catch(() => undefined);
      const isClicked = found && (await this.#send("click", { id: (found.value ?? found)[ELEMENT] }).then(() => true, () => false));
      if (isClicked) {
        return;
      }
      if (performance.now() > end) {
        throw new Error(`${words} can't be clicked`);
      }
    }
  }

  heading(words) {
    return this.until(`the heading ${words}`, (text) => [...document.querySelectorAll("h1, h2")].some((each) => new RegExp(text).test(each.textContent)), words);
  }
}

/** Waits for a line of a program's output that fits. */
export function line(child, stream, pattern) {
  return new Promise((done, fail) => {
    let said = "";
    child[stream].on("data", (data) => {
      said += data;
      const found = pattern.exec(said);
      if (found) {
        done(found);
      }
    });
    child.on("exit", (code) => fail(new Error(`it ended with ${code}: ${said.slice(-400)}`)));
    child.on("error", fail);
  });
}

/** A TCP port that's free now. */
export async function freePort() {
  const { createServer } = await import("node:net");
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}
