// Dates and numbers as the person reads them. What can't be read is shown as it came.

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const WITHIN = /(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])/g;
const MONTH = /^(\d{4})-(\d\d)$/;

export interface Format {
  /** "19 Dec 2025". */
  day(date: string): string;
  /** "December 2025". */
  month(month: string): string;
  /** "Dec 2025", of a day. */
  short(date: string): string;
  /** A sentence of the device, its dates as the person reads them. */
  sentence(line: string): string;
  /** A number with one digit after the point at most; a dash where there is none. */
  number(value: number | undefined): string;
}

export function formatIn(languages: readonly string[]): Format {
  const locales = [...languages];
  const day = new Intl.DateTimeFormat(locales, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat(locales, { month: "long", year: "numeric", timeZone: "UTC" });
  const short = new Intl.DateTimeFormat(locales, { month: "short", year: "numeric", timeZone: "UTC" });
  const number = new Intl.NumberFormat(locales, { maximumFractionDigits: 1 });
  return {
    day: (date) => written(date, DAY, day),
    month: (date) => written(date, MONTH, month),
    short: (date) => written(date, DAY, short),
    sentence: (line) => line.replaceAll(WITHIN, (date) => written(date, DAY, day)),
    number: (value) => (value === undefined ? "–" : number.format(value)),
  };
}

function written(date: string, shape: RegExp, format: Intl.DateTimeFormat): string {
  const at = shape.test(date) ? Date.parse(date) : Number.NaN;
  return Number.isNaN(at) ? date : format.format(at);
}

/** How many days a month has, such as "2026-02". */
export function daysIn(month: string): number {
  const [year, at] = month.split("-").map(Number);
  return new Date(Date.UTC(year ?? 0, at ?? 1, 0)).getUTCDate();
}
