// Patterns as a person meets them: a picture and a table of the same, for everyone or for one; and calm where there's nothing.

import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { ListPeopleResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { GetProgressResponseSchema } from "../../core/gen/haven/v1/progress_pb";
import { Device, refuses, says } from "../../tests/device";
import "./Room.svelte";
import { button, clear, rest, showOpen, text } from "../../tests/shown";

afterEach(clear);

const PATH = "ProgressService/GetProgress";

function told(view: string, data: unknown, said: string, enough = true): ReturnType<typeof says> {
  return says(GetProgressResponseSchema, { view, enough, says: said, data: JSON.stringify(data) });
}

function plane(...names: string[]): ReturnType<typeof says> {
  const trails = names.map((name) => ({
    person: name,
    name,
    says: `Said of ${name}.`,
    points: [1, 2].map((day) => ({ entry: `e${day}`, date: `2026-01-0${day}`, worry: day, distance: 3, joined: day > 1 })),
  }));
  const data = { planes: [{ measure: "m", title: "Between us", min: 1, max: 7, middle: 4, caption: "middle of the scale", noise: null, trails }] };
  return told("plane", data, names.map((name) => `Between us, ${name}: Said of ${name}.`).join("\n"));
}

function withPeople(): Device {
  const device = new Device();
  device.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [{ id: "a1", name: "Ann" }, { id: "b2", name: "Ben" }] }));
  return device;
}

test("the picture and the table are of the same, and the choice holds for the next view", async () => {
  const device = withPeople();
  device.answers(PATH, plane("Ann", "Ben"));
  const app = await showOpen(device, "#patterns");
  expect(document.querySelectorAll(".map").length).toBe(2);
  expect(document.querySelector("table")).toBeNull();
  // Each is said once, beside its picture.
  expect(text("main").split("Said of Ann.").length).toBe(2);
  document.querySelector<HTMLInputElement>("input[value=table]")!.click();
  await rest();
  expect(document.querySelector(".map")).toBeNull();
  expect([...document.querySelectorAll("tbody tr")].map((row) => row.textContent)).toEqual(["2 Jan 202623", "1 Jan 202613", "2 Jan 202623", "1 Jan 202613"]);
  expect(document.querySelector("tbody a")?.getAttribute("href")).toBe("#entry/e2");
  expect(text("main")).toContain("Between us, Ann: Said of Ann.");
  device.answers(PATH, told("days", { written: ["2026-01-02"], came_back: 0 }, "Said of days."));
  app.go("patterns", "days");
  await rest();
  expect(text("h1")).toBe("Patterns: Days");
  expect(document.querySelectorAll("table").length).toBe(1);
});

test("an address that names no view says so, whatever an object calls its own", async () => {
  for (const view of ["__proto__", "constructor", "toString"]) {
    const device = withPeople();
    device.answers(PATH, refuses(Reason.NOT_FOUND));
    await showOpen(device, `#patterns/${view}`);
    expect([text("h1"), text("main h2")], view).toEqual(["Patterns", "Patterns"]);
    clear();
  }
});

test("no ring is drawn that the device didn't tell of, and the corners have no names", async () => {
  const device = withPeople();
  device.answers(PATH, plane("Ann"));
  await showOpen(device, "#patterns/plane");
  expect(document.querySelector("ellipse")).toBeNull();
  expect(text(".map")).toBe("↑ more worry (7) 1 Jan 20262 Jan 2026 1more distance (7) →");
});

test("an answer about somebody else that comes late is not shown", async () => {
  const device = withPeople();
  device.answers(PATH, plane("Ann", "Ben"));
  await showOpen(device, "#patterns/plane");
  const select = document.querySelector<HTMLSelectElement>("select")!;
  expect([...select.options].map((option) => option.textContent)).toEqual(["Everyone", "Ann", "Ben"]);
  device.answers(PATH, plane("Ann"), plane("Ben"));
  for (const person of ["a1", "b2"]) {
    select.value = person;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }
  await rest();
  expect([...document.querySelectorAll("h3")].map((head) => head.textContent?.trim())).toEqual(["With Ben Between us"]);
  expect(select.value).toBe("b2");
});

test("where there isn't enough, the device says what's missing, and there's a way on", async () => {
  const device = withPeople();
  device.answers(PATH, told("signs", { signs: [{ sign: "closeness", label: "Closeness", min: 0, max: 10, says: "Answers so far: 0.", points: [] }] }, "Answers so far: 0.", false));
  await showOpen(device, "#patterns/signs");
  expect(text(".view p")).toBe("Answers so far: 0.");
  expect(document.querySelector(".plot")).toBeNull();
  expect([...document.querySelectorAll(".few a")].map((link) => link.getAttribute("href"))).toEqual(["#measures", "#practice"]);
});

test("a view from a newer device is its own sentences", async () => {
  const device = withPeople();
  device.answers(PATH, told("weather", { rain: 3 }, "It rained.\nThen it stopped."));
  await showOpen(device, "#patterns/weather");
  expect([...document.querySelectorAll(".view p")].map((line) => line.textContent)).toEqual(["It rained.", "Then it stopped."]);
});

test("what went wrong is said, and trying again mends it", async () => {
  const device = withPeople();
  device.answers(PATH, refuses(Reason.INTERNAL, { what: "nothing was looked at", why: "the index is busy", next: "" }));
  await showOpen(device, "#patterns/plane");
  expect(text("main [role=alert]")).toBe("Nothing was looked at: the index is busy.");
  device.answers(PATH, plane("Ann"));
  button("Try again").click();
  await rest();
  expect(text("main [role=alert]")).toBe("");
  expect(document.querySelectorAll(".map").length).toBe(1);
});

test("where whoever was chosen has been forgotten, it's about everyone again", async () => {
  const device = withPeople();
  device.answers(PATH, refuses(Reason.NOT_FOUND), plane("Ann"));
  await showOpen(device, "#patterns/plane/c3");
  expect(text("main [role=alert]")).toBe("");
  expect(document.querySelector<HTMLSelectElement>("select")?.value).toBe("");
  expect(document.querySelectorAll(".map").length).toBe(1);
});

test("of many answers the latest are shown, and all of them to whoever asks", async () => {
  const device = withPeople();
  const pairs = Array.from({ length: 40 }, (_, at) => ({ entry: `e${at}`, date: `2026-01-${String(1 + (at % 28)).padStart(2, "0")}`, before: 60, after: at }));
  const data = { exercises: [{ exercise: "x", title: "A kind word", outcome: "o", min: 0, max: 100, count: 40, median: -1, says: "Typically.", pairs, beside: null }] };
  device.answers(PATH, told("before-after", data, "A kind word: Typically."));
  await showOpen(device, "#patterns/before-after");
  const numbers = (): (string | null)[] => [...document.querySelectorAll(".numbers .heard")].map((line) => line.textContent);
  expect(numbers()).toHaveLength(6);
  expect(numbers()[0]).toBe("Before 60, After 39");
  button("Show all 40: A kind word").click();
  await rest();
  expect(numbers()).toHaveLength(40);
  expect(button("Show the latest only: A kind word").getAttribute("aria-expanded")).toBe("true");
});
