import { expect, test } from "vitest";
import { Device, HandClock, says } from "../tests/device";
import { openDoor } from "./door";
import { KeepOpenResponseSchema } from "./gen/haven/v1/vault_pb";
import { Presence } from "./presence";
import { Session } from "./session";

function presence(idleMs: bigint) {
  const device = new Device();
  device.answers("VaultService/KeepOpen", says(KeepOpenResponseSchema, { idleMs }));
  const way = { baseUrl: "http://127.0.0.1", fetch: device.fetch, session: new Session(undefined), onOver: () => {} };
  const clock = new HandClock();
  return { device, clock, presence: new Presence(openDoor(way), clock) };
}

test("typing tells the device now and then, not at every key", async () => {
  const { device, clock, presence: here } = presence(300_000n);
  for (let key = 0; key < 100; key += 1) {
    here.seen();
  }
  await clock.pass(4_000);
  here.seen();
  expect(device.calls.length).toBe(1);
  await clock.pass(60_000);
  here.seen();
  expect(device.calls.length).toBe(2);
});

test("a hold keeps the journal open for as long as it's held, at a third of its patience", async () => {
  const { device, clock, presence: here } = presence(30_000n);
  const release = here.hold();
  await clock.pass(35_000);
  const calls = device.calls.length;
  expect(calls).toBeGreaterThanOrEqual(4);
  release();
  await clock.pass(100_000);
  expect(device.calls.length).toBe(calls);
});
