// The catalogue: every word that the app itself says, in one place for each language.

import { Reason, type Fault } from "./fault";
import { en } from "./messages/en";

export type Messages = typeof en;

/** The words of one room, by language: `words(app.say, journal)`. */
export type Spoken<T> = Readonly<Record<"en", T>>;

export function words<T>(say: Messages, spoken: Spoken<T>): T {
  return spoken[say.language];
}

/** The words for whoever reads these languages; there is one so far. */
export function speak(languages: readonly string[]): Messages {
  const spoken: Record<string, Messages> = { en };
  const found = languages.map((language) => spoken[language.slice(0, 2)]).find((messages) => messages !== undefined);
  return found ?? en;
}

/** A fault as sentences: the device's own words, which are made to be shown. */
export function explain(fault: Fault, messages: Messages): string {
  if (fault.reason === Reason.DAEMON_UNREACHABLE) {
    return messages.failed.away;
  }
  if (!fault.why && !fault.what) {
    return messages.failed.unknown;
  }
  const first = sentence([fault.what, fault.why].filter((part) => part !== "").join(": "));
  return [first, fault.next].filter((part) => part !== "").join(" ");
}

/** The same without what failed, for where that can be seen: why, and what to do. */
export function explainWhy(fault: Fault, messages: Messages): string {
  return explain({ ...fault, what: "" }, messages);
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}
