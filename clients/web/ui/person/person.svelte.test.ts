// People as a person meets them: listed by circle, added, changed, made one, forgotten. No word is lost on the way.

import { afterEach, expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { ListEntriesResponseSchema } from "../../core/gen/haven/v1/journal_pb";
import { AddPersonResponseSchema, EditPersonResponseSchema, ForgetPersonResponseSchema, ListPeopleResponseSchema, MergePeopleResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { Device, refuses, says } from "../../tests/device";
import "../people/Room.svelte";
import "../today/Room.svelte";
import "./Room.svelte";
import { button, clear, rest, showOpen, text } from "../../tests/shown";

afterEach(clear);

const ann = { id: "a1", name: "Ann", relation: "friend", circle: "inner", safe: "yes" };
const ben = { id: "b2", name: "בן", circle: "outer", died: true };
const una = { id: "c3", name: "Una", relation: "penfriend" };

function device(): Device {
  const made = new Device();
  made.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, { people: [ann, ben, una] }));
  made.answers("JournalService/ListEntries", says(ListEntriesResponseSchema, { entries: [{ id: "e1", at: "2026-11-20T10:00", opening: "She rang" }], nextPage: "x" }));
  return made;
}

function calls(made: Device, path: string): number {
  return made.calls.filter((call) => call.path === path).length;
}

async function type(words: string): Promise<HTMLInputElement> {
  const field = document.querySelector<HTMLInputElement>("#name")!;
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await rest();
  return field;
}

async function send(): Promise<void> {
  document.querySelector("form")!.requestSubmit();
  await rest();
}

test("people stand by circle, with what was said of them and nothing else", async () => {
  await showOpen(device(), "#people");
  expect([...document.querySelectorAll("main h2")].map((head) => head.textContent)).toEqual(["Close in", "Further out", "Not placed"]);
  const rows = [...document.querySelectorAll("main a.row")].map((row) => row.textContent?.replaceAll(/\s+/g, " ").trim());
  // A word of a newer device is shown as it comes.
  expect(rows).toEqual(["A Ann friend safe to be open with", "ב בן has died", "U Una penfriend"]);
  expect(document.querySelector(".circles")?.getAttribute("aria-hidden")).toBe("true");
});

test("nobody there yet is a place to begin, and looks like one", async () => {
  const made = device();
  made.answers("PeopleService/ListPeople", says(ListPeopleResponseSchema, {}));
  await showOpen(made, "#people");
  expect(text(".empty h2")).toBe("No people here yet");
  expect(document.querySelector(".circles")).toBeNull();
});

test("a name in other capitals is asked about, and stays typed until somebody says", async () => {
  const made = device();
  made.answers("PeopleService/AddPerson", refuses(Reason.CONFIRMATION_NEEDED), says(AddPersonResponseSchema, { person: { ...ann, id: "d4", name: "ANN" } }));
  await showOpen(made, "#people");
  button("Add").click();
  await rest();
  expect(document.activeElement?.id).toBe("name");
  await send();
  expect(text("main [role=alert]")).toBe("Type a name first.");
  await type("ANN");
  await send();
  expect(document.activeElement?.id).toBe("namesake");
  expect(document.querySelector<HTMLInputElement>("#name")?.value).toBe("ANN");
  button("Yes, someone else").click();
  await rest();
  expect(location.hash).toBe("#person/d4");
  expect(calls(made, "PeopleService/AddPerson")).toBe(2);
});

test("whoever says that it's the same person is led to them, and nobody is added", async () => {
  const made = device();
  made.answers("PeopleService/AddPerson", refuses(Reason.CONFIRMATION_NEEDED, { candidates: ["a1"] }));
  const app = await showOpen(made, "#people");
  button("Add").click();
  await rest();
  await type("ANN");
  await send();
  button("No, the same").click();
  await rest();
  expect(location.hash).toBe("#person/a1");
  expect([calls(made, "PeopleService/AddPerson"), app.holders.areDirty]).toEqual([1, false]);
});

test("a name that didn't reach the device is still there after another room, and a page that closes asks", async () => {
  const made = device();
  made.answers("PeopleService/AddPerson", "refused");
  const app = await showOpen(made, "#people");
  button("Add").click();
  await rest();
  await type("Somebody new");
  await send();
  expect(text("main [role=alert]")).toContain("isn’t answering");
  expect(app.holders.areDirty).toBe(true);
  app.go("today");
  await rest();
  app.go("people");
  await rest();
  expect(document.querySelector<HTMLInputElement>("#name")?.value).toBe("Somebody new");
  button("Cancel").click();
  await rest();
  expect(app.holders.areDirty).toBe(false);
  expect(document.activeElement).toBe(button("Add"));
});

test("each choice is saved at once and shown as the device has it", async () => {
  const made = device();
  made.answers("PeopleService/EditPerson", says(EditPersonResponseSchema, { person: { ...ann, circle: "outer" } }), refuses(Reason.STORAGE_FULL));
  await showOpen(made, "#person/a1");
  const pressed = (): string[] => [...document.querySelectorAll("[aria-pressed=true]")].map((chip) => chip.textContent ?? "");
  expect(pressed()).toEqual(["friend", "Close in", "safe to be open with"]);
  button("Further out").click();
  await rest();
  expect(pressed()).toEqual(["friend", "Further out", "safe to be open with"]);
  expect(document.querySelector(".saved:not(:empty)")?.parentElement?.querySelector("h2")?.textContent).toBe("How close they are");
  button("partner").click();
  await rest();
  expect(pressed()).toContain("friend");
  expect(text("main [role=alert] .error")).toContain("Nothing was done");
  const box = document.querySelector<HTMLInputElement>("input[type=checkbox]")!;
  box.click();
  await rest();
  expect(box.checked).toBe(false);
});

test("a new name stays in its field until it's saved", async () => {
  const made = device();
  made.answers("PeopleService/EditPerson", refuses(Reason.STORAGE_FULL), says(EditPersonResponseSchema, { person: { ...ann, name: "Anna" } }));
  const app = await showOpen(made, "#person/a1");
  button("Change the name").click();
  await rest();
  expect(app.holders.areDirty).toBe(false);
  await type("Anna");
  expect(app.holders.areDirty).toBe(true);
  await send();
  expect(document.querySelector<HTMLInputElement>("#name")?.value).toBe("Anna");
  await send();
  expect(text("h1")).toBe("Anna");
  expect(document.activeElement).toBe(button("Change the name"));
  expect(app.holders.areDirty).toBe(false);
});

test("their entries lead to the entries, and to the journal about them", async () => {
  await showOpen(device(), "#person/a1");
  expect([...document.querySelectorAll("main a.row, main a.btn")].map((link) => link.getAttribute("href"))).toEqual(["#people", "#entry/e1", "#journal/person/a1", "#patterns/plane/a1"]);
});

test("making two one and forgetting say first what they do, and nothing is sent before", async () => {
  const made = device();
  made.answers("PeopleService/MergePeople", says(MergePeopleResponseSchema, { person: una }));
  made.answers("PeopleService/ForgetPerson", says(ForgetPersonResponseSchema, {}));
  await showOpen(made, "#person/a1");
  const select = document.querySelector<HTMLSelectElement>("#into")!;
  expect([...select.options].map((option) => option.textContent)).toEqual(["Choose someone", "בן", "Una"]);
  select.value = "c3";
  select.dispatchEvent(new Event("change", { bubbles: true }));
  await rest();
  expect(text("details p:nth-of-type(2)")).toBe("Every entry about Ann will be about Una, on all your devices. This can’t be undone.");
  expect(text("details:last-of-type p")).toContain("the name stays in the history of the journal");
  expect([calls(made, "PeopleService/MergePeople"), calls(made, "PeopleService/ForgetPerson")]).toEqual([0, 0]);
  button("Make them one person").click();
  await rest();
  expect(location.hash).toBe("#person/c3");
  button("Remove them").click();
  await rest();
  expect(location.hash).toBe("#people");
  expect([calls(made, "PeopleService/MergePeople"), calls(made, "PeopleService/ForgetPerson")]).toEqual([1, 1]);
});

test("whoever isn't in the journal any more is said once, without a fault", async () => {
  const made = device();
  made.answers("JournalService/ListEntries", refuses(Reason.NOT_FOUND));
  await showOpen(made, "#person/gone");
  expect(text("main")).toContain("isn’t in your journal any more");
  expect(text("main [role=alert]")).toBe("");
});
