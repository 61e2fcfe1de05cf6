//! The seams to the shell: what a step may read, what it asks to be written, what it sends and says.
//!
//! Reads go down by reference, writes come up as values. Everything a [`Commit`] carries is already sealed, except
//! public material (records and links, which are ciphertext or signatures by construction).

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use haven_feed::ids::{FeedId, SpaceId};
use thiserror::Error;

use crate::command::{Fault, Reply, Ticket};
use crate::sync::Outgoing;
use crate::view::View;

/// A named set of key/value rows; what a store keeps besides records and links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Table {
    /// Singletons by name: the wrapped local key, the device's feed secrets, pins.
    Meta,
    /// The projection: one row a document, key = document id. A cache that can be rebuilt from records.
    Rows,
    /// Saved automerge documents, key = document id. A cache.
    Saves,
    /// Autosaved drafts of open editors, key = draft id. Not a cache: the only copy until folded into a record.
    Drafts,
    /// Records that were refused after verification, key = feed | seq. The record itself stays in the log.
    Quarantine,
    /// Which feed an actor is of, so that histories can say who wrote, key = actor.
    Actors,
    /// Alarms the person has not resolved, key = alarm id.
    Alarms,
    /// Words that were sealed while the vault was locked, key = the drop's id. Not a cache: the only copy until they are an
    /// entry or a draft. Sealed to the drop key, where other tables are sealed by the local key.
    Drops,
    /// Records whose bodies are gone for good, because a purge or a withdrawal says so; key = feed | seq.
    Gone,
}

impl Table {
    /// Every table, in the order of their numbers.
    pub const ALL: [Self; 9] = [
        Self::Meta,
        Self::Rows,
        Self::Saves,
        Self::Drafts,
        Self::Quarantine,
        Self::Actors,
        Self::Alarms,
        Self::Drops,
        Self::Gone,
    ];

    /// The number a store writes for this table. Never reused.
    pub const fn number(self) -> u8 {
        match self {
            Self::Meta => 1,
            Self::Rows => 2,
            Self::Saves => 3,
            Self::Drafts => 4,
            Self::Quarantine => 5,
            Self::Actors => 6,
            Self::Alarms => 7,
            Self::Drops => 8,
            Self::Gone => 9,
        }
    }
}

/// One write of a commit.
pub enum Write {
    /// Puts `value` under `key`, replacing what stood there.
    Put {
        /// Where.
        table: Table,
        /// Under which key, at most 64 bytes.
        key: Vec<u8>,
        /// The sealed value.
        value: Vec<u8>,
    },
    /// Removes the row under `key`; removing an absent row is fine.
    Remove {
        /// Where.
        table: Table,
        /// Which key.
        key: Vec<u8>,
    },
    /// Appends a verified roster link.
    Link {
        /// The space whose roster it is.
        space: SpaceId,
        /// Its place in the chain, genesis 0.
        seq: u64,
        /// The link as received or made.
        bytes: Vec<u8>,
    },
    /// Appends a verified record to a feed.
    Record {
        /// The space.
        space: SpaceId,
        /// The feed.
        feed: FeedId,
        /// Its place in the feed, from 1.
        seq: u64,
        /// The stored form, byte for byte.
        bytes: Bytes,
    },
    /// Puts a record in the place of the one that stands there: a body in the place of its husk, or an own record that never
    /// left this device and was sealed again. Nothing else is ever replaced.
    Replace {
        /// The space.
        space: SpaceId,
        /// The feed.
        feed: FeedId,
        /// Its place in the feed.
        seq: u64,
        /// The stored form, byte for byte.
        bytes: Bytes,
    },
}

/// All writes of one step, applied in one transaction or not at all.
#[derive(Default)]
pub struct Commit {
    /// In order; a later write to the same key wins.
    pub writes: Vec<Write>,
}

impl Commit {
    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }

    /// Adds a put.
    pub fn put(&mut self, table: Table, key: impl Into<Vec<u8>>, value: Vec<u8>) {
        self.writes.push(Write::Put { table, key: key.into(), value });
    }

    /// Adds a removal.
    pub fn remove(&mut self, table: Table, key: impl Into<Vec<u8>>) {
        self.writes.push(Write::Remove { table, key: key.into() });
    }
}

/// Why a store could not read or write. Named by what a person can do about it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StoreFault {
    /// The disk or quota is full; nothing of the commit was kept.
    #[error("the disk is full")]
    Full,
    /// The folder or file cannot be written.
    #[error("the journal's folder can't be written to")]
    ReadOnly,
    /// Written by a newer Haven; left untouched.
    #[error("the journal was written by a newer version of Haven (format {found}, this one knows {known})")]
    Newer {
        /// The format found.
        found: u32,
        /// The newest this binary knows.
        known: u32,
    },
    /// Not a journal, or damaged beyond what the database can read.
    #[error("the journal's file is damaged ({detail})")]
    Damaged {
        /// What the database said; holds no words of the person.
        detail: String,
    },
    /// Another process has it open.
    #[error("another program has the journal open")]
    InUse,
    /// The system failed to read or write.
    #[error("reading or writing the journal failed ({detail})")]
    Unavailable {
        /// What the system said.
        detail: String,
    },
}

impl StoreFault {
    /// Whether only writing fails: what is durable can be read as ever.
    pub fn leaves_reading(&self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly)
    }
}

/// Sees one row, key and value, and says whether to go on.
pub type Visit<'a> = dyn FnMut(&[u8], &[u8]) -> ControlFlow<()> + 'a;

/// What is durable, read by reference.
pub trait Reader {
    /// The value under `key`, if any.
    ///
    /// # Errors
    /// The store could not be read.
    fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Visits every row of a table in ascending key order until `visit` breaks.
    ///
    /// # Errors
    /// The store could not be read.
    fn scan(&self, table: Table, visit: &mut Visit<'_>) -> Result<(), StoreFault>;

    /// All links of a space's roster from genesis on, in order.
    ///
    /// # Errors
    /// The store could not be read.
    fn links(&self, space: SpaceId) -> Result<Vec<Vec<u8>>, StoreFault>;

    /// Records of one feed from `from_seq` on, ascending and contiguous, at least one if there is one, stopping before
    /// `bytes_max` would be exceeded.
    ///
    /// # Errors
    /// The store could not be read.
    fn records(
        &self,
        space: SpaceId,
        feed: FeedId,
        from_seq: u64,
        bytes_max: usize,
    ) -> Result<Vec<Bytes>, StoreFault>;

    /// One record.
    ///
    /// # Errors
    /// The store could not be read.
    fn record(&self, space: SpaceId, feed: FeedId, seq: u64) -> Result<Option<Bytes>, StoreFault>;

    /// The highest seq held of every feed of a space, in feed order.
    ///
    /// # Errors
    /// The store could not be read.
    fn heads(&self, space: SpaceId) -> Result<Vec<(FeedId, u64)>, StoreFault>;
}

/// A store that can also write.
pub trait Store: Reader {
    /// Applies a commit in one transaction and returns when it is durable.
    ///
    /// # Errors
    /// Nothing of the commit was kept.
    fn apply(&mut self, commit: Commit) -> Result<(), StoreFault>;

    /// Whether the store holds less than it once held: an older copy was put in its place. Told until it is accepted. A store
    /// that cannot know says no.
    fn regression(&self) -> Option<Regression> {
        None
    }

    /// Forgets a regression, once the person has been told durably.
    fn accept_regression(&mut self) {}

    /// Checks the whole store and lists what is wrong with it, without a word of the person.
    ///
    /// # Errors
    /// It is too damaged to be checked, or could not be read.
    fn verify(&self) -> Result<Vec<String>, StoreFault> {
        Ok(Vec::new())
    }
}

/// A store holds fewer records than it once did: its file was replaced by an older copy, or its write-ahead log was taken
/// away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Regression {
    /// How many records it holds.
    pub held: u64,
    /// How many it has held.
    pub seen: u64,
}

/// Random bytes from outside; the engine has no generator of its own.
pub trait Entropy {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&mut self, bytes: &mut [u8]);
}

/// Draws a fixed number of random bytes.
pub fn draw<const N: usize>(entropy: &mut dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}

/// What time it is, told from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Wall clock, milliseconds since the Unix epoch. Shown to people, never used for order.
    pub wall_ms: i64,
    /// A clock that never goes back, milliseconds since anything. Used for timers.
    pub mono_ms: u64,
}

/// What a step may look at and draw from.
pub struct Context<'a> {
    /// The time.
    pub now: Now,
    /// Random bytes.
    pub entropy: &'a mut dyn Entropy,
    /// What is durable.
    pub reader: &'a dyn Reader,
}

/// What a step wants to happen, released by the shell in this order.
#[derive(Default)]
pub struct Step {
    /// First: one transaction.
    pub commit: Commit,
    /// Then: messages to the server.
    pub send: Vec<Outgoing>,
    /// Then: answers to clients.
    pub reply: Vec<(Ticket, Result<Reply, Fault>)>,
    /// Then: the new snapshot, if anything in it changed.
    pub view: Option<Arc<View>>,
    /// Whether there is more to do at once: after the commit, call again with `Input::Wake`.
    pub again: bool,
    /// When to call again with `Input::Wake` if nothing else happens, on the monotonic clock in milliseconds.
    pub wake: Option<u64>,
}
