// Answers that a journal gives too seldom to wait for, as gRPC-web puts them: messages, then the trailers.

function frame(flags, body) {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags, 0);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** A field of a message: a number as varint, a text or a message with its length. */
function field(number, value) {
  return typeof value === "number"
    ? Buffer.from([...varint(number << 3), ...varint(value)])
    : Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(value.length)]), Buffer.from(value)]);
}

function varint(value) {
  return value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];
}

/** One message, and an end without an error. */
function answer(...fields) {
  return Buffer.concat([frame(0, Buffer.concat(fields)), frame(0x80, Buffer.from("grpc-status:0\r\n"))]);
}

/** WatchEvents: there is no journal. */
export const NO_JOURNAL = answer(field(1, field(1, 1)));

/** Init: a journal with its kit, whose server didn't take it. */
export const KIT = "7Q4D-K0MX-93RT-ZB6V-2HNE-8WPA-5CJS";
export const MADE = answer(
  field(3, KIT),
  field(4, Buffer.concat([field(1, 44), field(2, "the journal was made, but its server was not set"), field(3, "it's full")])),
);

/** SuggestPassphrase. */
export const SUGGESTED = answer(field(180, "velvet meadow lantern orbit salmon quick"));

/** JoinVault: the words are known. The other device is waited for, so the answer has no end. */
export const JOIN_WORDS = frame(0, field(2, field(1, "maple orbit velvet")));

/** JoinVault: the other device has let this one in, and its words are wanted. */
export const JOIN_COMPARING = frame(0, field(4, ""));

/** WatchLink: a device was let in, and is waited for. */
export const LINK_COMPARING = frame(0, field(6, Buffer.concat([field(1, Buffer.concat([field(1, "00112233aabbccdd"), field(2, "Tablet"), field(6, 1)])), field(2, "copper lake willow")])));

/** StartLink. */
export const LINK_CODE = answer(field(1, KIT), field(2, "https://journal.example"), field(4, "haven-link:"));

/** ListDevices: this one, and one more. */
export const TWO_DEVICES = answer(
  field(1, Buffer.concat([field(1, "0000000000000001"), field(2, "Laptop"), field(3, 1), field(6, 1)])),
  field(1, Buffer.concat([field(1, "00112233aabbccdd"), field(2, "Tablet"), field(6, 1)])),
);

/** RemoveDevice and RenewKit, where they were done; RemoveDevice put three pieces aside. */
export const REMOVED = answer(field(2, 3), field(3, 3));
export const RENEWED = answer(field(1, 3));

/** DraftKit. */
export const DRAFTED = answer(field(1, KIT));

/** VerifyKit: another one took its place. */
export const REPLACED = answer(field(2, 1));

/** WatchEvents: an open journal that syncs with a server. */
export const SYNCING = answer(field(1, Buffer.concat([field(1, 3), field(2, "Laptop"), field(5, field(3, "https://journal.example"))])), field(2, ""));

/** ListAlarms: one. */
export const ALARM = answer(
  field(
    1,
    Buffer.concat([
      field(1, "00000000000000a1"),
      field(2, "SERVER_ROLLED_BACK"),
      field(3, 1_795_950_000_000),
      field(4, "Old tablet"),
      field(5, "the server showed an older state than before"),
      field(6, "it lost data or was set back; nothing is lost here"),
      field(7, "Ask whoever runs the server what happened."),
    ]),
  ),
);

/** An end with an error and its envelope. */
function refusal(...detail) {
  const any = Buffer.concat([field(1, "type.googleapis.com/haven.v1.ErrorDetail"), field(2, Buffer.concat(detail))]);
  const status = Buffer.concat([field(1, 8), field(3, any)]).toString("base64");
  return frame(0x80, Buffer.from(`grpc-status:8\r\ngrpc-status-details-bin:${status}\r\n`));
}

/** Unlock: too many tries, an hour to wait, so that it's still so when it's looked at. */
export const TOO_MANY_TRIES = refusal(field(1, 25), field(2, "the passphrase was not tried"), field(5, 3_600_000));

/** RemoveDevice: nobody knows whether the server took it. */
export const LOST = refusal(field(1, 39), field(2, "it isn't known whether anything was changed"));

/** ListSettings: a kit was shown, and nobody has said that it's kept. */
export const UNCONFIRMED = answer(field(1, Buffer.concat([field(1, "kit.unconfirmed"), field(2, "true")])));

/** GetToday: nothing comes up, and nobody needed help lately. */
export const CALM = answer();

/** In the page: a call that begins to answer and goes on until it's called off, which no route can do. Each call takes the next beginning. */
export function waitForever([call, ...beginnings]) {
  const own = window.fetch;
  window.fetch = (input, init) => {
    if (!String(input).endsWith(call)) {
      return own(input, init);
    }
    const bytes = beginnings.length > 1 ? beginnings.shift() : beginnings[0];
    const start = (body) => {
      body.enqueue(new Uint8Array(bytes));
      init.signal.addEventListener("abort", () => body.error(init.signal.reason));
    };
    return Promise.resolve(new Response(new ReadableStream({ start }), { headers: { "content-type": "application/grpc-web+proto" } }));
  };
}
