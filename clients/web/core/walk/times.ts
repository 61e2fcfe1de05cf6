// Days and spans of time as answers hold them: "2026-11-24", "2026-11-24T21:30", "1h5m".

import { today, two } from "../day";

const MINUTE_S = 60;
const HOUR_S = 3_600;

/** The minute it is where the person is. */
export function minuteOf(now: Date): string {
  return `${today(now)}T${two(now.getHours())}:${two(now.getMinutes())}`;
}

/** The day and the time of day in a civil time; the time is empty where there is none. */
export function splitTime(at: string): { readonly day: string; readonly time: string } {
  const [, day = "", time = ""] = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}))?/.exec(at) ?? [];
  return { day, time };
}

/** A civil time to be shown: the moment it names on the clock of whoever wrote it. */
export function shownTime(at: string, languages: readonly string[]): string {
  const { day, time } = splitTime(at);
  if (day === "") {
    return at;
  }
  const date = new Date(`${day}T${time || "00:00"}`);
  const parts: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long" };
  const clock: Intl.DateTimeFormatOptions = time ? { hour: "numeric", minute: "2-digit" } : {};
  const year: Intl.DateTimeFormatOptions = date.getFullYear() === new Date().getFullYear() ? {} : { year: "numeric" };
  return new Intl.DateTimeFormat([...languages], { ...parts, ...clock, ...year }).format(date);
}

/** How many seconds a span names, "90s", "5m" or "1h30m"; undefined if it isn't one. */
export function secondsOf(span: string): number | undefined {
  const found = /^(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?$/.exec(span.trim());
  if (!found || span.trim() === "") {
    return undefined;
  }
  const [hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return (hours ?? 0) * HOUR_S + (minutes ?? 0) * MINUTE_S + (seconds ?? 0);
}

/** A span as an answer holds it. */
export function spanOf(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / HOUR_S), "h"],
    [Math.floor((whole % HOUR_S) / MINUTE_S), "m"],
    [whole % MINUTE_S, "s"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return told.join("") || "0s";
}
