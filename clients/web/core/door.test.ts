import { expect, test, vi } from "vitest";
import { Device, refuses, says } from "../tests/device";
import { openDoor } from "./door";
import { attempt, Reason } from "./fault";
import { GetStatusResponseSchema } from "./gen/haven/v1/vault_pb";
import { Session } from "./session";

const STATUS = "VaultService/GetStatus";

function at(device: Device, session = new Session(undefined)) {
  const onOver = vi.fn();
  return { session, onOver, door: openDoor({ baseUrl: "http://127.0.0.1:1", fetch: device.fetch, session, onOver }) };
}

test("every call carries the token of the session, and none without one", async () => {
  const device = new Device();
  device.answers(STATUS, says(GetStatusResponseSchema, {}));
  const { door, session } = at(device);
  await door.vault.getStatus({});
  session.begin("abc");
  await door.vault.getStatus({});
  expect(device.calls.map(({ token }) => token)).toEqual([null, "Bearer abc"]);
});

test("texts are asked for in the language of the page, and in the browser's own if it has none", async () => {
  for (const language of [undefined, "en"]) {
    let named: string | null = null;
    const device = new Device();
    device.answers(STATUS, says(GetStatusResponseSchema, {}));
    const fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
      named = new Headers(init?.headers).get("accept-language");
      return device.fetch(input, init);
    };
    const way = { baseUrl: "http://127.0.0.1:1", fetch, session: new Session(undefined), language, onOver: vi.fn() };
    await openDoor(way).vault.getStatus({});
    expect(named).toBe(language ?? null);
  }
});

test("a device that nobody reaches is named, for a call and for a stream", async () => {
  const { door, onOver } = at(new Device());
  for (const call of [() => door.vault.getStatus({}), () => door.events.watchEvents({})[Symbol.asyncIterator]().next()]) {
    const outcome = await attempt<unknown>(call);
    expect(outcome).toMatchObject({ ok: false, fault: { reason: Reason.DAEMON_UNREACHABLE } });
  }
  expect(onOver).not.toHaveBeenCalled();
});

test("an error comes with its envelope as it was sent", async () => {
  const device = new Device();
  device.answers(STATUS, refuses(Reason.TOO_MANY_TRIES, { why: "too many", next: "Wait.", retryAfterMs: 1500n }));
  const outcome = await attempt(() => at(device).door.vault.getStatus({}));
  const fault = { reason: Reason.TOO_MANY_TRIES, what: "nothing was done", why: "too many", next: "Wait.", retryAfterMs: 1500 };
  expect(outcome).toEqual({ ok: false, fault });
});

test("a token that is over is told once it is, and not of a token that came meanwhile", async () => {
  const device = new Device();
  device.answers(STATUS, refuses(Reason.NO_SESSION));
  const { door, session, onOver } = at(device);
  await attempt(() => door.vault.getStatus({}));
  expect(onOver).not.toHaveBeenCalled();
  session.begin("old");
  const asked = attempt(() => door.vault.getStatus({}));
  session.begin("new");
  await asked;
  expect(onOver).not.toHaveBeenCalled();
  await attempt(() => door.vault.getStatus({}));
  expect(onOver).toHaveBeenCalledOnce();
});
