// Edits that met: equal beside each other, and nothing chosen until somebody chooses.

import { create } from "@bufbuild/protobuf";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { EntryVersionSchema, MetPartKind } from "../../core/gen/haven/v1/entry_pb";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { says } from "../../tests/device";
import { heading, Open, ROOM_MAX_MS, text } from "../../tests/open";
import { laidOut } from "./met.svelte";

const { BOTH, BASE, VERSION } = pb.ComparedSide;
const { TEXT, TITLE } = pb.ComparedPartKind;

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
beforeEach(() => void (open = new Open()));
afterEach(() => open.close());

const line = (...spans: [string, pb.ComparedSide][]) => ({ side: BOTH, spans: spans.map(([words, side]) => ({ text: words, side })) });
const parts = [{ kind: TEXT, lines: [line(["She rang ", BOTH], ["at", BASE], ["just after", VERSION], [" nine.", BOTH])] }];
const side = (version: string, device: string) => ({ version, device, atMs: 0n, metParts: [{ kind: MetPartKind.TEXT }] });

async function show(met = [side("v1", "Laptop"), side("v2", "Phone")], trashedMs?: bigint): Promise<void> {
  const entry = { summary: { id: "e1", at: "2026-11-24", title: "Late", ...(trashedMs !== undefined && { trashedMs }) }, version: "v1" };
  open.device.answers("JournalService/GetEntry", says(pb.GetEntryResponseSchema, { entry, met }));
  open.device.answers("JournalService/CompareVersions", says(pb.CompareVersionsResponseSchema, { parts }));
  open.device.answers("JournalService/SettleEntry", says(pb.SettleEntryResponseSchema, { id: "e1", version: "v3" }));
  await open.show("#met/e1");
}

const settled = () => open.asked("JournalService/SettleEntry", pb.SettleEntryRequestSchema);

test("both stand side by side with only the words marked that differ, and keeping both is what's filled", async () => {
  await show();
  expect(heading()).toBe("This was changed in two places");
  expect([...document.querySelectorAll("section.card h2")].map(text)).toEqual(["On Laptop", "On Phone"]);
  expect([...document.querySelectorAll("mark")].map(text)).toEqual(["at", "just after"]);
  expect([...document.querySelectorAll("main button.btn:not(.quiet, .text, .icon)")].map(text)).toEqual(["Keep both, one after the other"]);
  expect(document.body.textContent).not.toMatch(/newer|conflict|latest/i);
  expect(settled()).toEqual([]);
});

test("what's kept is what was pressed", async () => {
  await show();
  await open.press("Keep this one: On Phone");
  expect(settled()[0]?.keep).toEqual({ case: "version", value: "v2" });
  expect(location.hash).toBe("#entry/e1");
});

test("both can be kept, and deciding later settles nothing", async () => {
  await show();
  await open.press("Decide later");
  expect([location.hash, settled()]).toEqual(["#entry/e1", []]);
  open.close();
  open = new Open();
  await show();
  await open.press("Keep both, one after the other");
  expect(settled()[0]?.keep).toEqual({ case: "both", value: true });
});

test("in the trash nothing has to be chosen", async () => {
  await show(undefined, 1n);
  expect(document.querySelectorAll("section.card").length).toBe(2);
  expect([...document.querySelectorAll("main button.btn")].map(text)).toEqual([]);
});

test("three sides: each has every part that any differs in, and a side that says the same is plain", () => {
  const versions = ["v1", "v2", "v3"].map((version) => create(EntryVersionSchema, { version, metParts: [{ kind: MetPartKind.TEXT }, { kind: MetPartKind.TITLE }] }));
  const part = (kind: pb.ComparedPartKind, ...lines: ReturnType<typeof line>[]) => create(pb.ComparedPartSchema, { kind, lines });
  const compared = [
    [part(TEXT, line(["a ", BOTH], ["b", BASE], ["x", VERSION], [" c", BOTH]))],
    [part(TEXT, line(["a b ", BOTH], ["c", BASE], ["y", VERSION])), part(TITLE, line(["T", BASE], ["U", VERSION])), part(pb.ComparedPartKind.TAGS)],
  ];
  const shown = laidOut(versions, compared).map(({ parts: of }) =>
    of.map(({ lines }) => lines.map((pieces) => pieces.map(({ text: words, differs }) => (differs ? `[${words}]` : words)).join("")).join("/")),
  );
  expect(shown).toEqual([
    ["a [b] [c]", "[T]"],
    ["a [x] c", "T"],
    ["a b [y]", "[U]"],
  ]);
});
