// Everything that comes from outside the page: the browser's events, in one place.

import type { App } from "./app.svelte";

/** Three taps on Shift within this time leave the page, where its person wants that. */
const TAPS = 3;
const TAPS_MAX_MS = 1_000;

export function listen(app: App): () => void {
  const own = new AbortController();
  const on = <K extends keyof WindowEventMap>(name: K, hear: (event: WindowEventMap[K]) => void): void =>
    window.addEventListener(name, hear, { signal: own.signal, passive: name !== "beforeunload" });
  const seen = (): void => app.page.seen(document.visibilityState === "visible");
  document.addEventListener("visibilitychange", () => turned(app, seen), { signal: own.signal });
  on("online", seen);
  on("pageshow", (event) => event.persisted && seen());
  on("pagehide", () => void app.holders.flush(true));
  on("hashchange", () => void app.turn());
  on("beforeunload", (event) => {
    if (!app.isLeaving && app.holders.areDirty) {
      event.preventDefault();
      // They go while the browser asks: whoever answers at once takes the page away before it could.
      void app.holders.flush(true);
    }
  });
  const here = (): void => void (app.isOpen && app.presence.seen());
  on("pointerdown", here);
  on("scroll", here);
  on("keydown", () => {
    here();
    app.keyedAt = app.clock.now();
  });
  const taps = new Taps(app.leave);
  on("keyup", (event) => app.look.quickExit && taps.hear(event.key, app.clock.now()));
  return () => own.abort();
}

/** Words go home before anything else; then the journal is closed, where its person wants that. */
function turned(app: App, seen: () => void): void {
  if (document.visibilityState === "visible") {
    // Another tab may have gone on in the same draft meanwhile.
    app.holders.all.forEach((holder) => holder.doubt?.());
    seen();
    return;
  }
  const home = app.holders.flush();
  if (app.isOpen && app.look.lockHidden) {
    void home.then(() => app.page.lock());
  }
  seen();
}

export class Taps {
  #at: number[] = [];
  readonly #call: () => void;

  constructor(call: () => void) {
    this.#call = call;
  }

  hear(key: string, now: number): void {
    this.#at = key === "Shift" ? [...this.#at, now].filter((at) => now - at < TAPS_MAX_MS) : [];
    if (this.#at.length >= TAPS) {
      this.#at = [];
      this.#call();
    }
  }
}
