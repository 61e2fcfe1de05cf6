// The main ways through the app in two engines beside Chromium: nobody chose a journal by its browser.

import { engines } from "../engines/driver.mjs";
import { GREETING } from "../greeting.mjs";
import { PASSPHRASE } from "./device.mjs";

export const firefox = journey("firefox");
export const webkit = journey("webkit");

/** What an engine can't do here is said with every run. */
const LACKS = {
  firefox: [],
  webkit: [
    "kill with the same folder: MiniBrowser under automation keeps no folder, so the words are looked for in a new window",
    "an ordinary window: under automation each is a private one",
    "iOS: this is Safari's engine on Linux, not Safari; nobody has tried a phone here",
  ],
};

function journey(name) {
  return {
    name,
    async run(stage) {
      let engine = await engines[name]();
      try {
        const { window } = engine;
        await locked(stage, window);
        await unlocked(stage, window);
        await written(stage, window);
        await helped(stage, window);
        await walked(stage, window);
        await beside(stage, window);
        engine = await killed(stage, engine, name);
      } finally {
        await engine.end().catch(() => {});
      }
      if (name === "firefox") {
        await privately(stage);
      }
      LACKS[name].forEach((lack) => stage.say(`not tried: ${lack}`));
      return `${LACKS[name].length} things not tried`;
    },
  };
}

/** Refusals of the policy and errors are written down inside the page, since nobody hears its console from outside. */
function listen(window) {
  return window.run(() => {
    window.heard = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => window.heard.push(`${effectiveDirective} ${blockedURI}`));
    addEventListener("error", ({ message }) => window.heard.push(message));
    addEventListener("unhandledrejection", ({ reason }) => window.heard.push(String(reason)));
  });
}

async function quiet(stage, window) {
  const heard = await window.run(() => window.heard ?? ["the page was loaded anew"]);
  heard.forEach((what) => stage.fault(`the page heard ${what}`));
}

const go = (window, to) => window.run((hash) => void (location.hash = hash), to);

async function locked(stage, window) {
  stage.step("locked");
  await stage.device.lock();
  await window.go(await stage.device.page());
  await window.heading("^Locked$");
  stage.hold((await window.run(() => location.hash)) === "", "the code stays in the address");
}

async function enter(window) {
  await window.type("#passphrase", PASSPHRASE);
  await window.press("Unlock");
  await window.until("the open journal", () => document.querySelector("nav.tabs, .flow h1") !== null && !document.querySelector("#passphrase"));
}

async function unlocked(stage, window) {
  stage.step("unlock");
  await enter(window);
  await window.heading(GREETING.source);
  await listen(window);
}

const SAVED = () => [...document.querySelectorAll(".sync")].some(({ textContent }) => textContent.trim() === "Saved");

async function written(stage, window) {
  stage.step("write");
  await go(window, "write");
  await window.heading("^Write$");
  await window.type("#text", "A heron stood in the shallow water.");
  await window.until("Saved", SAVED);
  stage.step("reload");
  await quiet(stage, window);
  await window.reload();
  await window.until("the words after a reload", () => document.querySelector("#text")?.value.startsWith("A heron"));
  await listen(window);
  await window.press("Done");
  await window.until("the entry", () => location.hash.startsWith("#entry/") && document.querySelector("article")?.textContent.includes("A heron stood"));
}

async function helped(stage, window) {
  stage.step("help");
  await window.press("Get help now");
  await window.heading("^Help now$");
  await window.until("a number to call", () => document.querySelector('a[href^="tel:"]') !== null);
  await window.press("Back");
  await window.until("the page before", () => location.hash.startsWith("#entry/"));
}

async function walked(stage, window) {
  stage.step("exercise");
  await go(window, "walk/exercise/kind-word");
  await window.press("Begin");
  for (let pages = 0; pages < 40 && !(await window.run(() => document.querySelector('main .acts a[href="#today"]') !== null)); pages += 1) {
    await window.until("a page of the walk", () => {
      const heading = document.querySelector("main h1");
      if (heading === null) {
        return false;
      }
      heading.setAttribute("data-before", "");
      const field = document.querySelector("main .way > textarea");
      if (field) {
        field.value = "Words.";
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }
      document.querySelector("main .way input[type=radio]")?.click();
      return true;
    });
    await window.click("main .foot-acts .btn:not(.quiet):not(.text)");
    await window.until("the next page", () => document.querySelector("main h1:not([data-before])") !== null);
  }
  await window.heading("^Saved$");
  await quiet(stage, window);
}

/** Two tabs on one entry keep both. */
async function beside(stage, window) {
  stage.step("two tabs");
  const { id } = await stage.device.haven(["add", "Once there was a line."]);
  const first = await window.handle();
  const second = await window.another();
  for (const [at, tab] of [first, second].entries()) {
    await window.turnTo(tab);
    if (at === 1) {
      await window.go(await stage.device.page());
      await window.until("the open journal", () => document.querySelector("nav.tabs") !== null);
    }
    await go(window, `write/entry/${id}`);
    await window.until("the entry's words", () => document.querySelector("#text")?.value.startsWith("Once"));
  }
  for (const [at, tab] of [first, second].entries()) {
    await window.turnTo(tab);
    await window.type("#text", ` Tab ${at} was here.`);
    await window.until("Saved", SAVED);
  }
  for (const tab of [first, second]) {
    await window.turnTo(tab);
    await window.press("Done");
    await window.until("the way out of writing", () => !location.hash.startsWith("#write"));
  }
  const all = await everything(stage.device);
  ["Tab 0 was here", "Tab 1 was here"].forEach((words) => stage.hold(all.includes(words), `"${words}" is nowhere`));
}

async function everything(device) {
  const entries = await device.entries();
  const drafts = await Promise.all((await device.drafts()).map(({ id }) => device.haven(["draft", "show", id])));
  return JSON.stringify([entries, drafts]);
}

/** Killed with words on the screen; opened again they are there. */
async function killed(stage, engine, name) {
  stage.step("kill");
  const { window } = engine;
  await go(window, "write");
  await window.heading("^Write$");
  await window.type("#text", "Words before the power went.");
  await window.until("Saved", SAVED);
  const hash = await window.run(() => location.hash.slice(1));
  await engine.end({ keeps: name === "firefox" });
  const again = await engines[name](name === "firefox" ? { folder: engine.folder } : {});
  await again.window.go(await stage.device.page());
  await again.window.until("the open journal", () => document.querySelector("nav.tabs") !== null);
  await go(again.window, hash);
  await again.window.until("the words", () => document.querySelector("#text")?.value === "Words before the power went.");
  return again;
}

/** A private window has a journal like any other: it lies with the daemon. */
async function privately(stage) {
  stage.step("private window");
  const engine = await engines.firefox({ isPrivate: true });
  try {
    await engine.window.go(await stage.device.page());
    await engine.window.heading(GREETING.source);
    await go(engine.window, "journal");
    await engine.window.until("an entry", () => document.querySelector("[data-entry]") !== null);
  } finally {
    await engine.end();
  }
}
