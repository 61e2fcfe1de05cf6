// What the keeper of words says, and what it works with.

import type { Clock } from "./clock";
import type { Door } from "./door";
import type { Piece } from "./drafts";
import type { Fault } from "./fault";

export type Keeping =
  /** Nothing was written yet, or nothing else than is kept. */
  | { readonly kind: "still" | "saving" | "saved" }
  /** Kept on this device, and not to be read by anybody until the journal is unlocked. */
  | { readonly kind: "sealed" }
  /** The words are kept; what was said beside them isn't. */
  | { readonly kind: "aside"; readonly fault: Fault }
  /** Only this page has them. It goes on trying. */
  | { readonly kind: "unsaved"; readonly fault: Fault };

export interface Ways {
  readonly door: Door;
  /** For a page that may be gone before the answer comes. */
  readonly lasting: Door;
  readonly clock: Clock;
}

/** Whoever shows what is written. */
export interface Viewer {
  kept(keeping: Keeping): void;
  /** Somebody else wrote in the same draft, and nothing was written here yet: these are the words now. */
  adopted(piece: Piece): void;
  /** Somebody else wrote in the same draft: what was written here is a draft of its own from now on. */
  forked(id: string): void;
}
