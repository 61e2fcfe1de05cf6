//! What anybody may verify: record headers, signed hash-chained feeds, rosters, version vectors and both sides of the
//! exchange between a device and a server. This room verifies; it opens nothing, because it holds no key that could.
//!
//! Everything here is pure: no clock, no randomness, no I/O, no hash-ordered map. The formats are drawn in
//! `docs/PROTOCOL.md`; the vectors that freeze them are in `tests/vectors`.

pub mod limits;
pub mod version;

pub mod digest;
pub mod ids;
pub mod keys;

mod cursor;
pub mod record;
pub mod roster;

pub mod accepted;
pub mod chain;

pub mod alarm;
pub mod exchange;

pub mod auth;
mod crockford;
pub mod invite;

pub use ids::{
    EpochId, FeedId, LinkHash, MemberId, Nonce, PaperId, PartyId, Position, RecordId, RosterHead, SpaceId,
    StoreId, Vector,
};
