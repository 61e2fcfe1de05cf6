//! Every bound this room keeps, with its reason.

/// The largest stored record. An entry may hold 512 KiB of words that do not compress; padding (at most 12 %) and framing
/// must fit beside them.
pub const RECORD_BYTES_MAX: usize = 768 * 1024;

/// The smallest sealed body: the smallest padding bucket and the AEAD tag. Anything shorter cannot be a body.
pub const BODY_BYTES_MIN: usize = 256 + 16;

/// Feeds that may be valid at once in a vault. A person with more devices than this has another problem, and every new epoch
/// wraps its root to each of them.
pub const FEEDS_MAX: usize = 64;

/// Feeds that may be valid at once of one party in a shared space: two such parties fill a link as one vault does.
pub const PARTY_FEEDS_MAX: usize = 32;

/// Feeds a vault may ever have had, removed ones included: bounds version vectors (48 bytes each) and rosters in memory.
pub const FEEDS_EVER_MAX: usize = 1024;

/// Feeds one party of a shared space may ever have had, so that no party uses up the other's.
pub const PARTY_FEEDS_EVER_MAX: usize = 256;

/// The last places at once, in a vault as of a party, that only the standing keys may fill: whoever has the kit adds a device of
/// their own before they remove the others, and one is enough for that.
pub const FEEDS_FOR_STANDING: usize = 1;

/// The last of the feeds that a vault may ever have, which only its paper may add: a device for each time that somebody begins anew
/// with nothing but the kit, far more often than anybody does.
pub const FEEDS_EVER_FOR_STANDING: usize = 64;

/// The same of one party in a shared space, as large a part of its feeds.
pub const PARTY_FEEDS_EVER_FOR_STANDING: usize = 16;

/// Parties valid at once in a shared space: the owner and one other.
pub const PARTIES_MAX: usize = 2;

/// Parties a shared space may ever have had, so that all their feeds fit a version vector. Replacing a party's keys makes no
/// new one.
pub const PARTIES_EVER_MAX: usize = FEEDS_EVER_MAX / PARTY_FEEDS_EVER_MAX;

/// The bytes of one roster. Each link is kept for ever and verified again at every unlock (about 0.2 ms each, 6,000 at most).
pub const ROSTER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// The bytes of links that one party of a shared space may have made.
pub const PARTY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The last bytes of either, kept for what the standing keys make, which are the vault's paper or the party's own keys: whoever fills
/// a roster from a stolen device must still be put out of it with the kit. Room for ten of the largest links.
pub const ROSTER_BYTES_FOR_STANDING: usize = 1024 * 1024;

/// The bytes before those, kept for removals by anybody: whoever fills a roster must still be put out of it by a device.
pub const ROSTER_BYTES_FOR_REMOVAL: usize = 1024 * 1024;

const _: () = assert!(PARTIES_EVER_MAX * PARTY_BYTES_MAX <= ROSTER_BYTES_MAX, "what all parties make fits");

/// One link's bytes: 66 wraps of 1,179 bytes, 64 heads of 48, keys, names and signatures take less than 84 KiB.
pub const LINK_BYTES_MAX: usize = 96 * 1024;

/// A sealed name in a roster: 128 bytes of padded name and its framing.
pub const NAME_SEALED_MAX: usize = 256;

/// A sealed previous epoch root: 32 bytes and their framing.
pub const ROOT_SEALED_MAX: usize = 256;

/// Bytes of records in one push: small enough to be refused before it is read whole, large enough to make group commits
/// worth while.
pub const PUSH_BATCH_BYTES: usize = 1024 * 1024;

/// Records in one push: bounds what one request can make a server verify (about 55 µs each).
pub const PUSH_BATCH_RECORDS: usize = 2048;

/// Husks that a server tells of at once: what a device can send bodies for in a few pushes, in 24 KiB. Once it has, it is told
/// of the next.
pub const HUSKS_TOLD_MAX: usize = 1024;

/// Records one request may ask the bodies of: more than fill an answer of [`PUSH_BATCH_BYTES`] unless they are the smallest.
pub const BODIES_ASKED_MAX: usize = 256;

/// Spaces that one paper is told of: a person has one vault, and another after each new beginning with an old kit.
pub const PAPER_SPACES_MAX: usize = 16;
