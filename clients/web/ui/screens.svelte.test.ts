// The screens as a person meets them: what is shown, where the focus is, what the keyboard does.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { Reason } from "../core/fault";
import { GetHelpResponseSchema } from "../core/gen/haven/v1/support_pb";
import { UnlockResponseSchema, VaultState } from "../core/gen/haven/v1/vault_pb";
import { WatchEventsResponseSchema } from "../core/gen/haven/v1/events_pb";
import { Page } from "../core/page";
import { Session } from "../core/session";
import { Device, HandClock, refuses, says, settle } from "../tests/device";
import { isGreeting } from "../tests/shown";
import { App } from "./app.svelte";
import Root from "./App.svelte";

let mounted: ReturnType<typeof mount> | undefined;
let stop = (): void => {};
afterEach(() => {
  stop();
  void (mounted && unmount(mounted));
  location.hash = "";
});

async function show(device: Device, token: string | undefined, hash = ""): Promise<App> {
  const session = new Session(undefined);
  if (token) {
    session.begin(token);
  }
  location.hash = hash;
  const clock = new HandClock();
  const page = new Page({ location, history, fetch: device.fetch, session, clock });
  const app = new App(page, ["en-GB"], clock);
  stop = app.start();
  mounted = mount(Root, { target: document.body, props: { app } });
  await settle();
  flushSync();
  return app;
}

function heading(): string | undefined {
  return document.querySelector("h1")?.textContent ?? undefined;
}

function locked(): Device {
  const device = new Device();
  device.answers("EventService/WatchEvents", says(WatchEventsResponseSchema, { status: { state: VaultState.LOCKED } }));
  return device;
}

async function tryPassphrase(words: string): Promise<HTMLInputElement> {
  const field = document.querySelector<HTMLInputElement>("#passphrase")!;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("form")!.requestSubmit();
  await settle();
  flushSync();
  return field;
}

test("effects run: under other conditions than a browser's they would not, and tests would prove nothing", () => {
  let ran = 0;
  const stop = $effect.root(() => {
    $effect(() => void (ran += 1));
  });
  flushSync();
  stop();
  expect(ran).toBe(1);
});

test("a spent address in a tab that works is told, and nothing else changes", async () => {
  const device = locked();
  device.answers("GrantService/BeginSession", refuses(Reason.NO_SESSION));
  const app = await show(device, "abc");
  const before = heading();
  location.hash = `#haven_${"0".repeat(64)}`;
  await app.turn();
  await settle();
  flushSync();
  expect([heading(), app.page.hasSession]).toEqual([before, true]);
  expect(document.querySelector(".spent")?.textContent).toContain("This page goes on as before.");
  document.querySelector<HTMLElement>(".spent button")!.click();
  flushSync();
  expect(document.querySelector(".spent")).toBeNull();
});

test("without a session the page says how to open one, and its tab says nothing", async () => {
  await show(new Device(), undefined);
  expect(heading()).toBe("This page is closed");
  expect(document.querySelector("code")?.textContent).toBe("haven open");
  expect(document.querySelector(".top a.danger")?.getAttribute("href")).toBe("#help");
});

test("help is there with nobody to ask", async () => {
  await show(new Device(), undefined, "#help");
  const numbers = [...document.querySelectorAll("a.call")].map((call) => call.getAttribute("href"));
  expect(numbers).toEqual(["tel:112", "tel:911", "tel:999"]);
});

test("help shows the lines of the device, and a refusal leaves the built-in ones", async () => {
  const device = locked();
  const line = { country: "GB", name: "Samaritans", heading: "Someone", phone: "116 123", text: "88788", reach: "text START to 88788" };
  device.answers("SupportService/GetHelp", says(GetHelpResponseSchema, { opening: ["Slowly."], country: "GB", lines: [line] }));
  const app = await show(device, "abc", "#help");
  const calls = [...document.querySelectorAll("a.call")];
  expect(calls.map((call) => call.getAttribute("href"))).toEqual(["tel:116123", "sms:88788"]);
  expect(calls[1]?.textContent).toContain("text START to 88788");
  void unmount(mounted!);
  device.answers("SupportService/GetHelp", refuses(Reason.INTERNAL));
  mounted = mount(Root, { target: document.body, props: { app } });
  await settle();
  flushSync();
  expect(document.querySelectorAll("a.call").length).toBe(3);
});

test("a wrong passphrase is said at the field, which has the focus and keeps what was typed", async () => {
  const device = locked();
  device.answers("VaultService/Unlock", refuses(Reason.WRONG_PASSPHRASE));
  await show(device, "abc");
  expect(document.activeElement?.id).toBe("passphrase");
  const field = await tryPassphrase("wrong");
  expect(field.getAttribute("aria-invalid")).toBe("true");
  expect(document.getElementById(field.getAttribute("aria-describedby")!)?.textContent).toContain("isn’t this device’s");
  expect([field.value, document.activeElement]).toEqual(["wrong", field]);
});

test("nothing is sent without a passphrase, and the right one opens", async () => {
  const device = locked();
  device.answers("VaultService/Unlock", says(UnlockResponseSchema, { status: { state: VaultState.UNLOCKED, deviceName: "Here" } }));
  await show(device, "abc");
  await tryPassphrase("");
  expect(device.calls.some(({ path }) => path === "VaultService/Unlock")).toBe(false);
  await tryPassphrase("right");
  // The room is fetched meanwhile.
  await vi.waitUntil(() => isGreeting(heading()), { timeout: 10_000 });
  expect(document.querySelector("#passphrase")).toBeNull();
});
