//! What one message between a client and its device may hold.

use haven_core::limits::IMPORT_LINE_BYTES_MAX;

/// Bytes of one gRPC message, either way: tonic's default, four times the largest thing that is ever sent at once, but for
/// the lines of an export.
pub const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes of one message that holds lines of an export, either way: a batch that is all but full, the longest line there can
/// be, and what frames the lines.
pub const LINES_MESSAGE_BYTES_MAX: usize = IMPORT_BATCH_BYTES + IMPORT_LINE_BYTES_MAX + 1024 * 1024;

/// Lines in one batch of an import: enough that the calls between do not count.
pub const IMPORT_BATCH_LINES: usize = 1_000;

/// Bytes of all lines in one batch of an import. One line of the largest size always fits beside what is there.
pub const IMPORT_BATCH_BYTES: usize = 1024 * 1024;

/// Bytes that a device puts into one message of an export before it begins another.
pub const EXPORT_BATCH_BYTES: usize = 256 * 1024;

/// Ids that an error names when several things were meant; more help nobody to choose.
pub const CANDIDATES_MAX: usize = 10;

/// Lines of an import that are named as not used: more help nobody, and a file of another program has 50,000 of them.
pub const FAILED_LINES_MAX: usize = 100;

/// Different causes that are told of one import.
pub const REASONS_MAX: usize = 20;

/// Lines that are named for one cause.
pub const REASON_LINES_MAX: usize = 3;
