// Today, drafts and words that nobody took, as a person meets them.

import { flushSync, mount, unmount } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { ListDraftsResponseSchema } from "../../core/gen/haven/v1/drafts_pb";
import { ListEntriesResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import { ListExercisesResponseSchema } from "../../core/gen/haven/v1/practice_pb";
import { GetTodayResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import { StatusSchema, VaultState } from "../../core/gen/haven/v1/vault_pb";
import { Page } from "../../core/page";
import { Session } from "../../core/session";
import { create } from "@bufbuild/protobuf";
import { Device, HandClock, refuses, says, settle } from "../../tests/device";
import { isGreeting } from "../../tests/shown";
import { App } from "../app.svelte";
import Closed from "../closed/Closed.svelte";
import Drafts from "../drafts/Room.svelte";
import Today from "./Room.svelte";

const ID = "0123456789abcdef0123456789abcdef";

let mounted: ReturnType<typeof mount> | undefined;
afterEach(() => {
  void (mounted && unmount(mounted));
  location.hash = "";
});

function open(device: Device): App {
  const session = new Session(undefined);
  session.begin("abc");
  const clock = new HandClock();
  const app = new App(new Page({ location, history, fetch: device.fetch, session, clock }), ["en-GB"], clock);
  app.stand = { kind: "open", status: create(StatusSchema, { state: VaultState.UNLOCKED }) };
  return app;
}

async function show(Room: typeof Today | typeof Drafts, app: App): Promise<void> {
  mounted = mount(Room, { target: document.body, props: { app, args: [] } });
  await settle();
  flushSync();
}

function empty(): Device {
  const device = new Device();
  device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, {}));
  device.answers("DraftService/ListDrafts", says(ListDraftsResponseSchema, {}));
  device.answers("JournalService/ListEntries", says(ListEntriesResponseSchema, {}));
  device.answers("PracticeService/ListExercises", says(ListExercisesResponseSchema, {}));
  return device;
}

const main = (): string => document.querySelector("main")?.textContent ?? "";
const hrefs = (): (string | null)[] => [...document.querySelectorAll("main a")].map((link) => link.getAttribute("href"));

test("an empty day: a greeting, nothing due, and a blank page one tap away", async () => {
  await show(Today, open(empty()));
  expect(isGreeting(document.querySelector("h1")?.textContent)).toBe(true);
  expect(main()).toContain("Nothing is due.");
  expect(hrefs()).toEqual(["#write"]);
});

test("what comes up: one thing of a kind, and an exercise only where it's offered", async () => {
  const device = empty();
  const exercise = { id: "slow-breath", title: "Slow breaths", minutes: 5 };
  device.answers("PracticeService/ListExercises", says(ListExercisesResponseSchema, { exercises: [exercise] }));
  const draft = { draftId: ID, title: "Rain", savedMs: BigInt(Date.now()) };
  device.answers("DraftService/ListDrafts", says(ListDraftsResponseSchema, { drafts: [draft, { ...draft, draftId: "b", title: "Snow" }] }));
  device.answers("JournalService/ListEntries", says(ListEntriesResponseSchema, { entries: [{ id: "e" }], total: 2 }));
  const later = { entryId: ID, title: "Then", date: "2026-11-01", questions: [{ id: "q", label: "And now?" }] };
  device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, { later: [later], suggestion: "wait", suggestionTitle: "Waiting" }));
  await show(Today, open(device));
  expect(hrefs()).toEqual(["#met/e", "#write", "#walk/exercise/slow-breath", `#write/draft/${ID}`, "#drafts", `#walk/later/${ID}`, "#walk/exercise/wait"]);
  expect(main()).not.toContain("Snow");
});

test("not now hides a thing until the next visit, and throws nothing away", async () => {
  const device = empty();
  device.answers("DraftService/ListDrafts", says(ListDraftsResponseSchema, { drafts: [{ draftId: ID, title: "Rain" }] }));
  const app = open(device);
  await show(Today, app);
  const button = [...document.querySelectorAll("button")].find(({ textContent }) => textContent.startsWith("Not now"));
  button!.click();
  flushSync();
  expect(main()).not.toContain("Rain");
  expect(main()).toContain("One draft");
  void unmount(mounted!);
  await show(Today, app);
  expect(main()).not.toContain("Rain");
  expect(device.calls.some(({ path }) => path.includes("Discard"))).toBe(false);
});

test("what the device can't tell is said, and the blank page is there all the same", async () => {
  const device = empty();
  device.answers("ProgressService/GetToday", refuses(Reason.INTERNAL));
  await show(Today, open(device));
  expect(document.querySelector("main [role=alert]")?.textContent).toContain("Nothing was done");
  expect(hrefs()).toContain("#write");
});

test("a draft says what keeps it, leads to where it's gone on with, and is thrown away only after asking", async () => {
  const device = empty();
  const drafts = [
    { draftId: ID, title: "Long", problem: "it's too long" },
    { draftId: "b", exercise: { id: "x" }, opening: "" },
  ];
  device.answers("DraftService/ListDrafts", says(ListDraftsResponseSchema, { drafts }));
  device.answers("PracticeService/ListExercises", says(ListExercisesResponseSchema, { exercises: [{ id: "x", title: "An exercise" }] }));
  await show(Drafts, open(device));
  expect(hrefs()).toEqual(["#settings", `#write/draft/${ID}`, "#walk/draft/b"]);
  expect(main()).toContain("it's too long");
  expect(main()).toContain("An exercise");
  document.querySelector<HTMLButtonElement>('button[aria-label="Throw away: Long"]')!.click();
  await settle();
  flushSync();
  expect(document.activeElement?.textContent).toBe("Throw this draft away?");
  expect(device.calls.some(({ path }) => path.includes("Discard"))).toBe(false);
});

test("a page that's signed out says that its words aren't kept, and shows them only when asked", async () => {
  const app = open(new Device());
  const holder = { isDirty: true, flush: vi.fn(), read: () => "a secret sentence" };
  app.holders.add(holder);
  app.stand = { kind: "over" };
  mounted = mount(Closed, { target: document.body, props: { app, stand: { kind: "over" } } });
  flushSync();
  expect(main()).toContain("Words on this page aren’t saved yet");
  expect(main()).not.toContain("secret");
  [...document.querySelectorAll("button")].find(({ textContent }) => textContent?.trim() === "Show them")!.click();
  flushSync();
  expect(main()).toContain("a secret sentence");
  holder.isDirty = false;
  app.holders.changed();
  flushSync();
  expect(main()).not.toContain("aren’t saved yet");
});
