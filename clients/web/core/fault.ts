// Errors as values. Every call ends in an outcome; what went wrong is the daemon's own envelope: what failed, why, what to do next.

import { ConnectError } from "@connectrpc/connect";
import { ErrorDetailSchema, ErrorReason, type ErrorDetail } from "./gen/haven/v1/error_pb";

export { ErrorReason as Reason };

/** What went wrong, fit to be shown to a person. */
export interface Fault {
  readonly reason: ErrorReason;
  /** A few words in lower case, such as "nothing was done". Empty where the daemon said nothing. */
  readonly what: string;
  readonly why: string;
  /** A sentence; empty if there is nothing to do. */
  readonly next: string;
  /** 0 if waiting does not help. */
  readonly retryAfterMs: number;
  /** Ids of what was meant, perhaps; absent where the device names none. */
  readonly candidates?: readonly string[];
}

export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly fault: Fault };

/** Makes a call and turns whatever it throws into a value. */
export async function attempt<T>(call: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await call() };
  } catch (error) {
    return { ok: false, fault: faultOf(error) };
  }
}

export function faultOf(error: unknown): Fault {
  const detail = ConnectError.from(error).findDetails(ErrorDetailSchema)[0];
  return detail ? faultIn(detail) : { reason: ErrorReason.UNSPECIFIED, what: "", why: "", next: "", retryAfterMs: 0 };
}

/** Whether nobody can say if the call was carried out: its answer may have been lost on the way. */
export function isLost(reason: ErrorReason): boolean {
  const { UNSPECIFIED, DAEMON_UNREACHABLE, TIMED_OUT, CANCELLED, STOPPING } = ErrorReason;
  return [UNSPECIFIED, DAEMON_UNREACHABLE, TIMED_OUT, CANCELLED, STOPPING].includes(reason);
}

/** A fault that came inside an answer, and not as the end of a call. */
export function faultIn({ reason, what, why, next, retryAfterMs, candidates }: ErrorDetail): Fault {
  const fault = { reason, what, why, next, retryAfterMs: Number(retryAfterMs) };
  return candidates.length > 0 ? { ...fault, candidates } : fault;
}
