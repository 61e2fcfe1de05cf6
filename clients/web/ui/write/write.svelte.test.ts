// Writing as it outlives its screen: what becomes of words when the screen goes and they aren't home yet.

import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { settle } from "../../tests/device";
import { paper } from "../../tests/paper";

afterEach(() => void (location.hash = ""));

test("a draft that's kept gets an address, by which it's found again", async () => {
  const { clock, app, open, type, fields } = paper();
  const writing = await open();
  type(writing, "words");
  await clock.pass(500);
  expect(app.route.args).toEqual(["draft", expect.stringMatching(/^[0-9a-f]{32}$/)]);
  await writing.close();
  expect(app.holders.all).toEqual([]);
  fields.text.value = "";
  await open(...app.route.args);
  expect(fields.text.value).toBe("words");
});

test("a screen that goes before its first pause brings its words home, and they're there when it's back", async () => {
  const { device, app, open, type, fields } = paper();
  const writing = await open();
  device.isLocked = true;
  type(writing, "locked at once");
  await writing.close();
  expect([device.sealed.length, app.holders.all]).toEqual([1, []]);
  device.unlock();
  fields.text.value = "";
  await open(...app.route.args);
  expect(fields.text.value).toBe("locked at once");
});

test("words that find no way home stay in the page; a screen that comes back goes on with them, and none ends them", async () => {
  const { device, clock, app, open, type, fields } = paper();
  const writing = await open();
  for (let nth = 0; nth < 4; nth += 1) {
    device.mishap(nth, Reason.STORAGE_FULL);
  }
  type(writing, "unkept");
  await writing.close();
  expect([app.holders.areDirty, app.holders.all[0]?.read?.()]).toEqual([true, "unkept"]);
  fields.text.value = "";
  const again = await open(...app.route.args);
  expect(fields.text.value).toBe("unkept");
  await clock.pass(60_000);
  expect([device.texts, app.holders.areDirty, app.holders.all.length]).toEqual([["unkept"], false, 1]);
  type(again, "unkept, and more");
  await clock.pass(500);
  expect(device.texts).toEqual(["unkept, and more"]);
  await again.close();
  expect(app.holders.all).toEqual([]);
});

test("done makes an entry; a blank page leaves nothing behind", async () => {
  const { device, clock, open, type } = paper();
  const writing = await open();
  type(writing, "done");
  await writing.out!.finish();
  await settle();
  expect([device.entries.map(({ text }) => text), device.drafts.size, location.hash]).toEqual([["done"], 0, "#entry/entry0"]);
  const empty = await open();
  type(empty, "x");
  await clock.pass(500);
  type(empty, "");
  await empty.out!.finish();
  expect([device.drafts.size, device.entries.length, location.hash]).toEqual([0, 1, "#today"]);
});

test("done that goes wrong at any call leaves the words, and trying again makes one entry", async () => {
  for (const mishap of ["refused", "lost", "lock", Reason.STORAGE_FULL] as const) {
    for (let nth = 0; nth < 4; nth += 1) {
      const { device, clock, open, type } = paper();
      const writing = await open();
      type(writing, "once");
      device.mishap(nth, mishap);
      await writing.out!.finish();
      await clock.pass(2_000);
      device.unlock();
      for (let tries = 0; tries < 3 && !location.hash.startsWith("#entry") && !location.hash.startsWith("#journal"); tries += 1) {
        await writing.out!.finish();
        await clock.pass(2_000);
      }
      expect([mishap, nth, device.texts]).toEqual([mishap, nth, ["once"]]);
      expect(device.drafts.size, `${mishap} ${nth}`).toBe(0);
      location.hash = "";
    }
  }
});

test("what nobody sees in a title and no title may hold doesn't keep it from being done", async () => {
  const { device, clock, open, type, fields } = paper();
  const writing = await open();
  fields.title.value = "A\ttab, a\vline and a\0 nul";
  type(writing, "words");
  await clock.pass(500);
  expect([...device.drafts.values()].map(({ draft }) => draft?.title)).toEqual(["A tab, a line and a nul"]);
  await writing.close();
});

test("a draft that a full disk keeps shut is said to be there, and opens once there's space", async () => {
  const { device, clock, open, type, fields } = paper();
  const writing = await open();
  type(writing, "words");
  await clock.pass(500);
  await writing.close();
  const [id = ""] = device.drafts.keys();
  fields.text.value = "";
  device.mishap(0, Reason.STORAGE_FULL);
  const again = await open("draft", id);
  expect(again.stage).toBe("full");
  await again.open(["draft", id]);
  again.fill(fields);
  expect([again.stage, fields.text.value]).toEqual(["ready", "words"]);
});
