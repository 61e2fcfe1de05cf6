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
use haven_feed::{FeedId, MemberId, PaperId, SpaceId, StoreId};
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
    /// The space was made between the look and the commit, by another invite.
    #[error("the space exists")]
    SpaceTaken,
    /// A row is there already that was to be new. Nothing was kept.
    #[error("a row is there already")]
    Conflict,
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

/// One space as a store holds it, without its links.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SpaceRow {
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

/// The beginning of a record as it lies there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    /// Whose.
    pub(crate) feed: FeedId,
    /// Its place.
    pub(crate) seq: u64,
    /// Everything before the body.
    pub(crate) bytes: Bytes,
    /// Whether there is no body.
    pub(crate) is_husk: bool,
}

/// A mailbox that outlives a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MailboxRow {
    /// Its id.
    pub(crate) mailbox: [u8; 16],
    /// Whose it is.
    pub(crate) space: SpaceId,
    /// By which feed.
    pub(crate) feed: MemberId,
    /// When it is over, in milliseconds since 1970.
    pub(crate) expires_ms: i64,
    /// What is in it, by place.
    pub(crate) messages: Vec<(u32, Bytes)>,
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
    /// A paper that a space has or had, so that the space is found by it.
    Paper {
        /// The paper.
        paper: PaperId,
        /// The space.
        space: SpaceId,
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
    /// Records of one feed with their bodies, in the place of their husks.
    Bodies {
        /// Of which space.
        space: SpaceId,
        /// Of which feed.
        feed: FeedId,
        /// The records themselves, by place.
        records: Vec<(u64, Bytes)>,
    },
    /// A new mailbox, empty.
    OpenMailbox(MailboxRow),
    /// A message in a mailbox.
    Post {
        /// Which mailbox.
        mailbox: [u8; 16],
        /// Its place.
        index: u32,
        /// The message itself.
        message: Bytes,
    },
    /// A mailbox is over, with all that is in it.
    CloseMailbox {
        /// Which.
        mailbox: [u8; 16],
    },
    /// Every mailbox whose time was over at this moment is over, in milliseconds since 1970.
    ExpireMailboxes {
        /// The moment.
        now_ms: i64,
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

    /// Reads a space, without its links and records. `None` if there is no such space.
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
    fn beginnings(&mut self, space: &SpaceId, run: Run) -> Result<Vec<Beginning>, StoreFault>;

    /// Lists the records of a space that have no body, at most `count`: feed by feed, those of each in the order of arrival. Each feed has
    /// a share of what the ones before it left, so that none hides another's.
    fn husks(&mut self, space: &SpaceId, count: usize) -> Result<Vec<(FeedId, u64)>, StoreFault>;

    /// Reads those of some records of a feed that have a body, in the order asked for, at most `bytes_max` but at least one.
    fn bodies(
        &mut self,
        space: &SpaceId,
        feed: &FeedId,
        seqs: &[u64],
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault>;

    /// Lists the spaces that have or had a paper, at most `count`.
    fn spaces_of(&mut self, paper: &PaperId, count: usize) -> Result<Vec<SpaceId>, StoreFault>;

    /// Reads every mailbox, those that end first in front.
    fn mailboxes(&mut self) -> Result<Vec<MailboxRow>, StoreFault>;

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
    /// [`StoreFault::Busy`], [`StoreFault::InviteSpent`], [`StoreFault::SpaceTaken`] and [`StoreFault::Conflict`] nothing has changed and the store is usable.
    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreFault>;

    /// Opens one more reader.
    fn reader(&self) -> Result<Box<dyn Reader>, StoreFault>;

    /// Puts everything into its final place; nothing is written afterwards.
    fn finish(&mut self) -> Result<(), StoreFault>;
}
