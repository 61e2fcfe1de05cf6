// Whom it's about, as a name is written beside the words.

import { flushSync, mount, unmount } from "svelte";
import { expect, test } from "vitest";
import { Reason } from "../../core/fault";
import { AddPersonResponseSchema } from "../../core/gen/haven/v1/people_pb";
import { write } from "../../core/messages/write";
import { refuses, says, settle } from "../../tests/device";
import { paper } from "../../tests/paper";
import { one, type as typed } from "../../tests/shown";
import People from "./People.svelte";

const ADA = "a".repeat(32);

test("a name that wasn't added is added by Done; where that doesn't work, it's said and nothing is done", async () => {
  const { device, app, open, type } = paper();
  const writing = await open();
  type(writing, "with Ada by the river");
  const root = mount(People, { target: document.body, props: { app, writing, say: write.en, people: [], read: () => Promise.resolve() } });
  flushSync();
  typed(one<HTMLInputElement>("#person"), "Ada");
  device.answers("PeopleService/AddPerson", refuses(Reason.STORAGE_FULL));
  await writing.finish();
  flushSync();
  expect([device.entries.length, one<HTMLInputElement>("#person").value, one("#person-trouble").textContent !== ""]).toEqual([0, "Ada", true]);
  device.answers("PeopleService/AddPerson", says(AddPersonResponseSchema, { person: { id: ADA, name: "Ada" } }));
  await writing.finish();
  await settle();
  expect([device.entries.length, writing.aside.people]).toEqual([1, [ADA]]);
  await unmount(root);
  location.hash = "";
});
