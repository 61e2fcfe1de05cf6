// Coming back to what was begun: after the page was loaded again, and to an entry that's being changed.

import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { GetEntryResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import type { Keeper } from "../../core/keeper";
import { STRAY_MAX_MS } from "../../core/strays";
import { recentDraft } from "../../core/unfinished";
import { says } from "../../tests/device";
import { paper } from "../../tests/paper";
import { App } from "../app.svelte";
import { Writing } from "./write.svelte";

const ENTRY = "e".repeat(32);

afterEach(() => void (location.hash = ""));

test("from the first key on the address leads back to the very same draft, whatever became of it", async () => {
  for (const becomes of ["kept", "late", "never"] as const) {
    const { device, clock, app, open, type, fields } = paper();
    const writing = await open();
    expect(app.route.args).toEqual([]);
    // Once on the way that outlives the page, once on the ordinary one, and once more: the page is still there.
    for (let nth = 0; nth < (becomes === "kept" ? 0 : 3); nth += 1) {
      device.mishap(nth, "late");
    }
    type(writing, "the last key");
    const args = app.route.args;
    expect(args).toEqual(["new", expect.stringMatching(/^[0-9a-f]{32}$/)]);
    // The page is gone at once, and only what's on its way to the device is left of it.
    const gone = app.holders.all[0]!;
    await gone.flush(true);
    (gone as Keeper).end();
    fields.text.value = "";
    const again = new App(app.page, ["en-GB"], clock);
    location.hash = `#write/${args.join("/")}`;
    again.route = { room: "write", args };
    const next = new Writing(again);
    await next.open(args);
    next.fill(fields);
    if (becomes === "late") {
      device.deliver();
    }
    await clock.pass(5_000);
    expect([becomes, next.stage, fields.text.value]).toEqual([becomes, "ready", becomes === "never" ? "" : "the last key"]);
    fields.text.value += ", and more";
    next.touch();
    await clock.pass(1_000);
    expect([becomes, device.drafts.size, [...device.drafts.keys()]]).toEqual([becomes, 1, [args[1]]]);
    expect([becomes, again.route.args]).toEqual([becomes, ["draft", args[1]]]);
    location.hash = "#write";
  }
});

test("an entry is changed in the draft that changes it already, so that nobody meets with oneself", async () => {
  const { device, clock, app, open, type, fields } = paper();
  const summary = { id: ENTRY, title: "", at: "2026-11-24T21:30" };
  device.answers("JournalService/GetEntry", says(GetEntryResponseSchema, { entry: { summary, text: "as it was", version: "v0" } }));
  app.route = { room: "write", args: ["entry", ENTRY] };
  location.hash = `#write/entry/${ENTRY}`;
  const writing = await open("entry", ENTRY);
  expect([fields.text.value, writing.news, app.route.args]).toEqual(["as it was", "", ["entry", ENTRY]]);
  type(writing, "as it is");
  expect(app.route.args).toEqual([ENTRY, expect.stringMatching(/^[0-9a-f]{32}$/)]);
  await clock.pass(500);
  await writing.close();
  fields.text.value = "";
  const again = await open("entry", ENTRY);
  expect([fields.text.value, again.news]).toEqual(["as it is", "goesOn"]);
  type(again, "as it is now");
  await clock.pass(500);
  expect([device.drafts.size, device.texts]).toEqual([1, ["as it is now"]]);
});

test("words of an entry that aren't home are gone on with from the page, and a room that was left early holds none", async () => {
  const { device, clock, app, open, type, fields } = paper();
  const summary = { id: ENTRY, title: "", at: "2026-11-24T21:30" };
  device.answers("JournalService/GetEntry", says(GetEntryResponseSchema, { entry: { summary, text: "as it was", version: "v0" } }));
  const early = new Writing(app);
  const opening = early.open(["entry", ENTRY]);
  await early.close();
  await opening;
  expect(app.holders.all).toEqual([]);
  const writing = await open("entry", ENTRY);
  for (let nth = 0; nth < 4; nth += 1) {
    device.mishap(nth, Reason.STORAGE_FULL);
  }
  type(writing, "unkept");
  await writing.close();
  fields.text.value = "";
  await open("entry", ENTRY);
  expect(fields.text.value).toBe("unkept");
  await clock.pass(60_000);
  expect(device.texts).toEqual(["unkept"]);
});

test("a room that's left while words may still arrive late listens on, and puts the newest back", async () => {
  const { device, clock, app, open, type } = paper();
  const hear = (): void => app.holders.all.forEach((holder) => holder.heard?.(device.revision));
  const writing = await open();
  device.mishap(0, "late");
  type(writing, "one");
  hear();
  await clock.pass(500);
  type(writing, "one two");
  await clock.pass(1_500);
  hear();
  await writing.close();
  expect([app.holders.all.length, app.holders.areDirty]).toEqual([1, false]);
  device.deliver();
  hear();
  await clock.pass(2_000);
  expect(device.texts).toEqual(["one two"]);
  await clock.pass(STRAY_MAX_MS);
  expect(app.holders.all).toEqual([]);
});

test("a blank page knows of something that was written in just now, and of nothing older", async () => {
  const { device, app, open, type, clock } = paper();
  expect(await recentDraft(app.page.door, Date.now())).toBe("");
  const writing = await open();
  expect(writing.isNew).toBe(true);
  type(writing, "just now");
  expect(writing.isNew).toBe(false);
  await clock.pass(500);
  const [id] = [...device.drafts.keys()];
  expect(await recentDraft(app.page.door, Date.now())).toBe(id);
  expect(await recentDraft(app.page.door, Date.now() + 31 * 60_000)).toBe("");
});
