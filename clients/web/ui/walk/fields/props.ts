// What every field gets: the question, what stands in it as it comes, and where to say what stands there now.

import type { Value } from "../../../core/walk/value";
import type { QuestionPage } from "../../../core/walk/walk";
import type { App } from "../../app.svelte";
import type { Going } from "../going.svelte";

export interface FieldProps {
  readonly app: App;
  readonly going: Going;
  readonly page: QuestionPage;
  /** The answer so far. */
  readonly value: Value;
  readonly set: (value: Value) => void;
}

/** What names and explains a field: the question, what's said about it, and why an answer wasn't taken. */
export const NAMED = { "aria-labelledby": "q", "aria-describedby": "q-help q-hint" } as const;

/** For fields that hold a person's words: nobody else may read, translate or complete them. */
export const PRIVATE = { translate: "no", autocomplete: "off", autocorrect: "off", writingsuggestions: "false", "data-gramm": "false" } as const;
