// What calls of a room have in common.

/** A page of the journal comes in milliseconds; this is for a device that's busy with something else. */
export const READ_MAX_MS = 10_000;

/** Something is written and kept; it may have to wait for the disk. */
export const WRITE_MAX_MS = 20_000;
