// The journal as a person meets it: its list, its search, and how it's found again.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { Reason } from "../../core/fault";
import { PAGE } from "../../core/journal";
import { EntrySummarySchema } from "../../core/gen/haven/v1/entry_pb";
import * as pb from "../../core/gen/haven/v1/journal_pb";
import { ListMeasuresResponseSchema } from "../../core/gen/haven/v1/measure_pb";
import { ListPeopleResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { ListExercisesResponseSchema } from "../../core/gen/haven/v1/practice_pb";
import { VaultState } from "../../core/gen/haven/v1/vault_pb";
import { refuses, says } from "../../tests/device";
import { heading, Open, ROOM_MAX_MS, text } from "../../tests/open";

let open: Open;
beforeAll(() => import("./Room.svelte"), ROOM_MAX_MS);
beforeEach(() => {
  // The calendar shows the month that it is.
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 10, 24, 22) });
  open = new Open();
  open.device.answers("JournalService/ListDays", says(pb.ListDaysResponseSchema, { days: ["2026-11-24"] }));
});
afterEach(() => {
  open.close();
  vi.useRealTimers();
});

const LIST = "JournalService/ListEntries";
const SEARCH = "JournalService/SearchEntries";

function entry(id: string, at: string, more: MessageInitShape<typeof EntrySummarySchema> = {}) {
  return create(EntrySummarySchema, { id, at, opening: `Words of ${id}`, ...more });
}

function lists(...entries: ReturnType<typeof entry>[]): void {
  open.device.answers(LIST, says(pb.ListEntriesResponseSchema, { entries, total: entries.length }));
}

function finds(...ids: string[]) {
  const hits = ids.map((id) => ({ entry: entry(id, "2026-11-24"), snippet: [{ text: "by the " }, { text: "canal", hit: true }] }));
  return says(pb.SearchEntriesResponseSchema, { hits, total: hits.length });
}

async function type(words: string, pass = 1_000): Promise<void> {
  const field = document.querySelector<HTMLInputElement>("#words")!;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await open.clock.pass(pass);
  await open.rest();
}

const shown = (): string[] => [...document.querySelectorAll("[data-entry]")].map((link) => link.getAttribute("data-entry")!);

test("entries stand by month, and a day once for all that was written on it", async () => {
  lists(entry("a", "2026-11-24T21:42:00+00:00"), entry("b", "2026-11-24T08:00:00+00:00"), entry("c", "2026-10-31"));
  await open.show("#journal");
  expect(heading()).toBe("Journal");
  expect([...document.querySelectorAll("section > h2")].map(text)).toEqual(["November 2026", "October 2026"]);
  expect([...document.querySelectorAll("time")].map(text)).toEqual(["24 Tue", "31 Sat"]);
  expect(shown()).toEqual(["a", "b", "c"]);
  const [dotted] = document.querySelectorAll("td button");
  expect(dotted?.getAttribute("aria-label")).toMatch(/has an entry$/);
});

test("nothing written yet is said with the heron, and nothing else is asked of anybody", async () => {
  lists();
  await open.show("#journal");
  expect(document.querySelector("svg[role=img]")?.getAttribute("aria-label")).toContain("heron");
  expect(document.querySelector(".empty a.btn")?.getAttribute("href")).toBe("#write");
  expect(document.querySelector("#words")).toBeNull();
});

test("a search waits for a pause, the last answer wins, and no word of it goes into the address", async () => {
  lists(entry("a", "2026-11-24"));
  await open.show("#journal");
  open.device.answers(SEARCH, "silence", finds("b"));
  await type("can", 200);
  await type("canal");
  expect(open.asked(SEARCH, pb.SearchEntriesRequestSchema).map(({ query }) => query)).toEqual(["can", "canal"]);
  expect(shown()).toEqual(["b"]);
  expect(text(document.querySelector("mark"))).toBe("canal");
  expect(text(document.querySelector(".news[role=status]"))).toBe("1 entry found");
  expect(location.href).not.toContain("canal");
  await type("", 1_000);
  expect(shown()).toEqual(["a"]);
});

test("a search that isn't finished is said without alarm, and no earlier answer passes for one to it", async () => {
  lists(entry("a", "2026-11-24"));
  await open.show("#journal");
  open.device.answers(SEARCH, finds("b"), refuses(Reason.INVALID_ARGUMENT, { what: "nothing was searched", why: "nothing stands right after tag: yet", next: "Type a tag." }), finds("c"));
  await type("canal");
  expect(shown()).toEqual(["b"]);
  await type("canal tag:");
  expect(text(document.querySelector("[role=status] #unfinished"))).toBe("Nothing stands right after tag: yet. Type a tag.");
  expect(document.querySelector("#words")?.getAttribute("aria-describedby")).toBe("unfinished");
  expect(document.querySelector("[role=alert] .error")).toBeNull();
  expect(shown()).toEqual([]);
  await type("canal tag:calm");
  expect([document.querySelector("#unfinished"), shown()]).toEqual([null, ["c"]]);
});

test("a name that fits several people is told with who they are", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: "1", name: "Anna Lee" }, { id: "2", name: "Bob" }, { id: "3", name: "Annika" }] }));
  await open.show("#journal");
  open.device.answers(SEARCH, refuses(Reason.INVALID_ARGUMENT, { why: "2 people could be meant", next: "Type more of the name.", candidates: ["1", "3"] }));
  await type("person:an");
  expect(text(document.querySelector(".unfinished"))).toContain("Perhaps you mean Anna Lee or Annika.");
});

test("who comes back finds the search, what it found and the entry they opened", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers(SEARCH, finds("b", "c"));
  await open.show("#journal");
  await type("canal");
  document.querySelector<HTMLElement>('[data-entry="c"]')!.click();
  open.app.go("help");
  await open.rest();
  expect(shown()).toEqual([]);
  open.app.go("journal");
  await open.rest();
  expect(document.querySelector<HTMLInputElement>("#words")?.value).toBe("canal");
  expect(shown()).toEqual(["b", "c"]);
  expect(document.activeElement?.getAttribute("data-entry")).toBe("c");
  expect(open.asked(SEARCH, pb.SearchEntriesRequestSchema).length).toBe(1);
});

test("a lock forgets the words of the search", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers(SEARCH, finds("b"));
  await open.show("#journal");
  await type("canal");
  await open.tell(VaultState.LOCKED, 1n);
  expect(heading()).toBe("Locked");
  await open.tell(VaultState.UNLOCKED, 1n);
  expect(document.querySelector<HTMLInputElement>("#words")?.value).toBe("");
  expect(shown()).toEqual(["a"]);
});

test("what was written elsewhere comes by itself, as far down as the list was read", async () => {
  const page = (entries: ReturnType<typeof entry>[], nextPage = "") => says(pb.ListEntriesResponseSchema, { entries, nextPage, total: PAGE + 1 });
  const first = Array.from({ length: PAGE }, (_, at) => entry(`a${at}`, "2026-11-24"));
  const last = entry("z", "2026-11-23");
  open.device.answers(LIST, page(first, "2"), page([last]), page([entry("new", "2026-11-25"), ...first.slice(1)], "2"), page([first[0]!, last]));
  await open.show("#journal");
  expect(shown().length).toBe(PAGE);
  await open.press("Earlier");
  expect([shown().length, shown().at(-1)]).toEqual([PAGE + 1, "z"]);
  await open.tell(VaultState.UNLOCKED, 2n);
  expect([shown()[0], shown().at(-1)]).toEqual(["new", "z"]);
});

test("filters are chips that one press takes away, and all of them must hold", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: "p1", name: "Anna" }] }));
  await open.show("#journal");
  await open.press("Person");
  await open.press("Anna");
  await open.press("Kind");
  await open.press("Check-in");
  const last = open.asked(LIST, pb.ListEntriesRequestSchema).at(-1);
  expect([last?.filter?.people, last?.filter?.kind]).toEqual([["p1"], 2]);
  await open.press("AnnaAnna, remove this filter");
  expect(open.asked(LIST, pb.ListEntriesRequestSchema).at(-1)?.filter?.people).toEqual([]);
});

test("a link to all that's about somebody shows just that, whatever the list was narrowed by before", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: "p1", name: "Anna" }] }));
  await open.show("#journal");
  await open.press("Kind");
  await open.press("Check-in");
  open.app.go("journal", "person", "p1");
  await open.rest();
  const last = open.asked(LIST, pb.ListEntriesRequestSchema).at(-1);
  expect([last?.filter?.people, last?.filter?.kind]).toEqual([["p1"], 0]);
  expect(document.querySelector(".chip.on")?.textContent).toContain("Anna");
  // The address forgets it, so that nobody who takes the chip away finds it again after a reload.
  expect(location.hash).toBe("#journal");
});

test("nothing found says what was looked for, and how to look further", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers(SEARCH, says(pb.SearchEntriesResponseSchema, { total: 0, nearTags: ["work"] }));
  await open.show("#journal");
  await type("tag:wrok");
  expect(document.querySelector(".none")?.textContent).toContain("“tag:wrok”");
  await open.press("#work");
  expect(open.asked(LIST, pb.ListEntriesRequestSchema).at(-1)?.filter?.tags).toEqual(["work"]);
  expect(shown()).toEqual(["a"]);
});

test("an exercise that was meant, perhaps, is told by its title", async () => {
  lists(entry("a", "2026-11-24"));
  open.device.answers("PracticeService/ListExercises", says(ListExercisesResponseSchema, { exercises: [{ id: "thought-check", title: "Check a thought" }] }));
  open.device.answers("MeasureService/ListMeasures", says(ListMeasuresResponseSchema, {}));
  open.device.answers(SEARCH, says(pb.SearchEntriesResponseSchema, { total: 0, nearExercises: ["thought-check"] }));
  await open.show("#journal");
  await type("exercise:thougt-check");
  await open.press("Check a thought");
  expect(open.asked(LIST, pb.ListEntriesRequestSchema).at(-1)?.filter?.exercise).toBe("thought-check");
});

test("blurred words are uncovered one entry at a time, by a button", async () => {
  lists(entry("a", "2026-11-24"), entry("b", "2026-11-23"));
  await open.show("#journal");
  open.app.look = { ...open.app.look, blur: true };
  await open.rest();
  const blurred = (): number => document.querySelectorAll(".entry p.first").length - document.querySelectorAll(".entry > a > div:not(.blurred) p.first").length;
  expect(blurred()).toBe(2);
  const button = document.querySelector<HTMLButtonElement>(".entry button")!;
  expect(text(button)).toContain("Show");
  button.click();
  await open.rest();
  expect([blurred(), button.getAttribute("aria-expanded")]).toEqual([1, "true"]);
});
