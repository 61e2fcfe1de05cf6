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
    ? Buffer.from([number << 3, ...varint(value)])
    : Buffer.concat([Buffer.from([(number << 3) | 2, ...varint(value.length)]), Buffer.from(value)]);
}

function varint(value) {
  return value < 128 ? [value] : [(value & 127) | 128, ...varint(value >> 7)];
}

/** WatchEvents: there is no journal. */
export const NO_JOURNAL = Buffer.concat([
  frame(0, field(1, field(1, 1))),
  frame(0x80, Buffer.from("grpc-status:0\r\n")),
]);

const detail = Buffer.concat([field(1, 25), field(2, "the passphrase was not tried"), field(5, 3_600_000)]);
const any = Buffer.concat([field(1, "type.googleapis.com/haven.v1.ErrorDetail"), field(2, detail)]);
const status = Buffer.concat([field(1, 8), field(3, any)]).toString("base64");

/** Unlock: too many tries, an hour to wait, so that it's still so when it's looked at. */
export const TOO_MANY_TRIES = frame(0x80, Buffer.from(`grpc-status:8\r\ngrpc-status-details-bin:${status}\r\n`));
