//! Where the bytes lie: one writer, several readers, everything else above them.
//!
//! Two implementations, one conformance suite. A store knows spaces, feeds, positions and bytes. It checks no signature:
//! what reaches it was admitted before.

#[cfg(test)]
mod conformance;
#[cfg(test)]
pub(crate) mod memory;
pub(crate) mod sqlite;

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::Digest;
use haven_feed::exchange::Run;
use haven_feed::{FeedId, SpaceId, StoreId};
use thiserror::Error;

/// Why a store did not do it.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreFault {
    /// The disk is full, or the quota of the file system is met. Nothing was kept.
    #[error("the disk is full")]
    Full,
    /// Another process has been writing for too long. Nothing was kept; trying again may help.
    #[error("another process is writing to the store")]
    Busy,
    /// Reading or writing failed. What was written last may or may not be there: the store must be opened anew.
    #[error("reading or writing the store failed (code {0})")]
    Failed(i32),
    /// The store contradicts itself.
    #[error("the store is damaged: {0}")]
    Damaged(&'static str),
    /// The store was written by a newer release.
    #[error("the store has format {found}, this release knows formats up to {known}")]
    Newer {
        /// The format found.
        found: i64,
        /// The newest format this release knows.
        known: i64,
    },
    /// The invite was used between the look and the commit.
    #[error("the invite is used up")]
    InviteSpent,
}

/// What became of an invite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InviteState {
    /// Good for one space.
    Open,
    /// Used for this space.
    UsedFor(SpaceId),
}

/// One feed as a store holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FeedRow {
    /// Whose.
    pub(crate) feed: FeedId,
    /// Its last record.
    pub(crate) tip: Tip,
    /// Bytes of all its records.
    pub(crate) bytes: u64,
}

/// One space as a store holds it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpaceRow {
    /// Every link, genesis first.
    pub(crate) links: Vec<Bytes>,
    /// Every feed that has records, in the order of ids.
    pub(crate) feeds: Vec<FeedRow>,
}

/// One record as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    /// Whose.
    pub(crate) feed: FeedId,
    /// Its place.
    pub(crate) seq: u64,
    /// The record itself.
    pub(crate) bytes: Bytes,
}

/// One change. A commit takes several and does all of them or none.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// A new invite.
    Invite {
        /// What is kept of its secret.
        ticket: Digest,
    },
    /// A new space, for an open invite.
    Space {
        /// Its id.
        space: SpaceId,
        /// The invite that is spent.
        ticket: Digest,
    },
    /// One link more.
    Link {
        /// Of which space.
        space: SpaceId,
        /// Its place, one after the last.
        seq: u64,
        /// The link itself.
        bytes: Bytes,
    },
    /// Records of one feed, following what is held without a gap.
    Records {
        /// Of which space.
        space: SpaceId,
        /// Of which feed.
        feed: FeedId,
        /// The place of the first of them.
        first: u64,
        /// The last of them.
        tip: Tip,
        /// The records themselves.
        records: Vec<Bytes>,
    },
}

/// Numbers about a store, for its operator. No ids.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Spaces.
    pub spaces: u64,
    /// Feeds with records.
    pub feeds: u64,
    /// Records.
    pub records: u64,
    /// Bytes of records.
    pub record_bytes: u64,
    /// Roster links.
    pub links: u64,
    /// Invites nobody used yet.
    pub invites_open: u64,
}

/// Reads. Each call sees everything that was committed before it.
pub(crate) trait Reader: Send {
    /// Lists the spaces, in the order of ids.
    fn spaces(&mut self) -> Result<Vec<SpaceId>, StoreFault>;

    /// Reads a space, without its records. `None` if there is no such space.
    fn space(&mut self, space: &SpaceId) -> Result<Option<SpaceRow>, StoreFault>;

    /// Reads links from a place on, at most `bytes_max` of them but at least one if there is one.
    fn links(&mut self, space: &SpaceId, from: u64, bytes_max: usize) -> Result<Vec<Bytes>, StoreFault>;

    /// Reads records of the runs in the order in which they arrived, at most `bytes_max` but at least one, and moves the
    /// runs past them. Nothing comes once every run begins behind its end.
    fn records(
        &mut self,
        space: &SpaceId,
        runs: &mut [Run],
        bytes_max: usize,
    ) -> Result<Vec<Stored>, StoreFault>;

    /// Reads the records of a run without their bodies, however large these are.
    fn husks(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Stored>, StoreFault>;

    /// Looks an invite up. `None` if it is not one of ours.
    fn invite(&mut self, ticket: &Digest) -> Result<Option<InviteState>, StoreFault>;

    /// Counts.
    fn totals(&mut self) -> Result<Totals, StoreFault>;
}

/// Reads and writes. There is one writer.
pub(crate) trait Store: Reader {
    /// Which store this is; another one after the data was lost.
    fn store_id(&self) -> StoreId;

    /// Does all changes in one transaction; durable when it returns. After [`StoreFault::Full`],
    /// [`StoreFault::Busy`] and [`StoreFault::InviteSpent`] nothing has changed and the store is usable.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault>;

    /// Opens one more reader.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreFault>;

    /// Puts everything into its final place; nothing is written afterwards.
    fn finish(&mut self) -> Result<(), StoreFault>;
}
