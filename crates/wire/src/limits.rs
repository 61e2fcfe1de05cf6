//! What one message may hold, for both ends; feed's limits say what one record and one push may.

use haven_feed::limits::{FEEDS_EVER_MAX, PUSH_BATCH_BYTES};
use haven_feed::record::PREFIX_LEN;

/// Bytes of one gRPC message, either way: a full push and the framing of its records (at most 10 bytes each), with room.
pub const MESSAGE_BYTES_MAX: usize = PUSH_BATCH_BYTES + 128 * 1024;

/// Records or links in one message: none is shorter than a record without its body. Each takes 32 bytes beside its own where it is
/// read, so that a message of nothing but empty ones would take sixteen times its size.
pub const MESSAGE_PARTS_MAX: usize = MESSAGE_BYTES_MAX / PREFIX_LEN;

/// Bytes of a message that holds a vector and nothing else: 57 a feed, with room.
pub const VECTOR_BYTES_MAX: usize = 64 * FEEDS_EVER_MAX;

/// Spaces in one pull: the vault, and one for each person it is shared with; more is another program.
pub const PULL_SPACES_MAX: usize = 64;

/// Messages of one mailbox: linking a device takes four, and the new device may say farewell.
pub const MAILBOX_MESSAGES_MAX: u32 = 5;

/// Where the opener's farewell stands: behind all others, and only whoever opened the mailbox can leave one.
pub const MAILBOX_FAREWELL_INDEX: u32 = MAILBOX_MESSAGES_MAX + 1;

/// Bytes of one message in a mailbox: the largest of linking is a version vector of the most feeds a roster admits at once.
pub const MAILBOX_MESSAGE_BYTES_MAX: usize = 4096;

/// How long a mailbox for linking is open, in milliseconds: as long as a person stands before both devices. That's two minutes for
/// the code, and two and a half in which words four to six are compared and the new device may say that they weren't the same.
pub const MAILBOX_LINK_MS: u64 = 270 * 1000;

/// How long a mailbox for a contact is open, in milliseconds: until the letter has come and been answered.
pub const MAILBOX_CONTACT_MS: u64 = 7 * 24 * 60 * 60 * 1000;

/// The silence after which a pull stream gets a ping, in milliseconds: below the 30 s after which some networks forget.
pub const PING_AFTER_MS: u64 = 25 * 1000;

/// The silence after which a device takes a pull stream for dead, in milliseconds: two pings lost.
pub const SILENT_AFTER_MS: u64 = 60 * 1000;
