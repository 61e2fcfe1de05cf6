// The session of this page: a code from the address, traded once for a token that lives as long as the tab.

/** Where the token is kept. Not a cookie: cookies go to every port of a host. Not localStorage: it outlives the tab. */
const KEY = "notes.session";

/** That somebody left in a hurry in this tab: what they go back to is then no page of the app. */
const LEFT = "notes.left";

/** What a code looks like: long and without a meaning. Anything shorter behind the # is a place in the app. */
const CODE = /^#([0-9A-Za-z_-]{32,128})$/;

export class Session {
  #token: string | undefined;
  readonly #storage: Storage | undefined;

  constructor(storage: Storage | undefined) {
    this.#storage = storage;
    this.#token = quietly(() => storage?.getItem(KEY) ?? undefined);
  }

  get token(): string | undefined {
    return this.#token;
  }

  begin(token: string): void {
    this.#token = token;
    quietly(() => this.#storage?.setItem(KEY, token));
    quietly(() => this.#storage?.removeItem(LEFT));
  }

  /** Ends it because its person left: until a new one begins, this tab is to show nothing. */
  leave(): void {
    this.end();
    quietly(() => this.#storage?.setItem(LEFT, "yes"));
  }

  get hasLeft(): boolean {
    return quietly(() => this.#storage?.getItem(LEFT) ?? undefined) !== undefined;
  }

  end(): void {
    this.#token = undefined;
    quietly(() => this.#storage?.removeItem(KEY));
  }
}

/** Takes the code out of the address, so that neither the history nor a glance at the window shows it. */
export function takeCode(location: Location, history: History): string | undefined {
  const code = CODE.exec(location.hash)?.[1];
  if (code) {
    history.replaceState(null, "", location.pathname);
  }
  return code;
}

/** The tab's storage; undefined where the browser keeps none: the session then ends with a reload. */
export function tabStorage(): Storage | undefined {
  return quietly(() => window.sessionStorage);
}

function quietly<T>(use: () => T): T | undefined {
  try {
    return use();
  } catch {
    return undefined;
  }
}
