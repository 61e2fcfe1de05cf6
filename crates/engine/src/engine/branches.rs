//! Second histories: kept beside the first, as they came, as far as a feed's room goes. Nobody waits for what only they have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bytes::Bytes;
use haven_feed::exchange::device::{Reason, Refused};
use haven_feed::ids::{FeedId, Position};
use haven_feed::record::{PREFIX_LEN, Record, VerifiedRecord};

use super::receive::place;
use super::waiting::Aside;
use super::{Engine, Work};
use crate::io::{Reader, StoreFault, Table};
use crate::limits;

/// What names a record of a second history is longer than a place: two may have one place. What says that a feed's room was too small
/// is named by the feed alone.
const BRANCH_KEY_MIN: usize = 16;

/// How many bytes of second histories are kept, by feed.
pub(super) struct Branches(BTreeMap<FeedId, usize>);

impl Branches {
    fn read(reader: &dyn Reader) -> Self {
        let mut kept = BTreeMap::new();
        // Without an answer everything may be kept; the limit counts again from here.
        let _ = reader.scan(Table::Quarantine, &mut |key, value| {
            let feed = key.get(..FeedId::LEN).and_then(|feed| FeedId::try_from(feed).ok());
            if let Some(feed) = feed.filter(|_| key.len() > BRANCH_KEY_MIN) {
                *kept.entry(feed).or_default() += value.len();
            }
            ControlFlow::Continue(())
        });
        Self(kept)
    }

    /// Takes room for a record: of the feed's own, and of what is for all when that is used up.
    fn take(&mut self, feed: FeedId, size: usize) -> bool {
        let over = |kept: usize| kept.saturating_sub(limits::BRANCH_BYTES_EACH);
        let others = self.0.iter().filter(|(of, _)| **of != feed);
        let others: usize = others.map(|(_, kept)| over(*kept)).sum();
        let kept = self.0.get(&feed).copied().unwrap_or_default() + size;
        let fits = over(kept) == 0 || others + over(kept) <= limits::BRANCH_BYTES_MAX;
        if fits {
            self.0.insert(feed, kept);
        }
        fits
    }

    /// Gives room back: a record turned out to be of the first history.
    fn give_back(&mut self, feed: FeedId, size: usize) {
        let kept = self.0.remove(&feed).unwrap_or_default().saturating_sub(size);
        if kept > 0 {
            self.0.insert(feed, kept);
        }
    }
}

/// Records of one message by what names them, as they are kept with it.
pub(super) type BesideNow = BTreeMap<Vec<u8>, Beside>;

/// A record that is kept beside its feed's first history, as it came.
#[derive(Clone)]
pub(super) struct Beside {
    why: Aside,
    bytes: Bytes,
}

impl Beside {
    fn is_husk(&self) -> bool {
        self.bytes.len() == PREFIX_LEN
    }

    fn decode(plain: &[u8]) -> Option<Self> {
        let (why, bytes) = plain.split_first()?;
        let why = if *why == Aside::Fork as u8 { Aside::Fork } else { Aside::Either };
        Some(Self { why, bytes: Bytes::copy_from_slice(bytes) })
    }
}

impl Engine {
    /// Keeps the records of a second history of a feed beside the first, as they came: nothing that was written is lost. Which history one
    /// belongs to is seen as it comes, after the one that it follows; one that came too early is looked at when it comes once more, as the
    /// feed is pulled from its beginning. A body that came once stays, also when its husk comes after it and shows whose it is.
    pub(super) fn keep_other_histories(&mut self, work: &mut Work<'_, '_>, refused: &[Refused]) -> BesideNow {
        let (mut beside, mut cut) = (BesideNow::new(), BTreeSet::new());
        for Refused { bytes, reason } in refused {
            if !matches!(reason, Reason::Fork | Reason::Either) {
                continue;
            }
            let Ok(record) = Record::parse(bytes.clone()) else { continue };
            let (feed, position, prev) = (record.header().feed, record.position(), record.header().prev);
            let before = Position { seq: position.seq.saturating_sub(1), id: prev };
            let is_others = |key: Vec<u8>| match beside.get(&key) {
                Some(one) => one.why == Aside::Fork,
                None => self.is_kept_as_other(work, &key),
            };
            let key = branch_key(&feed, position);
            let is_other =
                *reason == Reason::Fork || is_others(key.clone()) || is_others(branch_key(&feed, before));
            let kept = match beside.remove(&key) {
                Some(one) => Ok(Some(one)),
                None => self.kept_beside(work, &key, Beside::decode),
            };
            let Ok(kept) = kept else { continue };
            let brings_body = !record.is_husk() && kept.as_ref().is_some_and(Beside::is_husk);
            let mut one =
                Beside { why: if is_other { Aside::Fork } else { Aside::Either }, bytes: bytes.clone() };
            let is_new = kept.as_ref().is_none_or(|kept| brings_body || kept.why != one.why);
            let room = self.branches.get_or_insert_with(|| Branches::read(work.cx.reader));
            let fits = (kept.is_some() && !brings_body) || room.take(feed, bytes.len());
            if !fits && cut.insert(feed) && !self.is_beyond_room(work, &feed) {
                self.keep_beside(work, feed.as_bytes().to_vec(), &[Aside::Fork as u8]);
            }
            match kept {
                Some(kept) if !fits || !brings_body => one.bytes = kept.bytes,
                None if !fits => continue,
                _ => {}
            }
            if is_new {
                self.keep_beside(work, key.clone(), &[&[one.why as u8], &one.bytes[..]].concat());
            }
            beside.insert(key, one);
        }
        beside
    }

    /// A record continues the first history of its feed. If it came too early before, and was kept since it might have been of the other
    /// one, it is not kept twice; and if it had its body then and lacks it now, it has it still.
    pub(super) fn of_first_history(
        &mut self,
        work: &mut Work<'_, '_>,
        beside: &BesideNow,
        record: VerifiedRecord,
    ) -> VerifiedRecord {
        let (feed, position) = (record.header().feed, record.position());
        let room = self.branches.get_or_insert_with(|| Branches::read(work.cx.reader));
        if !room.0.contains_key(&feed) {
            return record;
        }
        let key = branch_key(&feed, position);
        let stored = || self.kept_beside(work, &key, Beside::decode).ok().flatten();
        let Some(kept) = beside.get(&key).cloned().or_else(stored) else { return record };
        self.branches.iter_mut().for_each(|room| room.give_back(feed, kept.bytes.len()));
        work.step.commit.remove(Table::Quarantine, key);
        let came = Record::parse(kept.bytes).ok().filter(|_| record.is_husk());
        let whole = came.and_then(|came| self.verified(&came).ok());
        whole.filter(|whole| whole.position() == position).unwrap_or(record)
    }

    fn keep_beside(&mut self, work: &mut Work<'_, '_>, key: Vec<u8>, plain: &[u8]) {
        let value = self.keys.seal(Table::Quarantine, &key, plain, work.cx.entropy);
        work.step.commit.put(Table::Quarantine, key, value);
        // Somebody may have built on it and wait.
        self.waiting.wake();
    }

    /// Looks at what is kept under this name.
    fn kept_beside<T>(
        &self,
        work: &Work<'_, '_>,
        key: &[u8],
        look: impl FnOnce(&[u8]) -> Option<T>,
    ) -> Result<Option<T>, StoreFault> {
        let sealed = work.cx.reader.get(Table::Quarantine, key)?;
        let plain = sealed.and_then(|sealed| self.keys.open(Table::Quarantine, key, &sealed).ok());
        Ok(plain.and_then(|plain| look(&plain)))
    }

    /// Whether a record of this name is kept as one of a second history.
    fn is_kept_as_other(&self, work: &Work<'_, '_>, key: &[u8]) -> bool {
        let is_other = |plain: &[u8]| Some(plain.first() == Some(&(Aside::Fork as u8)));
        self.kept_beside(work, key, is_other).ok().flatten().unwrap_or_default()
    }

    /// Whether a position that is not held belongs to a second history of its feed, as far as that is kept here.
    pub(super) fn is_of_second_history(&self, work: &Work<'_, '_>, feed: &FeedId, named: Position) -> bool {
        self.is_kept_as_other(work, &branch_key(feed, named))
    }

    /// Whether a second history of a feed was too long to be kept. Then it cannot be told any more of which one something is that is
    /// not here.
    pub(super) fn is_beyond_room(&self, work: &Work<'_, '_>, feed: &FeedId) -> bool {
        matches!(work.cx.reader.get(Table::Quarantine, feed.as_bytes()), Ok(Some(_)))
    }
}

/// What names a record of a second history.
fn branch_key(feed: &FeedId, position: Position) -> Vec<u8> {
    let mut key = place(&(*feed, position.seq));
    key.extend(position.id.as_bytes());
    key
}
