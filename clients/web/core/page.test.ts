import { expect, test, vi } from "vitest";
import { Device, HandClock, refuses, says, settle, type Answer } from "../tests/device";
import { Reason } from "./fault";
import { WatchEventsResponseSchema } from "./gen/haven/v1/events_pb";
import { BeginSessionResponseSchema, EndSessionResponseSchema } from "./gen/haven/v1/grants_pb";
import { LockResponseSchema, UnlockResponseSchema, VaultState } from "./gen/haven/v1/vault_pb";
import { Page } from "./page";
import { Session } from "./session";
import { FIRST_MAX_MS, SILENCE_MAX_MS } from "./watch";

const EVENTS = "EventService/WatchEvents";
const CODE = `haven_${"0".repeat(64)}`;

function stands(state: VaultState): Answer {
  return says(WatchEventsResponseSchema, { status: { state, deviceName: "Here" } });
}

function arrive(device: Device, hash = "", token?: string, storage?: Storage) {
  const session = new Session(storage);
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

test("a code that is no longer good costs nobody the session they have, and is told", async () => {
  const device = new Device();
  device.answers("GrantService/BeginSession", refuses(Reason.NO_SESSION), says(BeginSessionResponseSchema, { token: "new" }));
  device.answers(EVENTS, stands(VaultState.UNLOCKED));
  const { page, seen, session, location } = arrive(device, "", "abc");
  expect(await page.arrive()).toBe(true);
  await settle();
  location.hash = `#${CODE}`;
  expect(await page.arrive()).toBe(false);
  await settle();
  expect([session.token, seen, location.hash]).toEqual(["abc", ["open"], ""]);
  location.hash = `#${CODE}`;
  expect(await page.arrive()).toBe(true);
  expect(session.token).toBe("new");
  const shown = device.calls.filter(({ path }) => path === "GrantService/BeginSession").map(({ token }) => token);
  expect(shown, "a code is traded by itself: a token that is over would be refused for it").toEqual([null, null]);
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

test("leaving brings last words home, forgets the session here, closes the journal behind one, and goes", async () => {
  const device = new Device();
  device.answers("VaultService/Unlock", says(UnlockResponseSchema, { status: { state: VaultState.UNLOCKED } }));
  const { page, session, location } = arrive(device, "", "abc");
  await page.unlock("words");
  const kept: string[] = [];
  await page.leave(async () => void kept.push("words"));
  expect(kept).toEqual(["words"]);
  expect(location.replace).toHaveBeenCalledWith("/kitchen.html");
  expect(session.token).toBeUndefined();
  await settle();
  expect(device.calls.at(-1)).toEqual({ path: "VaultService/Lock", token: "Bearer abc" });
});

test("whoever leaves while the journal is followed closes it with the very next call: for a proof the page has no time", async () => {
  const device = new Device();
  const open = stands(VaultState.UNLOCKED);
  device.answers(EVENTS, { begins: (open as Uint8Array<ArrayBuffer>[]).slice(0, 1) });
  device.answers("VaultService/Lock", says(LockResponseSchema, {}));
  const { page } = arrive(device, "", "abc");
  await page.arrive();
  await settle();
  const before = device.calls.length;
  await page.leave(async () => settle());
  await settle();
  expect(device.calls.slice(before).map(({ path }) => path)).toEqual(["VaultService/Lock"]);
});

test("where nobody answers, leaving goes to a blank page and not to the browser's error", async () => {
  const device = new Device();
  const { page, location, clock } = arrive(device, "", "abc");
  await page.arrive();
  await clock.pass(10_000);
  expect(page.watch.stand.kind).toBe("away");
  await page.leave(async () => {});
  expect(location.replace).toHaveBeenCalledWith("about:blank");
});

test("back after leaving leads to the neutral page again and shows nothing, until a new code is brought", async () => {
  sessionStorage.clear();
  const device = new Device();
  await arrive(device, "", "abc", sessionStorage).page.leave(async () => {});
  const back = arrive(device, "#journal", undefined, sessionStorage);
  await back.page.arrive();
  expect(back.location.replace).toHaveBeenCalledWith("/kitchen.html");
  expect(back.seen).toEqual([]);
  device.answers("GrantService/BeginSession", says(BeginSessionResponseSchema, { token: "new" }));
  device.answers(EVENTS, stands(VaultState.LOCKED));
  const again = arrive(device, `#${CODE}`, undefined, sessionStorage);
  await again.page.arrive();
  await settle();
  expect([again.seen, again.location.replace.mock.calls, again.session.hasLeft]).toEqual([["locked"], [], false]);
  sessionStorage.clear();
});

test("signing out ends this page's session and says so", async () => {
  const device = new Device();
  device.answers(EVENTS, stands(VaultState.UNLOCKED));
  device.answers("GrantService/EndSession", says(EndSessionResponseSchema, {}));
  const { page, session, seen } = arrive(device, "", "abc");
  await page.arrive();
  await settle();
  expect((await page.signOut()).ok).toBe(true);
  expect([session.token, seen]).toEqual([undefined, ["open", "over"]]);
});

test("leaving doesn't wait long for words that find no way home", async () => {
  const device = new Device();
  const { page, location, clock } = arrive(device, "", "abc");
  void page.leave(() => new Promise(() => {}));
  await clock.pass(2_000);
  expect(location.replace).toHaveBeenCalledWith("/kitchen.html");
});
