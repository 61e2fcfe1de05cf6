// Whether whoever answers is the program that began this session. A page that lost its connection asks that first: the port may be
// another program's by now, and to that one neither the token nor a passphrase may go.

import type { Client } from "@connectrpc/connect";
import type { GrantService } from "./gen/haven/v1/grants_pb";

/** What every token begins with; the key is made of the rest. */
const PREFIX = /^haven_/;
const NONCE_BYTES = 32;
const ID_BYTES = 8;
const HMAC = { name: "HMAC", hash: "SHA-256" };

const text = new TextEncoder();

export class Proof {
  /** How many connections have ended, and how many of these ends the device has proved itself after. */
  #ends = 0;
  #settled = 0;
  readonly #grants: Client<typeof GrantService>;

  /** Asks by a client that sends no token: an impostor would learn it. */
  constructor(grants: Client<typeof GrantService>) {
    this.#grants = grants;
  }

  /** Whether somebody else may answer by now. */
  get isLacking(): boolean {
    return this.#settled < this.#ends;
  }

  /** Says that a connection has ended. */
  doubt(): void {
    this.#ends += 1;
  }

  /** Whether it's the same device still; it's asked only after a connection has ended. Throws if nobody answers. */
  async holds(token: string, signal: AbortSignal): Promise<boolean> {
    while (this.isLacking) {
      const ends = this.#ends;
      if (!(await prove(this.#grants, token, signal))) {
        return false;
      }
      this.#settled = ends;
    }
    return true;
  }
}

/** HMAC-SHA256(SHA-256("haven/1/grant" || token), "haven/1/door" || nonce), as the device made it, who keeps no more of a token. */
async function prove(grants: Client<typeof GrantService>, token: string, signal: AbortSignal): Promise<boolean> {
  const key = await crypto.subtle.digest("SHA-256", text.encode(`haven/1/grant${token.replace(PREFIX, "")}`));
  const grant = [...new Uint8Array(key, 0, ID_BYTES)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const { proof } = await grants.proveDoor({ grant, nonce }, { signal });
  const mac = await crypto.subtle.importKey("raw", key, HMAC, false, ["verify"]);
  return crypto.subtle.verify(HMAC, mac, Uint8Array.from(proof), Uint8Array.from([...text.encode("haven/1/door"), ...nonce]));
}
