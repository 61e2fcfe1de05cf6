//! Version vectors: exactly what somebody has of a space.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{FeedId, Position, RecordId};
use crate::cursor::{Cursor, Misread};
use crate::limits::FEEDS_EVER_MAX;

/// Bytes that are no version vector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VectorFault {
    /// The bytes end too early or too late, a seq is zero, or the feeds are not in strictly ascending order.
    #[error("malformed vector: {0}")]
    Malformed(&'static str),
    /// More feeds than a space may ever have.
    #[error("a vector of {0} feeds")]
    TooManyFeeds(usize),
}

impl From<Misread> for VectorFault {
    fn from(fault: Misread) -> Self {
        Self::Malformed(fault.0)
    }
}

/// The newest position of each feed. A feed that is absent has no records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vector(BTreeMap<FeedId, Position>);

impl Vector {
    /// Returns the newest position of a feed.
    pub fn get(&self, feed: &FeedId) -> Option<Position> {
        self.0.get(feed).copied()
    }

    /// Returns the newest seq of a feed, 0 when there is none.
    pub fn seq(&self, feed: &FeedId) -> u64 {
        self.0.get(feed).map_or(0, |position| position.seq)
    }

    /// Moves a feed forward; a position that is not newer changes nothing.
    pub fn advance(&mut self, feed: FeedId, position: Position) {
        let held = self.0.entry(feed).or_insert(position);
        if position.seq > held.seq {
            *held = position;
        }
    }

    /// Sets a feed, also back: what is said of it now counts, not what was.
    pub fn set(&mut self, feed: FeedId, position: Option<Position>) {
        match position {
            Some(position) => drop(self.0.insert(feed, position)),
            None => drop(self.0.remove(&feed)),
        }
    }

    /// Moves every feed of `other` forward here.
    pub fn advance_all(&mut self, other: &Self) {
        for (feed, position) in other.iter() {
            self.advance(feed, position);
        }
    }

    /// Lists the feeds in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (FeedId, Position)> + '_ {
        self.0.iter().map(|(feed, position)| (*feed, *position))
    }

    /// Returns the number of feeds.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Says whether no feed has a record.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Lists what this vector has and `other` lacks: the feed, the first seq lacking, and the newest position here.
    pub fn missing_from<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (FeedId, u64, Position)> + 'a {
        let lacking = |(feed, newest): (FeedId, Position)| {
            let held = other.seq(&feed);
            (newest.seq > held).then(|| (feed, held + 1, newest))
        };
        self.iter().filter_map(lacking)
    }

    /// Encodes: count 2 | (feed 8 | seq 8 | id 32)…, feeds in ascending order.
    ///
    /// A roster admits no more feeds than a count can hold.
    pub fn encode(&self) -> Vec<u8> {
        let count = u16::try_from(self.0.len()).expect("a space never has 65,536 feeds");
        let mut out = Vec::with_capacity(2 + 48 * self.0.len());
        out.extend_from_slice(&count.to_be_bytes());
        for (feed, position) in self.iter() {
            out.extend_from_slice(feed.as_bytes());
            out.extend_from_slice(&position.seq.to_be_bytes());
            out.extend_from_slice(position.id.as_bytes());
        }
        out
    }

    /// Decodes exactly what [`Vector::encode`] makes and nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, VectorFault> {
        let mut cursor = Cursor::new(bytes);
        let vector = Self::read(&mut cursor)?;
        cursor.end("trailing bytes")?;
        Ok(vector)
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Self, VectorFault> {
        let count = usize::from(cursor.u16("count")?);
        if count > FEEDS_EVER_MAX {
            return Err(VectorFault::TooManyFeeds(count));
        }
        let mut feeds = BTreeMap::new();
        for _ in 0..count {
            let feed = FeedId::from_bytes(cursor.array("feed")?);
            let position =
                Position { seq: cursor.u64("seq")?, id: RecordId::from_bytes(cursor.array("id")?) };
            let ascending = feeds.last_key_value().is_none_or(|(last, _)| *last < feed);
            if !ascending || position.seq == 0 {
                return Err(VectorFault::Malformed("order"));
            }
            feeds.insert(feed, position);
        }
        Ok(Self(feeds))
    }
}

impl FromIterator<(FeedId, Position)> for Vector {
    fn from_iter<I: IntoIterator<Item = (FeedId, Position)>>(positions: I) -> Self {
        let mut vector = Self::default();
        for (feed, position) in positions {
            vector.advance(feed, position);
        }
        vector
    }
}
