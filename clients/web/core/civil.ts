// Civil times as they're kept ("2026-11-24T21:30:00+01:00[Europe/Berlin]", "2026-11-24T21:30", "1660-01-01") and in words: the date
// and the time as they were written, with their zone only where it isn't the one here.

const FORM = /^(-?\d{4,6})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?(?:\[!?([^\]]+)\])?/;

const MINUTE_MS = 60_000;

/** How a day of the calendar is named: "2026-11-24". */
export type Day = string;

/** And a month: "2026-11". */
export type Month = string;

export function dayOf(at: string): Day {
  return at.slice(0, at.indexOf("T") < 0 ? 10 : at.indexOf("T"));
}

export function monthOf(day: Day): Month {
  return day.slice(0, day.lastIndexOf("-"));
}

export function dayAfter(day: Day): Day {
  const date = utc(day);
  date.setUTCDate(date.getUTCDate() + 1);
  return keyOf(date);
}

export function monthAfter(month: Month, steps: number): Month {
  const date = utc(`${month}-01`);
  date.setUTCMonth(date.getUTCMonth() + steps);
  return monthOf(keyOf(date));
}

/** The weeks of a month, each seven days long; what belongs to another month is undefined. */
export function weeksOf(month: Month, firstWeekday: number): (Day | undefined)[][] {
  const first = utc(`${month}-01`);
  const lead = (first.getUTCDay() - firstWeekday + 7) % 7;
  const days: (Day | undefined)[] = Array.from({ length: lead });
  for (const date = first; monthOf(keyOf(date)) === month; date.setUTCDate(date.getUTCDate() + 1)) {
    days.push(keyOf(date));
  }
  days.push(...Array.from<undefined>({ length: (7 - (days.length % 7)) % 7 }));
  return Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

/** Dates in the words of a language. Made once: formats are dear. */
export class Dates {
  readonly #form: (options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat;
  readonly #here: (moment: number) => number;
  readonly firstWeekday: number;

  /** `here` tells the offset of this place at a moment, in minutes. */
  constructor(languages: readonly string[], here = (moment: number): number => -new Date(moment).getTimezoneOffset()) {
    const made = new Map<string, Intl.DateTimeFormat>();
    this.#form = (options) => {
      const key = JSON.stringify(options);
      const form = made.get(key) ?? new Intl.DateTimeFormat([...languages], options);
      made.set(key, form);
      return form;
    };
    this.#here = here;
    this.firstWeekday = firstWeekdayOf(languages[0]);
  }

  /** "Tuesday 24 November 2026, 21:42", with the zone behind it where it's another one. */
  whole(at: string): string {
    return [this.day(dayOf(at)), this.time(at)].filter((part) => part !== "").join(", ");
  }

  /** "Tuesday 24 November 2026". */
  day(day: Day): string {
    return this.#civil({ weekday: "long", day: "numeric", month: "long", year: "numeric" }, utc(day));
  }

  /** "24 November 2026". */
  date(day: Day): string {
    return this.#civil({ day: "numeric", month: "long", year: "numeric" }, utc(day));
  }

  month(month: Month): string {
    return this.#civil({ month: "long", year: "numeric" }, utc(`${month}-01`));
  }

  weekday(day: Day, width: "short" | "narrow" | "long"): string {
    return this.#civil({ weekday: width }, utc(day));
  }

  /** "21:42", "21:42 (New York)"; empty for a time that is a whole day. */
  time(at: string): string {
    const [, , , , hour, minute, offset, zone] = FORM.exec(at) ?? [];
    if (hour === undefined) {
      return "";
    }
    const wall = utc(dayOf(at));
    wall.setUTCHours(Number(hour), Number(minute));
    const words = this.#civil({ hour: "numeric", minute: "2-digit" }, wall);
    const minutes = offsetOf(offset);
    const isHere = minutes === undefined || this.#here(wall.getTime() - minutes * MINUTE_MS) === minutes;
    return isHere ? words : `${words} (${placeOf(zone) ?? `UTC${offset === "Z" ? "" : offset}`})`;
  }

  /** A moment by this place's clock. */
  moment(ms: number): string {
    return this.#form({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "numeric", minute: "2-digit" }).format(ms);
  }

  #civil(options: Intl.DateTimeFormatOptions, date: Date): string {
    return this.#form({ ...options, timeZone: "UTC" }).format(date);
  }
}

function utc(day: Day): Date {
  const [, year, month, date] = FORM.exec(day) ?? [];
  const found = new Date(0);
  found.setUTCFullYear(Number(year ?? 1970), Number(month ?? 1) - 1, Number(date ?? 1));
  return found;
}

function keyOf(date: Date): Day {
  const year = date.getUTCFullYear();
  const two = (part: number): string => String(part).padStart(2, "0");
  return `${year < 0 ? "-" : ""}${String(Math.abs(year)).padStart(4, "0")}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

function offsetOf(written: string | undefined): number | undefined {
  if (!written || written === "Z") {
    return written ? 0 : undefined;
  }
  const digits = written.slice(1).replace(":", "");
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return written.startsWith("-") ? -minutes : minutes;
}

/** The place that a zone is named after; undefined where it has none. */
function placeOf(zone: string | undefined): string | undefined {
  return zone?.includes("/") ? zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ") : zone;
}

/** 0 for Sunday; Monday where a browser doesn't know. */
function firstWeekdayOf(language: string | undefined): number {
  try {
    const locale = new Intl.Locale(language ?? "en-GB") as Intl.Locale & { getWeekInfo?: () => { firstDay: number } };
    return (locale.getWeekInfo?.().firstDay ?? 1) % 7;
  } catch {
    return 1;
  }
}
