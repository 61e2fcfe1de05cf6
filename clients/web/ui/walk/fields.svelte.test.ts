// Every kind of field as a person uses it, and what it answers.

import { flushSync } from "svelte";
import { afterEach, expect, test, vi } from "vitest";
import { asks, plain, Walker, type PageInit } from "../../tests/walker";
import { all, button, clear, clock, key, one, press, rest, show, type } from "../../tests/shown";
// Here already when a test goes there.
import "./Room.svelte";

const WALK = "#walk/exercise/thought-check";
afterEach(() => {
  clear();
  vi.useRealTimers();
});

/** Shows one question and gives what was answered by Next. */
async function answered(page: PageInit, act: () => void | Promise<void>): Promise<unknown> {
  const walker = new Walker([page]);
  await show(walker, WALK);
  await act();
  flushSync();
  await press("Next");
  const move = walker.moves.findLast(({ case: is }) => is === "answer");
  return move?.case === "answer" ? plain(move.value) : undefined;
}

const SUDS = { min: 0, max: 100, step: 1, anchors: [{ at: 0, label: "none" }, { at: 50, label: "some" }, { at: 100, label: "most" }] };
const SEVEN = { min: 1, max: 7, step: 1, anchors: [{ at: 1, label: "not at all" }, { at: 7, label: "very much" }] };
const FRUIT = [{ id: "apple", label: "Apple" }, { id: "pear", label: "Pear" }];

test("a long scale is eleven radios with nothing chosen, and any exact number", async () => {
  const page = asks({ shape: { case: "scale", value: SUDS } });
  expect(await answered(page, () => {
    expect(all("input[type=radio]").length).toBe(11);
    expect(all<HTMLInputElement>("input[type=radio]").some(({ checked }) => checked)).toBe(false);
    expect(one(".ladder").getAttribute("role")).toBe("radiogroup");
    all<HTMLInputElement>("input[type=radio]")[6]!.click();
  })).toBe(60);
  clear();
  expect(await answered(page, () => void type(one("#exact"), "37"))).toBe(37);
  clear();
  expect(await answered(page, () => void type(one("#exact"), "lots"))).toBe("lots");
});

test("a short scale is a row for each point, with its name or its number, and one may rather not say", async () => {
  const page = asks({ shape: { case: "scale", value: SEVEN } }, { declinable: true, stem: "In the last two weeks" });
  expect(await answered(page, () => {
    expect(all(".option").map((row) => row.textContent?.trim().replaceAll(/\s+/g, " "))).toEqual([
      "not at all1", "2", "3", "4", "5", "6", "very much7", "I’d rather not say",
    ]);
    expect(one("#q-help").textContent).toBe("In the last two weeks");
    all<HTMLInputElement>("input[type=radio]")[3]!.click();
  })).toBe(4);
  clear();
  expect(await answered(page, () => all<HTMLInputElement>("input[type=radio]")[7]!.click())).toBe("prefer-not-to-say");
});

test("words are named by their question, may come from an earlier list, and go on by Ctrl and Enter", async () => {
  const page = asks({ label: "What happened?", help: "In a line.", shape: { case: "text", value: { charsMax: 200 } } }, { offered: ["ask how they are"] });
  const walker = new Walker([page, page]);
  await show(walker, WALK);
  const field = one<HTMLTextAreaElement>("textarea");
  expect(document.getElementById(field.getAttribute("aria-labelledby")!)?.textContent).toBe("What happened?");
  expect([field.getAttribute("translate"), field.getAttribute("spellcheck")]).toEqual(["no", "false"]);
  await press("ask how they are");
  expect(field.value).toBe("ask how they are");
  type(field, "rain\nand wind");
  key(field, "Enter");
  expect(walker.moves.some(({ case: is }) => is === "answer")).toBe(false);
  key(field, "Enter", { ctrlKey: true });
  await rest();
  expect(walker.values.at(-1)).toBe("rain\nand wind");
});

test("a choice, yes or no, and any of several", async () => {
  const second = (): void => all<HTMLInputElement>(".options input")[1]!.click();
  expect(await answered(asks({ shape: { case: "choice", value: { options: FRUIT } } }), second)).toBe("pear");
  clear();
  expect(await answered(asks({ shape: { case: "bool", value: {} } }), second)).toBe(false);
  clear();
  expect(await answered(asks({ shape: { case: "consent", value: {} } }), () => all<HTMLInputElement>("input")[0]!.click())).toBe(true);
  clear();
  expect(await answered(asks({ shape: { case: "multi", value: { options: FRUIT, itemsMax: 2 } } }), () => all("input").forEach((it) => it.click()))).toEqual(["apple", "pear"]);
});

test("as many as fit are chosen; whoever tries one more hears why it isn't taken, and what to do", async () => {
  const three = [...FRUIT, { id: "plum", label: "Plum" }];
  const boxes = (): HTMLInputElement[] => all<HTMLInputElement>(".options input");
  expect(await answered(asks({ shape: { case: "multi", value: { options: three, itemsMax: 2 } } }), () => {
    boxes()[0]!.click();
    boxes()[1]!.click();
    flushSync();
    expect(one("#limit").textContent).toBe("That’s 2, as many as fit. To change, press one again to unselect it.");
    expect(boxes().map((box) => [box.getAttribute("aria-disabled"), box.disabled])).toEqual([["false", false], ["false", false], ["true", false]]);
    boxes()[2]!.click();
    flushSync();
    expect([boxes()[2]!.checked, one("#limit").textContent]).toEqual([false, "“Plum” isn’t chosen: this takes 2 at most. Unselect one first."]);
    boxes()[0]!.click();
    flushSync();
    expect(one("#limit").textContent).toBe("");
    boxes()[2]!.click();
  })).toEqual(["pear", "plum"]);
});

test("up to three feelings are three, and an own word that doesn't fit stays where it was written", async () => {
  const suggestions = ["sad", "calm", "glad", "cross"].map((id) => ({ id, label: id, group: "any" }));
  const shape = { suggestions, itemsMax: 3 };
  expect(await answered(asks({ shape: { case: "emotions", value: shape } }), async () => {
    for (const word of ["sad", "calm", "glad", "cross"]) {
      await press(word);
    }
    expect(button("cross").getAttribute("aria-pressed")).toBe("false");
    expect(one("#limit").textContent).toContain("“cross” isn’t chosen: this takes 3 at most.");
    type(one("#own"), "wobbly");
    await press("Add it");
    expect([one<HTMLInputElement>("#own").value, one("#limit").textContent?.includes("“wobbly”")]).toEqual(["wobbly", true]);
    await press("calm");
    await press("Add it");
    expect(one<HTMLInputElement>("#own").value).toBe("");
  })).toEqual([{ name: "sad" }, { name: "glad" }, { name: "wobbly" }]);
});

test("words that don't fit are kept whole, and how many are too many is said while they're typed", async () => {
  const page = asks({ shape: { case: "text", value: { charsMax: 10 } } });
  expect(await answered(page, () => {
    type(one("textarea"), "short");
    flushSync();
    expect(one(".room").textContent).toBe("");
    type(one("textarea"), "ten of 💚💚💚");
    flushSync();
    expect(one(".room").textContent).toBe("Room for 0 more characters.");
    type(one("textarea"), "more than ten");
    flushSync();
    expect(one(".room").textContent).toContain("3 characters too long (10 fit). Nothing you’ve written is lost.");
  })).toBe("more than ten");
});

test("a number beyond the scale is told while it's typed", async () => {
  expect(await answered(asks({ shape: { case: "scale", value: SUDS } }), () => {
    type(one("#exact"), "130");
    flushSync();
    expect(one("#beyond").textContent).toBe("Pick a number from 0 to 100.");
  })).toBe(130);
});

test("a list takes an item a line, with its number and their sum", async () => {
  const list = { of: 1, itemsMax: 3, charsMax: 200, weight: { min: 0, max: 100, sum: 100 } };
  expect(await answered(asks({ shape: { case: "list", value: list } }), async () => {
    type(one("textarea"), "tired");
    type(one("li input"), "60");
    key(one("textarea"), "Enter");
    await rest();
    expect(document.activeElement).toBe(all("textarea")[1]);
    type(all<HTMLTextAreaElement>("textarea")[1]!, "busy");
    type(all<HTMLInputElement>("li input")[1]!, "30");
    expect(all("div[role=group] [role=status]").map((it) => it.textContent)).toContain("Together 90 of 100.");
    await press("Add another");
    expect(() => button("Add another")).toThrow();
    expect(all("div[role=group] [role=status]").map((it) => it.textContent)).toContain("That’s all 3.");
    await press("Remove number 3");
  })).toEqual([{ text: "tired", weight: 60 }, { text: "busy", weight: 30 }]);
});

test("feelings are words in kinds with a strength each, one's own word among them", async () => {
  const suggestions = [{ id: "sad", label: "sad", group: "unpleasant" }, { id: "calm", label: "calm", group: "pleasant" }];
  const shape = { strength: { min: 1, max: 5, step: 1 }, suggestions, itemsMax: 6 };
  expect(await answered(asks({ shape: { case: "emotions", value: shape } }), async () => {
    expect(all(".kind").map((kind) => kind.textContent?.trim())).toEqual(["unpleasant", "pleasant"]);
    expect(all(".kind").map((kind) => kind.getAttribute("aria-expanded"))).toEqual(["true", "false"]);
    expect(document.querySelector(".kinds input, .kinds [aria-pressed]")).toBeNull();
    await press("sad");
    expect([button("sad").getAttribute("aria-pressed"), one(".kind").textContent?.trim()]).toEqual(["true", "unpleasant, 1 chosen"]);
    all<HTMLInputElement>(".seg input")[3]!.click();
    type(one("#own"), "wobbly");
    key(one("#own"), "Enter");
    await rest();
    all<HTMLInputElement>(".one:last-of-type .seg input")[0]!.click();
    type(one("#own"), "Calm");
    await press("Add it");
    expect(button("calm").getAttribute("aria-pressed")).toBe("true");
    await press("Remove: calm");
    expect(document.querySelector("input[type=range]")).toBeNull();
  })).toEqual([{ name: "sad", strength: 4 }, { name: "wobbly", strength: 1 }]);
});

test("somebody is chosen, with the mark they have, or added and chosen at once", async () => {
  const [mum, tom] = ["a".repeat(32), "b".repeat(32)];
  const page = asks({ shape: { case: "person", value: {} } }, { people: [{ id: mum, name: "Mum" }, { id: tom, name: "Tom" }], notSafe: [tom] });
  expect(await answered(page, () => {
    expect(all(".option").map((row) => row.textContent?.trim().replaceAll(/\s+/g, " "))).toEqual(["Mum", "Tom marked not safe"]);
    all<HTMLInputElement>("input[type=radio]")[0]!.click();
  })).toBe(mum);
});

test("days, times and spans are put together, and what is suggested is only offered", async () => {
  // In another year it would be said with its year.
  vi.useFakeTimers({ toFake: ["Date"], now: new Date(2026, 10, 24) });
  const date = asks({ shape: { case: "date", value: { suggest: "P7D" } } }, { suggested: "2026-12-01" });
  expect(await answered(date, async () => {
    expect(one<HTMLInputElement>("input[type=date]").value).toBe("");
    await press("Use Tuesday 1 December");
  })).toBe("2026-12-01");
  clear();
  expect(await answered(asks({ shape: { case: "dateTime", value: {} } }), () => {
    type(one("#day"), "2026-11-24");
    type(one("#time"), "21:30");
  })).toBe("2026-11-24T21:30");
  clear();
  expect(await answered(asks({ shape: { case: "duration", value: {} } }), () => {
    type(one("#minutes"), "5");
    type(one("#seconds"), "30");
  })).toBe("5m30s");
});

test("a timer runs by the clock once it's started, keeps the journal open, and Next takes how long it ran", async () => {
  const breaths = [{ kind: 1, seconds: 4 }, { kind: 4, seconds: 6 }];
  const walker = new Walker([asks({ shape: { case: "timer", value: { suggestedS: 300 } } }, { breaths, stopLabel: "Dizzy?" })]);
  await show(walker, WALK);
  expect(one("[role=img]").getAttribute("aria-label")).toBe("Breathing guide: in for 4, out for 6 seconds");
  const beats = (): number => walker.calls.filter(({ path }) => path === "VaultService/KeepOpen").length;
  await press("Start");
  await clock.pass(5_000);
  flushSync();
  expect(one(".say").textContent?.replaceAll(/\s+/g, "")).toBe("Out…5");
  expect(beats()).toBeGreaterThan(0);
  expect(one("[aria-live=off]:not([role])").textContent).toBe("");
  await press("Pause");
  await clock.pass(20_000);
  expect(one("[role=timer]").textContent?.trim()).toBe("5 seconds of 5 minutes");
  await press("Count instead");
  expect(document.querySelector(".air")).toBeNull();
  await press("Carry on");
  await clock.pass(1_000);
  await press("Next");
  expect(walker.values.at(-1)).toBe("6s");
  const before = beats();
  await clock.pass(70_000);
  expect(beats()).toBe(before);
});

test("at a timer one may stop, with how long it ran", async () => {
  const walker = new Walker([asks({ shape: { case: "timer", value: { suggestedS: 300 } } }, { stopLabel: "Dizzy?" })]);
  await show(walker, WALK);
  await press("Start");
  await clock.pass(12_000);
  await press("Yes, stop here");
  const move = walker.moves.at(-1)!;
  expect(move.case === "stop" && plain(move.value)).toBe("12s");
});

test("a sentence is read, and goes on", async () => {
  const walker = new Walker([asks({ shape: { case: "derived", value: { template: "" } } }, { sentence: "I need rest." })]);
  await show(walker, WALK);
  expect(one("blockquote").textContent).toBe("I need rest.");
  expect(() => button("Skip")).toThrow();
  await press("Next");
  expect(walker.moves.map(({ case: is }) => is)).toEqual(["on"]);
});

test("an entry is chosen by what it reads like, and words of then stand beside a later question", async () => {
  const entry = { id: "c".repeat(32), title: "A ladder", at: "2025-11-24T21:30" };
  const page = asks({ shape: { case: "link", value: {} } }, { links: [entry], recalled: [{ label: "What did you expect?", words: "a row" }] });
  expect(await answered(page, () => {
    expect(one(".option").textContent).toContain("A ladder · Monday, 24 November 2025 at 21:30");
    expect(one("dd").textContent).toBe("a row");
    one("input").click();
  })).toBe(entry.id);
});
