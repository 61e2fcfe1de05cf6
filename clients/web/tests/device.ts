// A device that exists only for tests: answers by path, in gRPC-web as the daemon's door speaks it; and a clock to turn by hand.

import { create, fromBinary, toBinary, type DescMessage, type MessageInitShape } from "@bufbuild/protobuf";
import { AnySchema } from "@bufbuild/protobuf/wkt";
import type { Clock } from "../core/clock";
import type { Reason } from "../core/fault";
import { ErrorDetailSchema } from "../core/gen/haven/v1/error_pb";
import { ProveDoorRequestSchema, ProveDoorResponseSchema } from "../core/gen/haven/v1/grants_pb";

const PROVE = "GrantService/ProveDoor";
const FRAME_HEAD = 5;

/** What a call gets: a body, no connection, or one on which nobody speaks. */
export type Answer = Uint8Array<ArrayBuffer>[] | Unended | "refused" | "silence";

/** A body that goes on until the call is given up. */
export interface Unended {
  readonly begins: Uint8Array<ArrayBuffer>[];
}

/** One that depends on what is asked: the message of the request, as bytes. */
export type Answering = (request: Uint8Array) => Answer;

export class Device {
  /** Every call so far: its path and its token. */
  readonly calls: { path: string; token: string | null }[] = [];
  /** The token it was shown last: it's the one that this page's session began with. */
  #token = "";
  readonly #answers = new Map<string, (Answer | Answering)[]>();

  /** The next answers to a call; the last one stays. */
  answers(path: string, ...answers: (Answer | Answering)[]): void {
    this.#answers.set(path, answers);
  }

  /** What was asked, without the questions for a proof. */
  get asked(): string[] {
    return this.calls.map(({ path }) => path).filter((path) => path !== PROVE);
  }

  readonly fetch: typeof fetch = async (input, init) => {
    const path = new URL(String(input)).pathname.replace("/haven.v1.", "");
    const token = new Headers(init?.headers).get("authorization");
    this.calls.push({ path, token });
    this.#token = token?.replace(/^Bearer (haven_)?/, "") ?? this.#token;
    const left = this.#answers.get(path) ?? (path === PROVE ? [await proved(this.#token, init?.body)] : []);
    const next = left.length > 1 ? left.shift() : left[0];
    // The first five bytes are the frame's.
    const answer = typeof next === "function" ? next((init?.body as Uint8Array).subarray(5)) : next;
    if (answer === "silence") {
      return new Promise((_, fail) => init?.signal?.addEventListener("abort", () => fail(init.signal?.reason)));
    }
    if (!answer || answer === "refused") {
      throw new TypeError("Failed to fetch");
    }
    const body = "begins" in answer ? unended(answer, init?.signal) : new Blob(answer);
    return new Response(body, { headers: { "content-type": "application/grpc-web+proto" } });
  };
}

/** What the device answers that a session with this token began with. */
async function proved(token: string, body: unknown): Promise<Answer> {
  const { nonce } = fromBinary(ProveDoorRequestSchema, (body as Uint8Array).slice(FRAME_HEAD));
  const text = new TextEncoder();
  const key = await crypto.subtle.digest("SHA-256", text.encode(`haven/1/grant${token}`));
  const mac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const proof = await crypto.subtle.sign("HMAC", mac, Uint8Array.from([...text.encode("haven/1/door"), ...nonce]));
  return says(ProveDoorResponseSchema, { proof: new Uint8Array(proof) });
}

function unended({ begins }: Unended, signal: AbortSignal | null | undefined): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(body) {
      begins.forEach((part) => body.enqueue(part));
      signal?.addEventListener("abort", () => body.error(signal.reason));
    },
  });
}

/** Messages, and no end. */
export function begins<D extends DescMessage>(desc: D, ...messages: MessageInitShape<D>[]): Answer {
  return { begins: messages.map((message) => frame(0, toBinary(desc, create(desc, message)))) };
}

/** Messages, and an end without an error. */
export function says<D extends DescMessage>(desc: D, ...messages: MessageInitShape<D>[]): Answer {
  return [...messages.map((message) => frame(0, toBinary(desc, create(desc, message)))), trailers("grpc-status:0\r\n")];
}

/** An error with its envelope. */
export function refuses(reason: Reason, more: MessageInitShape<typeof ErrorDetailSchema> = {}): Answer {
  const detail = create(ErrorDetailSchema, { reason, what: "nothing was done", why: "it can't be", next: "Wait.", ...more });
  const value = toBinary(ErrorDetailSchema, detail);
  const any = toBinary(AnySchema, create(AnySchema, { typeUrl: "type.googleapis.com/haven.v1.ErrorDetail", value }));
  // google.rpc.Status: code = 1, details = 3.
  const status = Uint8Array.from([0x08, 16, 0x1a, ...varint(any.length), ...any]);
  return [trailers(`grpc-status:16\r\ngrpc-status-details-bin:${btoa(String.fromCharCode(...status))}\r\n`)];
}

function varint(length: number): number[] {
  return length < 128 ? [length] : [(length & 127) | 128, length >> 7];
}

function trailers(text: string): Uint8Array<ArrayBuffer> {
  return frame(0x80, new TextEncoder().encode(text));
}

function frame(flags: number, body: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([flags, 0, 0, body.length >> 8, body.length & 255, ...body]);
}

/** Time that passes only when it's told to. */
export class HandClock implements Clock {
  #now = 0;
  #due: { at: number; call: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): () => void {
    const due = { at: this.#now + ms, call };
    this.#due.push(due);
    return () => (this.#due = this.#due.filter((other) => other !== due));
  }

  /** Lets time pass step by step, and between the steps whatever was waiting for an answer. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (await settle(); this.#now < end; await settle()) {
      this.#now = Math.min(end, ...this.#due.map(({ at }) => at).filter((at) => at > this.#now));
      const now = this.#due.filter(({ at }) => at <= this.#now);
      this.#due = this.#due.filter(({ at }) => at > this.#now);
      now.forEach(({ call }) => call());
    }
  }
}

/** Lets every promise and stream that can go on go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((done) => setTimeout(done));
  }
}
