// A program that took the port of a device that died, with a page still open.

import { expect, test, vi } from "vitest";
import { Device, HandClock, says, settle, type Answer } from "../tests/device";
import { Reason } from "./fault";
import { WatchEventsResponseSchema } from "./gen/haven/v1/events_pb";
import { ProveDoorResponseSchema } from "./gen/haven/v1/grants_pb";
import { UnlockResponseSchema, VaultState } from "./gen/haven/v1/vault_pb";
import { Page } from "./page";
import { Session } from "./session";

const EVENTS = "EventService/WatchEvents";
const PROVE = "GrantService/ProveDoor";

function stands(state: VaultState): Answer {
  return says(WatchEventsResponseSchema, { status: { state } });
}

function open(device: Device) {
  const session = new Session(undefined);
  session.begin("abc");
  const location = { hash: "", pathname: "/", origin: "http://127.0.0.1:1", replace: vi.fn() } as unknown as Location;
  const clock = new HandClock();
  const page = new Page({ location, history: {} as History, fetch: device.fetch, session, clock });
  const seen: string[] = [];
  page.watch.listen(({ kind }) => kind !== seen.at(-1) && seen.push(kind));
  return { page, seen, session, clock };
}

test("somebody who took the port gets neither the token nor the passphrase, and the page says it's over", async () => {
  const device = new Device();
  device.answers(EVENTS, stands(VaultState.LOCKED), "silence");
  const { page, seen, session, clock } = open(device);
  await page.arrive();
  await settle();
  // The program has died; whoever listens now answers everything as if it were there, and can't prove it.
  const before = device.calls.length;
  device.answers(EVENTS, stands(VaultState.LOCKED));
  device.answers("VaultService/Unlock", says(UnlockResponseSchema, { status: { state: VaultState.UNLOCKED } }));
  device.answers(PROVE, says(ProveDoorResponseSchema, { proof: new Uint8Array(32) }));
  page.door.proof.doubt();
  const outcome = await page.unlock("words");
  await clock.pass(60_000);
  expect(outcome).toMatchObject({ ok: false, fault: { reason: Reason.NO_SESSION } });
  expect([seen.at(-1), session.token]).toEqual(["over", undefined]);
  expect(new Set(device.calls.slice(before).map(({ path, token }) => `${path} ${token}`))).toEqual(new Set([`${PROVE} null`]));
});

test("as long as nobody proves anything, nothing is sent but the question", async () => {
  for (const answer of ["refused", "silence"] as const) {
    const device = new Device();
    device.answers(EVENTS, stands(VaultState.UNLOCKED));
    device.answers(PROVE, answer);
    const { page, seen, session, clock } = open(device);
    await page.arrive();
    await clock.pass(60_000);
    expect([seen, session.token]).toEqual([["open", "away"], "abc"]);
    expect([device.asked, device.calls.length > 2]).toEqual([[EVENTS], true]);
    void page.leave(async () => {});
    await settle();
    expect(device.asked, "leaving says nothing to a stranger").toEqual([EVENTS]);
  }
});
