// An entry whose change isn't finished: that's said where it's read.

import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as drafts from "../../core/gen/haven/v1/drafts_pb";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { says } from "../../tests/device";
import { Open, ROOM_MAX_MS, text } from "../../tests/open";

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
beforeEach(() => void (open = new Open()));
afterEach(() => open.close());

async function show(): Promise<void> {
  const entry = { summary: { id: "e1", at: "2026-11-24T21:42", title: "The heron" }, text: "Words", version: "v2" };
  open.device.answers("JournalService/GetEntry", says(pb.GetEntryResponseSchema, { entry }));
  await open.show("#entry/e1");
}

test("a change that isn't finished is told, with what's shown of it and what can be done", async () => {
  const begun = (text: string) => {
    const draft = { draftId: "d1", entryId: "e1", draft: { title: "The heron", text, at: "2026-11-24T21:42" } };
    open.device.answers("DraftService/ListDrafts", says(drafts.ListDraftsResponseSchema, { drafts: [{ draftId: "d0", entryId: "e0" }, draft] }));
    open.device.answers("DraftService/GetDraft", says(drafts.GetDraftResponseSchema, { draft }));
  };
  begun("Words that aren't there");
  open.device.answers("DraftService/DiscardDraft", says(drafts.DiscardDraftResponseSchema, {}));
  await show();
  expect(text(document.querySelector("#unfinished"))).toContain("aren’t shown here yet");
  expect(document.querySelector('.note a[href="#write/draft/d1"]')).not.toBeNull();
  await open.press("Throw it away");
  expect(open.asked("DraftService/DiscardDraft", drafts.DiscardDraftRequestSchema)).toEqual([]);
  expect(text(document.activeElement)).toBe("Throw this change away?");
  open.device.answers("DraftService/ListDrafts", says(drafts.ListDraftsResponseSchema, {}));
  await open.press("Throw it away");
  expect(open.asked("DraftService/DiscardDraft", drafts.DiscardDraftRequestSchema)[0]?.draftId).toBe("d1");
  expect(document.querySelector("#unfinished")).toBeNull();
  open.close();
  open = new Open();
  begun("Words");
  open.device.answers("DraftService/CommitDraft", says(drafts.CommitDraftResponseSchema, { id: "e1" }));
  await show();
  expect(text(document.querySelector("#unfinished"))).toContain("and you see it here");
  open.device.answers("DraftService/ListDrafts", says(drafts.ListDraftsResponseSchema, {}));
  await open.press("I’m done");
  expect(open.asked("DraftService/CommitDraft", drafts.CommitDraftRequestSchema)[0]?.draftId).toBe("d1");
  expect(document.querySelector("#unfinished")).toBeNull();
});
