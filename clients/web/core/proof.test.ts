import { createClient, createRouterTransport } from "@connectrpc/connect";
import { expect, test, vi } from "vitest";
import { GrantService } from "./gen/haven/v1/grants_pb";
import { Proof } from "./proof";

const TOKEN = `haven_${"07".repeat(32)}`;
/** What crates/node/src/grants/tests.rs computes of this token and a nonce of nines. */
const RIGHT = "5c0a979c864f9ad2cb2616366f911b4e1e50f25745ffaccae5eae61e36da03ca";

const bytes = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (two) => Number.parseInt(two, 16));

/** A proof asked of somebody who answers so, and what they were asked. */
function asked(answer: () => Uint8Array<ArrayBuffer>) {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((into) => {
    (into as unknown as Uint8Array).fill(9);
    return into;
  });
  const heard: string[] = [];
  const transport = createRouterTransport(({ service }) =>
    service(GrantService, { proveDoor: ({ grant }) => (heard.push(grant), { proof: answer() }) }),
  );
  return { proof: new Proof(createClient(GrantService, transport)), heard };
}

const signal = new AbortController().signal;

test("nothing is asked as long as no connection has ended, and then once for all that have", async () => {
  const { proof, heard } = asked(() => bytes(RIGHT));
  expect([await proof.holds(TOKEN, signal), heard]).toEqual([true, []]);
  proof.doubt();
  proof.doubt();
  expect([proof.isLacking, await proof.holds(TOKEN, signal), proof.isLacking]).toEqual([true, true, false]);
  expect(await proof.holds(TOKEN, signal)).toBe(true);
  expect(heard).toEqual(["897f5e1193e6aaeb"]);
});

test("a connection that ends while it's proved is proved again", async () => {
  let left = 2;
  const { proof, heard } = asked(() => {
    left -= 1;
    if (left > 0) {
      proof.doubt();
    }
    return bytes(RIGHT);
  });
  proof.doubt();
  expect(await proof.holds(TOKEN, signal)).toBe(true);
  expect(heard.length).toBe(2);
});

test("no other bytes are a proof, and the doubt stays", async () => {
  for (const wrong of ["", "00".repeat(32), RIGHT.slice(2), `${RIGHT}00`, RIGHT.replace("5c", "5d")]) {
    const { proof } = asked(() => bytes(wrong));
    proof.doubt();
    expect([await proof.holds(TOKEN, signal), proof.isLacking], wrong).toEqual([false, true]);
  }
});
