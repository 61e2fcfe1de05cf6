//! Every bound this room keeps, with its reason.

/// The largest stored record. An entry may hold 512 KiB of words that do not compress; padding (at most 12 %) and framing
/// must fit beside them.
pub const RECORD_BYTES_MAX: usize = 768 * 1024;

/// The smallest sealed body: the smallest padding bucket and the AEAD tag. Anything shorter cannot be a body.
pub const BODY_BYTES_MIN: usize = 256 + 16;

/// Feeds that may be valid at once in one space. A person with more devices than this has another problem, and every new
/// epoch wraps its root to each of them.
pub const FEEDS_MAX: usize = 64;

/// Feeds a space may ever have had, removed ones included: bounds version vectors (48 bytes each) and rosters in memory.
pub const FEEDS_EVER_MAX: usize = 1024;

/// Parties valid at once in a shared space: the owner and one other.
pub const PARTIES_MAX: usize = 2;

/// Links in one roster, genesis included. Each is kept for ever and verified again at every unlock (about 0.1 ms each).
pub const LINKS_MAX: u64 = 4096;

/// The last links of a roster, kept for removals and the epochs they bring: a full roster must still be able to put
/// every feed and the other party out.
pub const LINKS_FOR_REMOVAL: u64 = 128;

/// One link's bytes: 66 wraps of 89 bytes, keys, names and signatures take less than 8 KiB.
pub const LINK_BYTES_MAX: usize = 16 * 1024;

/// A sealed name in a roster: 128 bytes of padded name and its framing.
pub const NAME_SEALED_MAX: usize = 256;

/// A sealed previous epoch root: 32 bytes and their framing.
pub const ROOT_SEALED_MAX: usize = 256;

/// Bytes of records in one push: small enough to be refused before it is read whole, large enough to make group commits
/// worth while.
pub const PUSH_BATCH_BYTES: usize = 1024 * 1024;

/// Records in one push: bounds what one request can make a server verify (about 55 µs each).
pub const PUSH_BATCH_RECORDS: usize = 2048;
