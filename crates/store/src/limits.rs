//! Every limit of this room, with its reason.

/// The longest key of a row, in bytes. The longest in use is a feed and a seq; the rest is room, and a key is indexed.
pub const KEY_BYTES_MAX: usize = 64;

/// The largest value, link or record, in bytes. A document's save with years of history stays far below; above it a
/// damaged length in the file could ask for any amount of memory.
pub const VALUE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The highest seq of a record or link: the database counts with signed numbers.
pub const SEQ_MAX: u64 = i64::MAX as u64;

/// How long an opening waits for a lock held by somebody else, in milliseconds. Its holder is another Haven that will not
/// let go, so waiting longer only delays the message.
#[cfg(feature = "sqlite")]
pub(crate) const BUSY_WAIT_MS: u64 = 100;

/// The size of a page, in bytes. Measured with 10,000 records of 1.9 KB: against 4 KiB a fifth less time for a bulk commit
/// and an eighth less file at the same time for a small commit; 16 KiB makes small commits a tenth slower.
#[cfg(feature = "sqlite")]
pub(crate) const PAGE_BYTES: u32 = 8192;

/// What the write-ahead log is cut back to after a bulk commit has made it large, in bytes: twice what ordinary
/// checkpoints let it grow to, so that it is not cut and grown again all day.
#[cfg(feature = "sqlite")]
pub(crate) const LOG_BYTES_KEPT: u32 = 16 * 1024 * 1024;

/// The most problems one verification lists. Nobody acts on the hundredth line.
#[cfg(feature = "sqlite")]
pub(crate) const PROBLEMS_MAX: u32 = 100;
