import { expect, test, vi } from "vitest";
import { Device, HandClock, refuses, says, settle, type Answer } from "../tests/device";
import { Reason } from "./fault";
import { WatchEventsResponseSchema } from "./gen/haven/v1/events_pb";
import { BeginSessionResponseSchema } from "./gen/haven/v1/grants_pb";
import { LockResponseSchema, UnlockResponseSchema, VaultState } from "./gen/haven/v1/vault_pb";
import { Page } from "./page";
import { Session } from "./session";
import { FIRST_MAX_MS, SILENCE_MAX_MS } from "./watch";

const EVENTS = "EventService/WatchEvents";
const CODE = `haven_${"0".repeat(64)}`;

function stands(state: VaultState): Answer {
  return says(WatchEventsResponseSchema, { status: { state, deviceName: "Here" } });
}

function arrive(device: Device, hash = "", token?: string) {
  const session = new Session(undefined);
  if (token) {
    session.begin(token);
  }
  const location = { hash, pathname: "/", origin: "http://127.0.0.1:1", replace: vi.fn() };
  const history = { replaceState: vi.fn(() => (location.hash = "")) };
  const clock = new HandClock();
  const place = { location: location as unknown as Location, history: history as unknown as History };
  const page = new Page({ ...place, fetch: device.fetch, session, clock });
  const seen: string[] = [];
  page.watch.listen(({ kind }) => kind !== seen.at(-1) && seen.push(kind));
  return { page, seen, session, location, clock };
}

test("without a session nothing is asked", async () => {
  const device = new Device();
  const { page, seen } = arrive(device);
  await page.arrive();
  expect(seen).toEqual(["closed"]);
  expect(device.calls).toEqual([]);
});

test("a code becomes a session, and one that is no longer good is told", async () => {
  const device = new Device();
  device.answers("GrantService/BeginSession", says(BeginSessionResponseSchema, { token: "abc" }));
  device.answers(EVENTS, stands(VaultState.LOCKED));
  const good = arrive(device, `#${CODE}`);
  await good.page.arrive();
  await settle();
  expect([good.session.token, good.location.hash, good.seen]).toEqual(["abc", "", ["locked"]]);
  device.answers("GrantService/BeginSession", refuses(Reason.NO_SESSION));
  const stale = arrive(device, `#${CODE}`);
  await stale.page.arrive();
  expect(stale.page.watch.stand).toEqual({ kind: "closed", stale: true });
});

test("a lock replaces the daemon: the page goes from open to locked and shows no error between", async () => {
  const device = new Device();
  device.answers(EVENTS, stands(VaultState.UNLOCKED), "refused", "refused", stands(VaultState.LOCKED));
  const { page, seen, clock } = arrive(device, "", "abc");
  await page.arrive();
  await clock.pass(SILENCE_MAX_MS - 1);
  expect(seen).toEqual(["open", "locked"]);
});

test("a device that stays silent is told, and asked until it answers", async () => {
  const device = new Device();
  const { page, seen, clock } = arrive(device, "", "abc");
  await page.arrive();
  await clock.pass(SILENCE_MAX_MS - 1);
  expect(seen).toEqual([]);
  await clock.pass(60_000);
  expect(seen).toEqual(["away"]);
  device.answers(EVENTS, stands(VaultState.UNLOCKED));
  await clock.pass(SILENCE_MAX_MS);
  expect(seen).toEqual(["away", "open"]);
});

test("a connection on which nobody speaks is given up, told, and tried anew", async () => {
  const device = new Device();
  device.answers(EVENTS, "silence", stands(VaultState.LOCKED));
  const { page, seen, clock } = arrive(device, "", "abc");
  await page.arrive();
  await clock.pass(FIRST_MAX_MS + 1_000);
  expect(seen).toEqual(["away", "locked"]);
});

test("a session that ends is forgotten, and nothing is asked any more", async () => {
  const device = new Device();
  device.answers(EVENTS, refuses(Reason.NO_SESSION));
  const { page, seen, session, clock } = arrive(device, "", "abc");
  await page.arrive();
  await clock.pass(60_000);
  expect([seen, session.token, device.calls.length]).toEqual([["over"], undefined, 1]);
});

test("a page that is not looked at asks nothing", async () => {
  const device = new Device();
  device.answers(EVENTS, stands(VaultState.UNLOCKED));
  const { page, clock } = arrive(device, "", "abc");
  await page.arrive();
  await settle();
  page.seen(false);
  const asked = device.calls.length;
  await clock.pass(60_000);
  expect(device.calls.length).toBe(asked);
  page.seen(true);
  await settle();
  expect(device.calls.length).toBeGreaterThan(asked);
});

test("unlocking and locking show at once what the device answered", async () => {
  const device = new Device();
  device.answers("VaultService/Unlock", says(UnlockResponseSchema, { status: { state: VaultState.UNLOCKED } }));
  device.answers("VaultService/Lock", says(LockResponseSchema, {}));
  const { page, seen } = arrive(device, "", "abc");
  expect((await page.unlock("words")).ok).toBe(true);
  expect((await page.lock()).ok).toBe(true);
  expect(seen).toEqual(["open", "locked"]);
});

test("leaving forgets the session here, closes the journal behind one, and goes without waiting", async () => {
  const device = new Device();
  device.answers("VaultService/Unlock", says(UnlockResponseSchema, { status: { state: VaultState.UNLOCKED } }));
  const { page, session, location } = arrive(device, "", "abc");
  await page.unlock("words");
  page.leave();
  expect(location.replace).toHaveBeenCalledWith("about:blank");
  expect(session.token).toBeUndefined();
  await settle();
  expect(device.calls.at(-1)).toEqual({ path: "VaultService/Lock", token: "Bearer abc" });
});
