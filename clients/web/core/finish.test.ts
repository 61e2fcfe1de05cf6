import { expect, test } from "vitest";
import { desk } from "../tests/desk";
import { says } from "../tests/device";
import { Drawer } from "../tests/drawer";
import { readDraft, type Piece } from "./drafts";
import { finish, finishAnew, undo } from "./finish";
import { GetEntryResponseSchema, RestoreVersionResponseSchema, TrashEntryResponseSchema } from "./gen/haven/v1/journal_pb";
import { PAUSE_MS } from "./keeper";

const NOWHERE = { entry: "", base: "" };

async function written(text = "words") {
  const made = desk();
  made.type(text);
  await made.clock.pass(PAUSE_MS);
  const paths = (): string[] => made.device.calls.map(({ path }) => path).filter((path) => path.startsWith("JournalService"));
  return { ...made, paths };
}

test("what was never written down is thrown away, and nothing else is touched", async () => {
  const { device, door, keeper, paths } = await written();
  expect(await undo(door, keeper, NOWHERE)).toEqual({ ok: true, value: { kind: "gone" } });
  expect([device.texts, paths(), keeper.isDirty]).toEqual([[], [], false]);
});

test("what the device has written down of a new page goes into the trash", async () => {
  const { device, door, keeper, paths } = await written();
  device.fold();
  device.answers("JournalService/TrashEntry", says(TrashEntryResponseSchema, {}));
  expect((await undo(door, keeper, NOWHERE)).ok).toBe(true);
  expect([device.drafts.size, paths()]).toEqual([0, ["JournalService/TrashEntry"]]);
});

test("an entry is put back as it was, unless others changed it meanwhile", async () => {
  for (const [version, calls, kind] of [
    ["entry0v", ["JournalService/GetEntry", "JournalService/RestoreVersion"], "gone"],
    ["other", ["JournalService/GetEntry"], "moved"],
  ] as const) {
    const { device, door, keeper, paths } = await written();
    device.fold();
    device.answers("JournalService/GetEntry", says(GetEntryResponseSchema, { entry: { version } }));
    device.answers("JournalService/RestoreVersion", says(RestoreVersionResponseSchema, {}));
    const outcome = await undo(door, keeper, { entry: "entry0", base: "before" });
    expect([outcome.ok && outcome.value.kind, paths()]).toEqual([kind, calls]);
  }
});

test("throwing away that doesn't work throws nothing away, and what's typed then is kept", async () => {
  const { device, door, keeper, clock, type } = await written();
  device.mishap(0, "refused");
  expect((await undo(door, keeper, NOWHERE)).ok).toBe(false);
  type("words, and more");
  await clock.pass(PAUSE_MS);
  expect(device.texts).toEqual(["words, and more"]);
});

test("what was written unseen changes nothing before its person has looked, and may become an entry of its own", async () => {
  const device = new Drawer();
  const first = desk(device);
  first.type("unseen");
  await first.clock.pass(PAUSE_MS);
  const { id } = first.keeper.piece;
  Object.assign(device.drafts.get(id)!, { meant: "last", entryId: "old" });
  device.entries.push({ id: "old", title: "", text: "stood there" });
  const found = (await readDraft(first.door, id)) as { value: Piece };
  const { keeper, door } = desk(device, found.value, true);
  expect(await finish(door, keeper, false, { isThere: false })).toEqual({ ok: true, value: { kind: "unseen" } });
  expect(device.entries.map(({ text }) => text)).toEqual(["stood there"]);
  expect((await finishAnew(door, keeper)).ok).toBe(true);
  expect(device.texts).toEqual(["stood there", "unseen"]);
});

test("what was finished in another tab before it was ever written down is one entry, also with more words", async () => {
  for (const more of ["", " and more"]) {
    const device = new Drawer();
    const first = desk(device);
    first.type("shared");
    await first.clock.pass(PAUSE_MS);
    const found = (await readDraft(first.door, first.keeper.piece.id)) as { value: Piece };
    const second = desk(device, found.value, true);
    expect((await finish(first.door, first.keeper, false, { isThere: false })).ok).toBe(true);
    if (more) {
      second.type(`shared${more}`);
    }
    expect(await finish(second.door, second.keeper, false, { isThere: false })).toEqual({ ok: true, value: { kind: "entry", id: "entry0" } });
    expect(device.texts).toEqual([`shared${more}`]);
  }
});

test("what was finished or thrown away in another tab is finished here all the same", async () => {
  for (const isDone of [true, false]) {
    const device = new Drawer();
    const first = desk(device);
    first.type("shared");
    await first.clock.pass(PAUSE_MS);
    device.fold();
    const found = (await readDraft(first.door, first.keeper.piece.id)) as { value: Piece };
    const second = desk(device, found.value, true);
    if (isDone) {
      expect((await finish(first.door, first.keeper, false, { isThere: false })).ok).toBe(true);
    } else {
      device.drafts.clear();
    }
    expect(await finish(second.door, second.keeper, false, { isThere: false })).toEqual({ ok: true, value: { kind: "entry", id: "entry0" } });
    expect(device.texts).toEqual(["shared"]);
  }
});
