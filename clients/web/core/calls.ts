// What calls of a room have in common. Every call ends at some time: a browser has six connections for one origin, and a device that
// takes them and never answers must not hold them for ever.

/** A page of the journal comes in milliseconds; this is for a device that's busy with something else. */
export const READ_MAX_MS = 10_000;

/** Something is written and kept; it may have to wait for the disk. */
export const WRITE_MAX_MS = 20_000;
