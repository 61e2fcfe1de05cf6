// A device that is silent: it stands between a browser and the daemon, and does to calls what a hung disk, a stopped process or a bad
// cable would.

import { createServer, request } from "node:http";

/** What becomes of a call: it goes through, is never passed on, is done and never answered, is half answered, or is done when let go. */
export const FAULTS = ["through", "hangs", "mute", "half", "late"];

export class Proxy {
  #server;
  #target;
  /** Which calls, and what becomes of them. */
  #fault = { calls: /^$/, kind: "through" };
  #held = [];
  #met = 0;

  constructor(target) {
    this.#target = new URL(target);
  }

  static async make(target) {
    const proxy = new Proxy(target);
    proxy.#server = createServer((from, to) => void proxy.#pass(from, to));
    await new Promise((done) => proxy.#server.listen(0, "127.0.0.1", done));
    return proxy;
  }

  get origin() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  /** How many calls have met the fault since it was set. */
  get met() {
    return this.#met;
  }

  /** From now on this becomes of these calls; what hangs by then goes on hanging. */
  breaks(kind, calls = /\/haven\.v1\.(Draft|Journal)Service\//) {
    this.#fault = { kind, calls };
    this.#met = 0;
  }

  heals() {
    this.breaks("through", /^$/);
  }

  /** Everything that was held back arrives at the daemon now; its senders have long given up. */
  async arrive() {
    await Promise.all(this.#held.splice(0).map((send) => send()));
  }

  close() {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(done));
  }

  async #pass(from, to) {
    const parts = [];
    for await (const part of from) {
      parts.push(part);
    }
    const body = Buffer.concat(parts);
    const kind = this.#fault.calls.test(from.url) ? this.#fault.kind : "through";
    this.#met += kind === "through" ? 0 : 1;
    const send = (answer) => this.#send(from, body, answer);
    if (kind === "late") {
      this.#held.push(() => send(swallow));
    } else if (kind === "mute") {
      await send(swallow);
    } else if (kind !== "hangs") {
      await send((come) => give(come, to, kind === "half"));
    }
  }

  #send({ method, url, headers }, body, answer) {
    const { hostname, port, host, origin } = this.#target;
    const own = { ...headers, host, ...(headers.origin ? { origin } : {}) };
    return new Promise((done) => {
      const on = request({ hostname, port, method, path: url, headers: own }, (come) => done(answer(come)));
      on.on("error", () => done());
      on.end(body);
    });
  }
}

function swallow(come) {
  come.resume();
}

/** Gives the answer as it comes, or the first half of its first piece and no more. */
function give(come, to, isHalf) {
  to.writeHead(come.statusCode, come.headers);
  to.on("close", () => come.destroy());
  come.on("error", () => to.destroy());
  if (isHalf) {
    come.once("data", (part) => (to.write(part.subarray(0, part.length >> 1)), come.resume()));
  } else {
    come.pipe(to);
  }
}
