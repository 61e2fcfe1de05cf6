import { expect, test, vi } from "vitest";
import { Session, takeCode } from "./session";

const CODE = `haven_${"a1".repeat(32)}`;

function address(hash: string): { taken: string | undefined; replaced: unknown[][] } {
  const history = { replaceState: vi.fn() };
  const taken = takeCode({ hash, pathname: "/" } as Location, history as unknown as History);
  return { taken, replaced: history.replaceState.mock.calls };
}

test("a code is taken out of the address, and nothing else is", () => {
  expect(address(`#${CODE}`)).toEqual({ taken: CODE, replaced: [[null, "", "/"]] });
  for (const hash of ["", "#help", "#main", `#${CODE} `, "#<script>"]) {
    expect(address(hash), hash).toEqual({ taken: undefined, replaced: [] });
  }
});

test("a session lasts as long as the tab and ends at once", () => {
  sessionStorage.clear();
  new Session(sessionStorage).begin("token");
  const again = new Session(sessionStorage);
  expect(again.token).toBe("token");
  again.end();
  expect(again.token).toBeUndefined();
  expect(new Session(sessionStorage).token).toBeUndefined();
  expect(sessionStorage.length).toBe(0);
});

test("a browser that keeps nothing still gives a session until the page is loaded again", () => {
  const refuse = (): never => {
    throw new DOMException("denied", "SecurityError");
  };
  const session = new Session({ getItem: refuse, setItem: refuse, removeItem: refuse } as unknown as Storage);
  session.begin("token");
  expect(session.token).toBe("token");
  session.end();
  expect(session.token).toBeUndefined();
});
