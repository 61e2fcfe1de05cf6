//! The exchange between a device and a server: both sides as pure state, for one space each.
//!
//! Messages come in as values, what is to be done goes out as values; what either side holds is passed in by reference.

pub mod device;
mod intake;
mod named;
mod pins;
pub mod server;

use crate::ids::{FeedId, RecordId};
use crate::record::Record;

pub use named::{Named, NamedLink, NamedPosition};
pub use pins::{Pins, PinsFault};

/// A range of records of one feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The feed.
    pub feed: FeedId,
    /// The first record.
    pub from_seq: u64,
    /// The last record.
    pub to_seq: u64,
}

/// A record that is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldRecord {
    /// Its id.
    pub id: RecordId,
    /// Whether its body is absent.
    pub is_husk: bool,
}

/// What is held of the past, for telling a repeated record from a second history and a body from a repeated record.
pub trait History {
    /// Returns a held record; none when nothing is held at that place, or not any more.
    fn at(&self, feed: &FeedId, seq: u64) -> Option<HeldRecord>;
}

impl<F: Fn(&FeedId, u64) -> Option<HeldRecord>> History for F {
    fn at(&self, feed: &FeedId, seq: u64) -> Option<HeldRecord> {
        self(feed, seq)
    }
}

impl HeldRecord {
    /// What is held when this record is.
    pub fn of(record: &Record) -> Self {
        Self { id: record.id(), is_husk: record.is_husk() }
    }
}
