// Help now: the numbers of a country from the device, or the built-in ones where it can't be asked.

import { today } from "./day";
import type { Door } from "./door";
import { attempt } from "./fault";
import { HelplineKind, type GetHelpResponse, type Helpline } from "./gen/haven/v1/support_pb";

export type { GetHelpResponse as Card, Helpline, PlanPart } from "./gen/haven/v1/support_pb";

/** Somebody waits for a number: after this the built-in ones are shown. */
const HELP_MAX_MS = 1_500;

/** Emergency numbers that hold widely, for a page that can ask nobody. From crates/core/content/helplines.toml, `[[wide]]`. */
export const WIDE = [
  { phone: "112", places: "European Union, India, mobile phones in most countries" },
  { phone: "911", places: "US, Canada, Mexico, Philippines" },
  { phone: "999", places: "UK, Ireland, Hong Kong" },
] as const;

/** What is asked for: where, and whether somebody asks for help themselves. */
export interface Asked {
  readonly country: string;
  readonly inPerson: boolean;
}

/** Asks the device; undefined if it doesn't answer at once. */
export async function askHelp(door: Door, asked: Asked, now: Date): Promise<GetHelpResponse | undefined> {
  const request = { ...asked, today: today(now) };
  const outcome = await attempt(() => door.support.getHelp(request, { timeoutMs: HELP_MAX_MS }));
  return outcome.ok ? outcome.value : undefined;
}

/** The countries there are numbers for. */
export async function askCountries(door: Door): Promise<readonly string[]> {
  const outcome = await attempt(() => door.support.getHelp({}, { timeoutMs: HELP_MAX_MS }));
  return outcome.ok ? outcome.value.countries : [];
}

/** The country a browser's language names, as "en-GB" does; empty if it names none. */
export function countryOf(languages: readonly string[]): string {
  const regions = languages.map((language) => /^[a-z]{2,3}(?:-[A-Z][a-z]{3})?-([A-Z]{2})\b/.exec(language)?.[1]);
  return regions.find((region) => region !== undefined) ?? "";
}

/** The lines under what stands over them, in the order they came. */
export function byHeading(lines: readonly Helpline[]): Map<string, Helpline[]> {
  const groups = new Map<string, Helpline[]>();
  for (const line of lines) {
    groups.set(line.heading, [...(groups.get(line.heading) ?? []), line]);
  }
  return groups;
}

/** The card for somebody who is afraid of somebody close: its lines for danger and for fear. */
export function forWhoIsAfraid(card: GetHelpResponse): GetHelpResponse {
  return { ...card, lines: card.lines.filter(({ kind }) => kind !== HelplineKind.CRISIS) };
}

/** What a phone dials: digits only, and a plus in front. */
export function dialled(number: string): string {
  return number.replaceAll(/(?!^\+)\D/g, "");
}
