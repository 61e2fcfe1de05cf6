// The versions of an entry, what each changed, and the way back to one.

import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { says } from "../../tests/device";
import { Open, ROOM_MAX_MS, text } from "../../tests/open";

const { BOTH, BASE, VERSION } = pb.ComparedSide;

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
beforeEach(async () => {
  open = new Open();
  const versions = [{ version: "v2", device: "Phone", atMs: 1n, baseVersion: "v1" }, { version: "v1", device: "", atMs: 0n }];
  open.device.answers("JournalService/ListHistory", says(pb.ListHistoryResponseSchema, { versions }));
  const entry = { summary: { id: "e1", at: "2026-11-24", title: "Late" }, text: "She rang just after nine.", version: "v2" };
  open.device.answers("JournalService/GetEntry", says(pb.GetEntryResponseSchema, { entry }));
  const spans = [{ text: "She rang ", side: BOTH }, { text: "at", side: BASE }, { text: "just after", side: VERSION }, { text: " nine.", side: BOTH }];
  const parts = [{ kind: pb.ComparedPartKind.TEXT, lines: [{ side: BOTH, spans }] }];
  open.device.answers("JournalService/CompareVersions", says(pb.CompareVersionsResponseSchema, { parts }));
  open.device.answers("JournalService/RestoreVersion", says(pb.RestoreVersionResponseSchema, { id: "e1", version: "v3" }));
  await open.show("#history/e1");
});
afterEach(() => open.close());

const look = async (at: number): Promise<void> => {
  document.querySelectorAll<HTMLElement>(".row button")[at]!.click();
  await open.rest();
};

test("versions stand newest first, with where they were made", () => {
  expect([...document.querySelectorAll(".row p")].map(text)).toEqual(["On Phone, as it is now", "On a device"]);
});

test("a version shows what it changed of what its author had before them, and for whoever hears it too", async () => {
  await look(0);
  expect(open.asked("JournalService/CompareVersions", pb.CompareVersionsRequestSchema)[0]).toMatchObject({ baseVersion: "v1", version: "v2" });
  expect([...document.querySelectorAll("mark")].map((mark) => [mark.classList.contains("gone"), text(mark)])).toEqual([
    [true, "at"],
    [false, "just after"],
  ]);
  expect(document.querySelector(".shown")?.textContent).toContain("taken away:");
  expect(document.querySelector(".shown > p > button")).toBeNull();
});

test("going back to a version is said, and made of that one", async () => {
  await look(1);
  await open.press("Make the entry read like this again");
  expect(open.asked("JournalService/RestoreVersion", pb.RestoreVersionRequestSchema)[0]).toMatchObject({ id: "e1", version: "v1" });
  expect(text(document.querySelector(".news"))).toContain("reads like that again");
});
