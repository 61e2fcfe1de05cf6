// Where in the app somebody is: a name and at most two words, kept behind the # of the address. Ids only, never a person's words:
// the address goes into the browser's history.

export interface Route {
  /** The folder of the room, such as "journal". */
  readonly room: string;
  /** What comes after it: an id, or a kind and an id. */
  readonly args: readonly string[];
}

export const HOME: Route = { room: "today", args: [] };

/** How long a part of an address may be: an id has 32 letters, a name of an exercise fewer. */
const PART = /^[0-9A-Za-z_-]{1,64}$/;

/** How many parts come after the room. */
const ARGS_MAX = 2;

/** Reads an address; what isn't one of ours is home. */
export function routeOf(hash: string): Route {
  const [room = "", ...args] = hash.replace(/^#/, "").split("/");
  const isOurs = args.length <= ARGS_MAX && [room, ...args].every((part) => PART.test(part));
  return isOurs ? { room, args } : HOME;
}

export function hashOf(room: string, ...args: readonly string[]): string {
  return `#${[room, ...args].join("/")}`;
}

export function isSame(one: Route, other: Route): boolean {
  return hashOf(one.room, ...one.args) === hashOf(other.room, ...other.args);
}
