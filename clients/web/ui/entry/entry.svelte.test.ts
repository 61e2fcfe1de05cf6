// An entry as it's read: words are drawn as words, whatever is in them, and nothing happens to it unasked.

import type { MessageInitShape } from "@bufbuild/protobuf";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as drafts from "../../core/gen/haven/v1/drafts_pb";
import { EntryKind, type EntryVersionSchema } from "../../core/gen/haven/v1/entry_pb";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { ListResultsResponseSchema } from "../../core/gen/haven/v1/measure_pb";
import { GetTodayResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import type { ProseBlockSchema, ProseSchema } from "../../core/gen/haven/v1/prose_pb";
import { says } from "../../tests/device";
import { heading, Open, ROOM_MAX_MS, text } from "../../tests/open";

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
beforeEach(() => {
  open = new Open();
  open.device.answers("DraftService/ListDrafts", says(drafts.ListDraftsResponseSchema, {}));
});
afterEach(() => open.close());

interface Answer {
  prose?: MessageInitShape<typeof ProseSchema>;
  met?: MessageInitShape<typeof EntryVersionSchema>[];
  answersRead?: MessageInitShape<typeof pb.ReadAnswerSchema>[];
}
type Block = MessageInitShape<typeof ProseBlockSchema>;

function answer(more: Answer = {}, summary: object = {}) {
  const entry = { summary: { id: "e1", at: "2026-11-24T21:42", title: "The heron", ...summary }, text: "Words", version: "v2" };
  return says(pb.GetEntryResponseSchema, { entry, ...more });
}

async function show(...answers: ReturnType<typeof answer>[]): Promise<void> {
  open.device.answers("JournalService/GetEntry", ...answers);
  await open.show("#entry/e1");
}

const paragraph = (...spans: object[]): Block => ({ kind: { case: "paragraph", value: { spans } } });

test("the title, the day and the words stand there, and nobody's markup is more than words", async () => {
  const blocks: Block[] = [
    paragraph({ text: "<img src=x onerror=alert(1)>", breaks: true }, { text: "strong", strong: true }),
    { kind: { case: "heading", value: { level: 1, words: { spans: [{ text: "A heading" }] } } } },
    { kind: { case: "list", value: { numbered: true, start: 3n, items: [{ blocks: [paragraph({ text: "one" })] }] } } },
    { kind: { case: "quote", value: { blocks: [paragraph({ text: "quoted" })] } } },
    { kind: { case: "code", value: "a  b" } },
    { kind: { case: "rule", value: true } },
  ];
  await show(answer({ prose: { blocks } }));
  expect(heading()).toBe("The heron");
  expect(text(document.querySelector(".eyebrow"))).toMatch(/^Tuesday,? 24 November 2026, 21:42$/);
  const drawn = document.querySelector(".prose")!;
  expect(drawn.querySelector("img, script")).toBeNull();
  expect(drawn.querySelector("p")?.textContent).toBe("<img src=x onerror=alert(1)>strong");
  expect([...drawn.querySelectorAll("h1, h2")].map((it) => it.tagName)).toEqual(["H2"]);
  expect([drawn.querySelector("ol")?.getAttribute("start"), drawn.querySelector("pre")?.textContent]).toEqual(["3", "a  b"]);
  expect(open.asked("JournalService/GetEntry", pb.GetEntryRequestSchema)[0]?.withProse).toBe(true);
});

test("a link shows where it leads before anybody goes there, and one that runs something can't be opened", async () => {
  const good = { text: "a page", address: "https://example.org/a" };
  const bad = { text: "a trap", address: "javascript:alert(1)" };
  await show(answer({ prose: { blocks: [paragraph(good, bad)] } }));
  expect(document.querySelector(".prose a")).toBeNull();
  await open.press("a page");
  const link = document.querySelector(".note a")!;
  expect([link.getAttribute("href"), link.getAttribute("rel"), link.getAttribute("target")]).toEqual([
    "https://example.org/a",
    "noopener noreferrer",
    "_blank",
  ]);
  await open.press("a trap");
  expect(text(document.querySelector(".note code"))).toBe("javascript:alert(1)");
  expect(document.querySelector(".note a")).toBeNull();
});

test("a text of 300 paragraphs is there whole", async () => {
  const blocks = Array.from({ length: 300 }, (_, at) => paragraph({ text: `p${at}` }));
  open.device.answers("JournalService/GetEntry", ...[answer({ prose: { blocks } })]);
  await open.show("#entry/e1");
  const drawn = [...document.querySelectorAll(".prose p")];
  expect([drawn.length, text(drawn.at(-1))]).toEqual([300, "p299"]);
});

test("the trash asks first, and gives back", async () => {
  const trashed = answer({}, { trashedMs: 1n });
  open.device.answers("JournalService/TrashEntry", says(pb.TrashEntryResponseSchema, { id: "e1" }));
  open.device.answers("JournalService/UntrashEntry", says(pb.UntrashEntryResponseSchema, { id: "e1" }));
  await show(answer(), trashed, answer());
  await open.press("To the trash");
  expect(open.asked("JournalService/TrashEntry", pb.TrashEntryRequestSchema)).toEqual([]);
  expect(text(document.activeElement)).toBe("Keep it");
  await open.press("Put it into the trash");
  expect(open.asked("JournalService/TrashEntry", pb.TrashEntryRequestSchema)[0]?.id).toBe("e1");
  expect(document.body.textContent).toContain("This entry is in the trash.");
  expect(document.querySelector('a[href="#write/entry/e1"]')).toBeNull();
  await open.press("Bring it back");
  expect(document.querySelector('a[href="#write/entry/e1"]')).not.toBeNull();
  expect(text(document.querySelector(".news"))).toBe("It’s back in your journal.");
});

test("an exercise can be gone on with, and a question that has come up is told", async () => {
  const answersRead = [{ id: "what", question: "What happened?", answer: "She rang." }];
  open.device.answers("ProgressService/GetToday", says(GetTodayResponseSchema, { later: [{ entryId: "e1" }] }));
  await show(answer({ answersRead }, { kind: EntryKind.EXERCISE, exercise: { id: "thought-check", version: 1 } }));
  expect([text(document.querySelector("dt")), text(document.querySelector("dd"))]).toEqual(["What happened?", "She rang."]);
  expect(document.querySelector('a[href="#walk/entry/e1"]')).not.toBeNull();
  expect(document.querySelector('a[href="#walk/later/e1"]')).not.toBeNull();
});

test("where a measure's answers call for help, that comes first, and no number before it's asked for", async () => {
  const result = { entryId: "e1", support: true, scores: [{ name: "total", label: "Total", number: 12.25, says: ["Only a sum."] }] };
  open.device.answers("MeasureService/ListResults", says(ListResultsResponseSchema, { results: [result] }));
  await show(answer({}, { kind: EntryKind.MEASURE, exercise: { id: "phq-9", version: 1 } }));
  expect(document.body.textContent).not.toContain("12.3");
  await open.press("Show it");
  const order = [...document.querySelectorAll('.result a[href="#help"], .result dd')].map(text);
  expect(order).toEqual(["Get help now", "12.3", "Only a sum."]);
});

test("edits that met are told, with the way to them", async () => {
  await show(answer({ met: [{ version: "v1" }, { version: "v2" }] }));
  expect(document.querySelector('.note a[href="#met/e1"]')).not.toBeNull();
});
