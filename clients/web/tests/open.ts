// An open journal for tests of rooms: the app mounted on a device that answers, and what it was asked.

import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { vi } from "vitest";
import { WatchEventsResponseSchema } from "../core/gen/haven/v1/events_pb";
import { VaultState } from "../core/gen/haven/v1/vault_pb";
import type { App } from "../ui/app.svelte";
import { Device, says, type HandClock } from "./device";
import { all, clear, rest, ROOM_MAX_MS, show, text } from "./shown";

export { heading, ROOM_MAX_MS, text } from "./shown";

// A machine with two cores builds while it tests.
vi.setConfig({ testTimeout: 30_000 });

/** A gRPC-web frame begins with its flags and its length. */
const FRAME_HEAD = 5;

export class Open {
  readonly device = new Device();
  readonly #bodies: { path: string; body: Uint8Array }[] = [];
  app!: App;
  clock!: HandClock;

  constructor() {
    this.device.answers("EventService/WatchEvents", this.#told(VaultState.UNLOCKED, 1n));
  }

  /** Shows a room, and waits until it has what it asks for. */
  async show(hash: string): Promise<void> {
    const recording: typeof fetch = async (input, init) => {
      const body = new Uint8Array(init?.body as Uint8Array<ArrayBuffer>);
      this.#bodies.push({ path: new URL(String(input)).pathname.replace("/haven.v1.", ""), body: body.slice(FRAME_HEAD) });
      return this.device.fetch(input, init);
    };
    ({ app: this.app, clock: this.clock } = await show({ fetch: recording }, hash));
    await vi.waitUntil(() => this.app.isOpen, { timeout: ROOM_MAX_MS });
    await rest();
  }

  rest = rest;

  async press(name: string): Promise<void> {
    const found = all("button, a, summary").find((it) => text(it) === name);
    if (!found) {
      throw new Error(`nothing is called ${name}: ${document.body.textContent}`);
    }
    found.click();
    await this.rest();
  }

  /** What the calls to a path asked, in order. */
  asked<D extends DescMessage>(path: string, desc: D): MessageShape<D>[] {
    return this.#bodies.filter((call) => call.path === path).map(({ body }) => fromBinary(desc, body));
  }

  /** The device tells that entries changed, or that it's locked. */
  async tell(state: VaultState, revision: bigint): Promise<void> {
    this.device.answers("EventService/WatchEvents", this.#told(state, revision));
    this.app.page.watch.start();
    await this.rest();
  }

  close = clear;

  #told(state: VaultState, entries: bigint) {
    return says(WatchEventsResponseSchema, { status: { state }, revisions: { entries } });
  }
}
