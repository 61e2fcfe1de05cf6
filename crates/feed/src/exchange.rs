//! The exchange between a device and a server: both sides as pure state, for one space each.
//!
//! Messages come in as values, what is to be done goes out as values; what either side holds is passed in by reference.

pub mod device;
mod intake;
mod pins;
pub mod server;

use crate::ids::{FeedId, RecordId};

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

/// What is held of the past, for telling a repeated record from a second history.
pub trait History {
    /// Returns the id of a held record; none when nothing is held at that place, or not any more.
    fn id_at(&self, feed: &FeedId, seq: u64) -> Option<RecordId>;
}

impl<F: Fn(&FeedId, u64) -> Option<RecordId>> History for F {
    fn id_at(&self, feed: &FeedId, seq: u64) -> Option<RecordId> {
        self(feed, seq)
    }
}
