//! What records have named of feeds, and who said so: the measure for what a server withholds.

use std::collections::{BTreeMap, BTreeSet};

use super::pins::PinsFault;
use crate::cursor::Cursor;
use crate::ids::{FeedId, Position, RecordId, Vector};
use crate::limits::FEEDS_EVER_MAX;

/// The newest position of each feed that an accepted record named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named(BTreeMap<FeedId, NamedPosition>);

/// A position and its witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedPosition {
    /// The position.
    pub position: Position,
    /// The feed whose record named it first.
    pub by: FeedId,
}

/// A link of the roster and its witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedLink {
    /// Its place.
    pub seq: u64,
    /// The feed whose record named it first.
    pub by: FeedId,
}

impl Named {
    /// What one witness says of all feeds.
    pub fn by(witness: FeedId, vector: &Vector) -> Self {
        let named = |(feed, position)| (feed, NamedPosition { position, by: witness });
        Self(vector.iter().map(named).collect())
    }

    /// Returns what was named of a feed.
    pub fn get(&self, feed: &FeedId) -> Option<NamedPosition> {
        self.0.get(feed).copied()
    }

    /// Lists the feeds in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (FeedId, NamedPosition)> + '_ {
        self.0.iter().map(|(feed, named)| (*feed, *named))
    }

    /// Moves a feed forward; a position that is not newer changes nothing.
    pub fn advance(&mut self, feed: FeedId, named: NamedPosition) {
        let held = self.0.entry(feed).or_insert(named);
        if named.position.seq > held.position.seq {
            *held = named;
        }
    }

    /// Says who named something else at this place.
    pub(super) fn contradicts(&self, feed: &FeedId, position: Position) -> Option<FeedId> {
        let named = self.get(feed).filter(|named| named.position.seq == position.seq)?;
        (named.position.id != position.id).then_some(named.by)
    }

    /// Forgets what these witnesses named, and says whether there was any.
    pub(super) fn forget(&mut self, witnesses: &BTreeSet<FeedId>) -> bool {
        let before = self.0.len();
        self.0.retain(|_, named| !witnesses.contains(&named.by));
        self.0.len() < before
    }

    /// Encodes: count 2 | (feed 8 | seq 8 | id 32 | by 8)…, feeds in ascending order.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        let count = u16::try_from(self.0.len()).expect("a space never has 65,536 feeds");
        out.extend_from_slice(&count.to_be_bytes());
        for (feed, named) in self.iter() {
            out.extend_from_slice(feed.as_bytes());
            out.extend_from_slice(&named.position.seq.to_be_bytes());
            out.extend_from_slice(named.position.id.as_bytes());
            out.extend_from_slice(named.by.as_bytes());
        }
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, PinsFault> {
        let count = usize::from(cursor.u16("count")?);
        if count > FEEDS_EVER_MAX {
            return Err(PinsFault::Malformed("more feeds than a space may have"));
        }
        let mut named = BTreeMap::new();
        for _ in 0..count {
            let feed = FeedId::from_bytes(cursor.array("feed")?);
            let position =
                Position { seq: cursor.u64("seq")?, id: RecordId::from_bytes(cursor.array("id")?) };
            let by = FeedId::from_bytes(cursor.array("witness")?);
            let ascending = named.last_key_value().is_none_or(|(last, _)| *last < feed);
            if !ascending || position.seq == 0 {
                return Err(PinsFault::Malformed("order"));
            }
            named.insert(feed, NamedPosition { position, by });
        }
        Ok(Self(named))
    }
}
