// Civil times as the device writes them (RFC 9557), and as a date and a time that somebody chooses.

import { today, two } from "./day";

/** A day, and the time of day where it was said. */
export interface When {
  /** "2026-11-24". */
  readonly day: string;
  /** "21:30"; empty where only the day counts. */
  readonly time: string;
  /** "Europe/Berlin" or "+01:00"; empty if it isn't known. */
  readonly zone: string;
}

const CIVIL = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2})[^[+Z-]*(Z|[+-]\d{2}:\d{2})?(?:\[([^\]]+)\])?)?$/;

/** Reads a civil time; nothing if it's written in another way than ours. */
export function whenOf(at: string): When | undefined {
  const found = CIVIL.exec(at);
  return found ? { day: found[1] ?? "", time: found[2] ?? "", zone: found[4] ?? found[3] ?? "" } : undefined;
}

/** Writes one. The offset is the zone's business. */
export function atOf({ day, time, zone }: When): string {
  if (time === "") {
    return day;
  }
  return /^([+-]|Z$)/.test(zone) ? `${day}T${time}:00${zone}` : `${day}T${time}:00${zone ? `[${zone}]` : ""}`;
}

/** This moment where the person is. */
export function atNow(now: Date, zone: string): string {
  const time = `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
  const east = -now.getTimezoneOffset();
  const offset = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}:${two(Math.abs(east) % 60)}`;
  return `${today(now)}T${time}${offset}${zone ? `[${zone}]` : ""}`;
}

export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
