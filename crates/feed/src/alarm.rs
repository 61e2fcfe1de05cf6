//! Alarms: what a device has found to be wrong, as feeds, numbers and faults, never as words.

use thiserror::Error;

use crate::chain::ChainFault;
use crate::ids::{FeedId, StoreId};
use crate::record::RecordFault;
use crate::roster::LinkFault;

/// Something a person has to see. None of them ever deletes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Alarm {
    /// The server's store is not the one before: it was wiped, replaced, or is another server. Nothing is pushed to it
    /// until the person consents.
    #[error("the server's store is a new one")]
    NewStore {
        /// The store before.
        before: StoreId,
        /// The store now.
        now: StoreId,
    },
    /// The server says it has never heard of a space it held.
    #[error("the server lost the space")]
    SpaceLost,
    /// The server has less of a feed than it had.
    #[error("the server went back from record {seen} to {offered} of {feed}")]
    Rollback {
        /// The feed.
        feed: FeedId,
        /// The newest record it was seen to have.
        seen: u64,
        /// The newest it has now, 0 for none.
        offered: u64,
    },
    /// The server has less of the roster than it had.
    #[error("the server went back from link {seen} to {offered} of the roster")]
    OldRoster {
        /// The newest link it was seen to have.
        seen: u64,
        /// The newest it has now.
        offered: u64,
    },
    /// Somebody has another link at this place of the roster.
    #[error("there are two rosters from link {seq} on")]
    RosterForked {
        /// The place.
        seq: u64,
    },
    /// Links that somebody knows of did not come.
    #[error("link {named} of the roster is known, only {held} came")]
    RosterWithheld {
        /// The newest link that was named.
        named: u64,
        /// The newest link that came.
        held: u64,
        /// The feed whose record named it; none when the server itself did.
        by: Option<FeedId>,
    },
    /// A link does not hold.
    #[error("link {seq} of the roster was refused: {fault}")]
    LinkRefused {
        /// Its place.
        seq: u64,
        /// Why.
        fault: LinkFault,
    },
    /// A feed has two records with one number, both signed by it: a clone, a restored backup, or two histories shown to
    /// two devices. Only a second signed record says so.
    #[error("{feed} has two histories from record {seq} on")]
    Fork {
        /// The feed.
        feed: FeedId,
        /// The first number known to be taken twice.
        seq: u64,
    },
    /// Somebody names another record at a place than the one that is here: the server, a device, or whoever removed the feed.
    /// It is a claim; nothing is slowed down or left out for it.
    #[error("record {seq} of {feed} is named otherwise than it is here")]
    Contradicted {
        /// The feed.
        feed: FeedId,
        /// The number.
        seq: u64,
        /// A feed whose record says so; none when the server does, or the removal.
        by: Option<FeedId>,
    },
    /// The server has records of this device's own feed that this device has not: a clone, or this is a restored backup.
    #[error("the server has record {offered} of this device, which wrote only {held}")]
    Cloned {
        /// The newest record here.
        held: u64,
        /// The newest there.
        offered: u64,
    },
    /// A record in the middle did not come.
    #[error("record {found} of {feed} came before {expected}")]
    Gap {
        /// The feed.
        feed: FeedId,
        /// The number that comes next.
        expected: u64,
        /// The number that came.
        found: u64,
    },
    /// Records that somebody has did not come.
    #[error("record {named} of {feed} is known, only {held} came")]
    Withheld {
        /// The feed.
        feed: FeedId,
        /// The newest record that was named.
        named: u64,
        /// The newest record that came.
        held: u64,
        /// The feed whose record named it; none when the server itself did.
        by: Option<FeedId>,
    },
    /// A record is not what its feed wrote, or its feed was not allowed to write it.
    #[error("record {seq} of {feed} was refused: {fault}")]
    RecordRefused {
        /// The feed it claims.
        feed: FeedId,
        /// The number it claims.
        seq: u64,
        /// Why.
        fault: ChainFault,
    },
    /// Something came that is no record, or one of a newer version.
    #[error("a record could not be read: {0}")]
    Unreadable(RecordFault),
}
