// What somebody or something did that it shouldn't have done.

import type { Door } from "./door";
import { attempt, type Outcome } from "./fault";
import { AlarmService, type Alarm as Told } from "./gen/haven/v1/alarms_pb";

const CALL_MAX_MS = 10_000;

/** One of them, in the device's words: what happened, what it means, what to do. */
export interface Alarm {
  readonly id: string;
  readonly sinceMs: number;
  readonly deviceName: string;
  /** The device whose word it is that something is missing. */
  readonly saidBy: string;
  readonly count: number;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

export async function listAlarms(door: Door): Promise<Outcome<readonly Alarm[]>> {
  const outcome = await attempt(() => door.client(AlarmService).listAlarms({}, { timeoutMs: CALL_MAX_MS }));
  return outcome.ok ? { ok: true, value: outcome.value.alarms.map(alarmOf) } : outcome;
}

export function resolveAlarm(door: Door, id: string): Promise<Outcome<unknown>> {
  return attempt<unknown>(() => door.client(AlarmService).resolveAlarm({ id }, { timeoutMs: CALL_MAX_MS }));
}

function alarmOf({ id, sinceMs, deviceName, saidBy, count, what, why, next }: Told): Alarm {
  return { id, sinceMs: Number(sinceMs), deviceName, saidBy, count: Number(count), what, why, next };
}
