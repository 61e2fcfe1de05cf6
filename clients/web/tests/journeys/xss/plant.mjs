// Payloads in every place where words can stand, as an import, a plug-in or another device would bring them.

import { oneOfEach } from "./corpus.mjs";

/** What the core takes in one of these, in letters. */
const TITLE_MAX = 500;
const TAG_MAX = 64;
const NAME_MAX = 100;
const LABEL_MAX = 2_000;
const GRANT_MAX = 60;
/** Questions of one exercise. */
const FIELDS = 40;

const head = (text, max) => [...text].slice(0, max).join("").trim();
const line = (text, max) => head(text.replaceAll(/\p{Cc}+/gu, " "), max);

/** Fills the journal; says which rooms show what was put there. */
export async function plant(device, calls, payloads) {
  const rooms = await entries(device, payloads);
  rooms.push(...(await exercises(device, payloads)));
  const few = oneOfEach(payloads);
  await people(device, few);
  rooms.push(...(await versions(calls, few)), ...(await drafts(calls, few)));
  for (const [at, { text }] of few.entries()) {
    await device.haven(["token", "create", "--name", `${line(text, GRANT_MAX - 3)} ${at}`, "--scope", "read", ...(at === 0 ? ["--expires", "1h"] : [])]);
    await device.haven(["checkin", "--feeling", line(text, TAG_MAX) || "x", "--note", text]).catch(() => {});
  }
  return rooms;
}

async function entries(device, payloads) {
  const lines = payloads.map(({ text }, at) =>
    JSON.stringify({
      date: `2025-${String((at % 12) + 1).padStart(2, "0")}-${String((at % 28) + 1).padStart(2, "0")}`,
      title: line(text, TITLE_MAX),
      text: `${text}\n\nplanted ${at}`,
      tags: [line(text.replaceAll(/[,\p{Zl}\p{Zp}]/gu, " "), TAG_MAX)].filter((tag) => /\p{L}/u.test(tag)),
      people: [line(text, NAME_MAX)].filter((name) => name !== ""),
    }),
  );
  await device.haven(["import", "jsonl", "-"], lines.join("\n"));
  const listed = await device.lines(["list", "--limit", "0"]);
  return listed.map(({ id }) => ["entry", id]);
}

/** Exercises that ask payloads, answered with payloads. What a definition doesn't take, since it looks like code, is answered only. */
async function exercises(device, payloads) {
  const rooms = [];
  for (let from = 0; from < payloads.length; from += FIELDS) {
    const some = payloads.slice(from, from + FIELDS);
    const id = `planted-${from}`;
    await define(device, id, some.map(({ text }) => text));
    const answers = Object.fromEntries(some.map(({ text }, at) => [`f${at}`, text]));
    const done = await device.haven(["practice", "do", id, "--answers", "-"], JSON.stringify(answers));
    rooms.push(["exercise", id], ["walk", "exercise", id], ["entry", done.id]);
  }
  return rooms;
}

/** Adds one, without the words that are refused: some faults are told at a time. */
async function define(device, id, texts) {
  const words = Object.fromEntries([["title", texts.at(-1)], ["purpose", texts[0]], ...texts.map((text, at) => [`f${at}`, text])]);
  for (let tries = 0; tries <= Object.keys(words).length; tries += 1) {
    const said = await device.haven(["practice", "add", "-"], definition(id, texts.length, words)).then(() => "", ({ message }) => message);
    if (said === "") {
      return;
    }
    const refused = [...said.matchAll(/the text \\"(\w+)\\" in en/g)].map(([, key]) => key);
    if (refused.length === 0) {
      throw new Error(said);
    }
    refused.forEach((key) => (words[key] = `in place of ${key}`));
  }
}

function definition(id, count, words) {
  const keys = Array.from({ length: count }, (_, at) => `f${at}`);
  const fields = keys.map((key) => `[[field]]\nid = "${key}"\nkind = "long_text"\nphase = "main"\nlabel = "${key}"\n`);
  const spoken = Object.entries(words).map(([key, text]) => `${key} = ${toml(line(text, key === "title" ? NAME_MAX : LABEL_MAX) || "x")}\n`);
  return `schema = 1
id = "${id}"
version = 1
title = "title"
purpose = "purpose"
steps = [1]
signs = ["trust"]
minutes = 2
evidence = { grade = "ours", refs = [] }
safety = { gate = "none" }
share_default = "never"
${fields.join("\n")}
[i18n.en]
${spoken.join("")}`;
}

function toml(text) {
  return JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

async function people(device, few) {
  for (const { text } of few) {
    await device.haven(["people", "add", `${line(text, NAME_MAX - 2)} 2`]).catch(() => {});
  }
}

/** Entries with a history, and with edits that met: two that were made from the same version. */
async function versions({ journal }, few) {
  const rooms = [];
  for (const { text } of few) {
    const { id, version: base } = await journal.addEntry({ draft: { title: "before", text: `one line\n\n${head(text, LABEL_MAX)}` } });
    for (const side of ["one", "other"]) {
      await journal.editEntry({ id, edit: { title: line(`${side} ${text}`, TITLE_MAX), text: `${side} ${text}\n\n${text}` }, baseVersion: base });
    }
    rooms.push(["history", id], ["met", id], ["entry", id]);
  }
  return rooms;
}

async function drafts({ drafts: service }, few) {
  const rooms = [];
  for (const [at, { text }] of few.entries()) {
    const draftId = String(at + 1).padStart(32, "0");
    await service.saveDraft({ draft: { draftId, draft: { title: line(text, TITLE_MAX), text, tags: [], people: [] }, held: true } });
    rooms.push(["write", "draft", draftId]);
  }
  return rooms;
}
