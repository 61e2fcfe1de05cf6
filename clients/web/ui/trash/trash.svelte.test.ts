// The trash: what's there can be read, and taken back.

import { afterEach, beforeAll, expect, test } from "vitest";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { says } from "../../tests/device";
import { Open, ROOM_MAX_MS, text } from "../../tests/open";

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
afterEach(() => open.close());

test("an entry is taken back from the trash, and that is said", async () => {
  open = new Open();
  const entries = [{ id: "e1", at: "2026-11-24", title: "Late", trashedMs: 1n }];
  open.device.answers("JournalService/ListEntries", says(pb.ListEntriesResponseSchema, { entries, total: 1 }), says(pb.ListEntriesResponseSchema, { total: 0 }));
  open.device.answers("JournalService/UntrashEntry", says(pb.UntrashEntryResponseSchema, { id: "e1" }));
  await open.show("#trash");
  expect(open.asked("JournalService/ListEntries", pb.ListEntriesRequestSchema)[0]?.filter?.trashed).toBe(true);
  expect(document.querySelector("a.grow")?.getAttribute("href")).toBe("#entry/e1");
  document.querySelector<HTMLElement>(".row button")!.click();
  await open.rest();
  expect(open.asked("JournalService/UntrashEntry", pb.UntrashEntryRequestSchema)[0]?.id).toBe("e1");
  expect(text(document.querySelector(".news"))).toBe("“Late” is back in your journal.");
  expect(document.querySelector(".head p")?.textContent).toBe("The trash is empty.");
  expect(document.activeElement?.tagName).toBe("H1");
});
