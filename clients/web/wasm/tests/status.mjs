// A device in WebAssembly, asked as the web app asks it: gRPC-web frames in, gRPC-web frames out.
//
// HAVEN_WASM_DIR names the folder of the bindings for Node.js; `cargo xtask test` sets it.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";

const folder = process.env.HAVEN_WASM_DIR;
assert.ok(folder, "HAVEN_WASM_DIR is not set; run `cargo xtask test`");
const { Device } = createRequire(import.meta.url)(join(folder, "haven_wasm.js"));

const STRONG = "brook-tulip-anchor-maple-7";
const TRAILERS = 0x80;

/** Encodes a message whose fields are texts, by number. */
function message(fields) {
  const parts = Object.entries(fields).map(([number, text]) => {
    const bytes = Buffer.from(text);
    return Buffer.concat([Buffer.from([(Number(number) << 3) | 2]), varint(bytes.length), bytes]);
  });
  return Buffer.concat(parts);
}

function varint(number) {
  const bytes = [];
  for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
  return Buffer.from([...bytes, number]);
}

/** Decodes a message: the values by field number, nested ones as bytes. */
function decode(bytes) {
  const fields = {};
  let at = 0;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = number();
    if ((tag & 7) === 0) fields[tag >> 3] = number();
    else {
      const length = number();
      fields[tag >> 3] = bytes.subarray(at, (at += length));
    }
  }
  return fields;
}

function frame(body) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** Makes a call and tells the messages and the status of the answer. */
async function call(device, path, body) {
  const answer = Buffer.from(await device.call(path, frame(body)));
  const messages = [];
  let trailers = "";
  for (let at = 0; at < answer.length; ) {
    const length = answer.readUInt32BE(at + 1);
    const content = answer.subarray(at + 5, at + 5 + length);
    if (answer[at] & TRAILERS) trailers = content.toString();
    else messages.push(decode(content));
    at += 5 + length;
  }
  const status = Number(/grpc-status: ?(\d+)/.exec(trailers)?.[1] ?? -1);
  return { messages, status, trailers };
}

async function status(device) {
  const { messages, status } = await call(device, "/haven.v1.VaultService/GetStatus", message({}));
  assert.equal(status, 0);
  return decode(messages[0][1]);
}

test("a device without a vault says so", async () => {
  const device = new Device();
  const { 1: state, 8: version } = await status(device);
  assert.equal(state, 1);
  assert.match(version.toString(), /^\d+\.\d+\.\d+$/);
});

test("a refusal arrives with its status and its details", async () => {
  const weak = await call(new Device(), "/haven.v1.VaultService/Init", message({ 1: "Phone", 2: "12345" }));
  assert.equal(weak.messages.length, 0);
  assert.equal(weak.status, 3);
  assert.match(weak.trailers, /grpc-status-details-bin: ?\S+/);
  const unknown = await call(new Device(), "/haven.v1.VaultService/NoSuchCall", message({}));
  assert.equal(unknown.status, 12);
});

test("a vault is made, written to, locked and opened", async () => {
  const device = new Device();
  const made = await call(device, "/haven.v1.VaultService/Init", message({ 1: "Phone", 2: STRONG }));
  assert.equal(made.status, 0, made.trailers);
  assert.equal(made.messages[0][1].length, 64);
  assert.match(made.messages[0][3].toString(), /^[0-9A-Z]{4}(-[0-9A-Z]{4}){6}$/);
  const draft = message({ 3: "On the way home", 4: "Rain all day, and no hurry." });
  const added = await call(device, "/haven.v1.JournalService/AddEntry", message({ 1: draft.toString("latin1") }));
  assert.equal(added.status, 0, added.trailers);
  const open = await status(device);
  assert.deepEqual([open[1], open[2].toString(), open[4]], [3, "Phone", 1]);
  assert.equal((await call(device, "/haven.v1.VaultService/Lock", message({}))).status, 0);
  const locked = await status(device);
  assert.deepEqual([locked[1], locked[4]], [2, undefined]);
  const wrong = await call(device, "/haven.v1.VaultService/Unlock", message({ 1: "wrong" }));
  assert.notEqual(wrong.status, 0);
  assert.equal((await call(device, "/haven.v1.VaultService/Unlock", message({ 1: STRONG }))).status, 0);
  assert.equal((await status(device))[4], 1);
});

test("two devices of one worker share nothing", async () => {
  const [one, other] = [new Device(), new Device()];
  await call(one, "/haven.v1.VaultService/Init", message({ 1: "One", 2: STRONG }));
  assert.deepEqual([(await status(one))[1], (await status(other))[1]], [3, 1]);
});
