// The whole app in a test, on a device that exists only for it: shown, looked at and used as a person does. A test imports the rooms
// it goes to, so that it doesn't wait for a disk.

import { flushSync, mount, unmount } from "svelte";
import { vi } from "vitest";
import { WatchEventsResponseSchema } from "../core/gen/haven/v1/events_pb";
import { VaultState } from "../core/gen/haven/v1/vault_pb";
import { speak, words } from "../core/messages";
import { today } from "../core/messages/today";
import { Page } from "../core/page";
import { Session } from "../core/session";
import { App } from "../ui/app.svelte";
import Root from "../ui/App.svelte";
import { Device, HandClock, says, settle } from "./device";

/** How long a room may take to be read: long, on a machine that builds while it tests. */
export const ROOM_MAX_MS = 60_000;

const HOURS = 24;
const GREETINGS = new Set(Array.from({ length: HOURS }, (_, hour) => words(speak([]), today).greeting(hour)));

/** Whether Today greets with this, at whatever hour it is. */
export const isGreeting = (heading: string | null | undefined): boolean => GREETINGS.has(heading ?? "");

/** What answers: as a device does, or as one that looks at what is asked first. */
interface Answering {
  readonly fetch: typeof globalThis.fetch;
  readonly way?: typeof globalThis.fetch;
}

export interface Shown<D extends Answering = Device> {
  readonly app: App;
  readonly device: D;
  readonly clock: HandClock;
  close(): void;
}

let shown: { close(): void } | undefined;

/** The clock of what is shown. */
export let clock = new HandClock();

/** A device whose journal is in this state. */
export function deviceThatIs(state: VaultState): Device {
  const device = new Device();
  isNow(device, state);
  return device;
}

/** What the device says of itself from now on. */
export function isNow(device: Device, state: VaultState, sync = {}): void {
  device.answers("EventService/WatchEvents", says(WatchEventsResponseSchema, { status: { state, deviceName: "Here", sync }, revisions: {} }));
}

export async function show<D extends Answering>(device: D, hash: string): Promise<Shown<D>> {
  const session = new Session(undefined);
  session.begin("abc");
  location.hash = hash;
  clock = new HandClock();
  const fetch = device.way ?? device.fetch;
  const app = new App(new Page({ location, history, fetch, session, clock }), ["en-GB"], clock);
  const stop = app.start();
  const root = mount(Root, { target: document.body, props: { app } });
  const close = (): void => {
    shown = undefined;
    stop();
    void unmount(root);
    location.hash = "";
  };
  shown = { close };
  await arrive();
  return { app, device, clock, close };
}

/** As `show`, with the journal open. */
export async function showOpen(device: Device, hash: string): Promise<App> {
  isNow(device, VaultState.UNLOCKED);
  return (await show(device, hash)).app;
}

/** Takes away what is shown: after each test, and before something else is shown in the same one. */
export function clear(): void {
  shown?.close();
}

/** Lets everything that can go on go on, and what follows from it be shown. */
export async function rest(): Promise<void> {
  await settle();
  flushSync();
  await settle();
  flushSync();
}

/** As `rest`, and waits for a room that is a file of its own and has to be read first. */
export async function arrive(): Promise<void> {
  await rest();
  await until(() => heading() !== "");
}

/** Waits until something is so, however long a busy machine takes. */
export async function until(holds: () => boolean): Promise<void> {
  await vi.waitUntil(() => (flushSync(), holds()), { timeout: ROOM_MAX_MS });
  await rest();
}

export const one = <T extends HTMLElement = HTMLElement>(selector: string): T => document.querySelector<T>(selector)!;
export const all = <T extends HTMLElement = HTMLElement>(selector: string): T[] => [...document.querySelectorAll<T>(selector)];
export const heading = (): string => text("h1");

/** The words of an element, or of the first that a selector finds. */
export function text(of: string | Element | null | undefined): string {
  const element = typeof of === "string" ? document.querySelector(of) : of;
  return element?.textContent?.replaceAll(/\s+/g, " ").trim() ?? "";
}

const said = (element: HTMLElement): string => (element.getAttribute("aria-label") ?? text(element)).trim();

function found<T>(element: T | undefined | null, name: string): T {
  if (!element) {
    throw new Error(`nothing is called ${name}: ${text(document.body)}`);
  }
  return element;
}

export function button(name: string): HTMLButtonElement {
  return found(all<HTMLButtonElement>("button").find((it) => said(it) === name), name);
}

/** Presses the button or follows the link with these words. */
export async function press(name: string): Promise<void> {
  const it = found(all("button, a, summary").find((one) => said(one) === name), name);
  if (it instanceof HTMLAnchorElement) {
    location.hash = new URL(it.href).hash;
    window.dispatchEvent(new Event("hashchange"));
  } else if (it instanceof HTMLButtonElement && it.type === "submit" && it.form) {
    it.form.requestSubmit();
  } else {
    it.click();
  }
  await arrive();
}

const labelled = (label: string): HTMLLabelElement => found(all<HTMLLabelElement>("label").find((one) => text(one) === label), label);

/** Types into a field, or into the one with this label. */
export function type(at: string | HTMLInputElement | HTMLTextAreaElement, words: string): HTMLInputElement {
  const field = typeof at === "string" ? found(document.getElementById(labelled(at).htmlFor), at) : at;
  field.focus();
  (field as HTMLInputElement).value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  flushSync();
  return field as HTMLInputElement;
}

export async function tick(label: string): Promise<HTMLInputElement> {
  const box = found(labelled(label).querySelector<HTMLInputElement>("input"), label);
  box.click();
  await arrive();
  return box;
}

export function key(at: HTMLElement, name: string, more: KeyboardEventInit = {}): void {
  at.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...more }));
  flushSync();
}
