//! Second histories: kept beside the first, as they came, as far as a feed's room goes. Nobody waits for what only they have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bytes::Bytes;
use haven_feed::exchange::device::{Reason, Refused};
use haven_feed::ids::{FeedId, Position, RecordId};
use haven_feed::record::Record;

use super::receive::place;
use super::waiting::Aside;
use super::{Engine, Work, history};
use crate::io::{Reader, Table};
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
}

impl Engine {
    /// Keeps the records of a second history of a feed beside the first, as they came: nothing that was written is lost.
    pub(super) fn keep_other_histories(&mut self, work: &mut Work<'_, '_>, refused: &[Refused]) {
        let mut cut = BTreeSet::new();
        for refused in refused.iter().filter(|refused| refused.reason == Reason::Fork) {
            let Ok(record) = Record::parse(refused.bytes.clone()) else { continue };
            let feed = record.header().feed;
            let mut key = place(&(feed, record.header().seq));
            key.extend(record.id().as_bytes());
            if !matches!(work.cx.reader.get(Table::Quarantine, &key), Ok(None)) {
                continue;
            }
            let mut plain = [&[Aside::Fork as u8], &refused.bytes[..]].concat();
            let kept = self.branches.get_or_insert_with(|| Branches::read(work.cx.reader));
            if !kept.take(feed, refused.bytes.len()) {
                if !cut.insert(feed) || self.is_beyond_room(work, &feed) {
                    continue;
                }
                (key, plain) = (feed.as_bytes().to_vec(), vec![Aside::Fork as u8]);
            }
            let value = self.keys.seal(Table::Quarantine, &key, &plain, work.cx.entropy);
            work.step.commit.put(Table::Quarantine, key, value);
            // Somebody may have built on it and wait.
            self.waiting.wake();
        }
    }

    /// Whether a position that is not held belongs to a second history of its feed, as far as that is kept here: it leads back, record
    /// by record, to one that follows another than the one held.
    pub(super) fn is_of_second_history(&self, work: &Work<'_, '_>, feed: &FeedId, named: Position) -> bool {
        let history = history(work.cx.reader, self.space);
        let (mut at, local) = (named, self.local(&history));
        loop {
            match local.held(feed, at.seq) {
                Some(held) => return held != at.id,
                None if at.seq <= 1 => return false,
                None => {}
            }
            let Some(prev) = self.kept_before(work, feed, at) else { return false };
            at = Position { seq: at.seq - 1, id: prev };
        }
    }

    /// Whether a second history of a feed was too long to be kept. Then it cannot be told any more of which one something is that is
    /// not here.
    pub(super) fn is_beyond_room(&self, work: &Work<'_, '_>, feed: &FeedId) -> bool {
        matches!(work.cx.reader.get(Table::Quarantine, feed.as_bytes()), Ok(Some(_)))
    }

    /// The record before one of a second history that is kept here.
    fn kept_before(&self, work: &Work<'_, '_>, feed: &FeedId, at: Position) -> Option<RecordId> {
        let mut key = place(&(*feed, at.seq));
        key.extend(at.id.as_bytes());
        let sealed = work.cx.reader.get(Table::Quarantine, &key).ok()??;
        let plain = self.keys.open(Table::Quarantine, &key, &sealed).ok()?;
        let record = Record::parse(Bytes::copy_from_slice(plain.get(1..)?)).ok()?;
        (record.id() == at.id).then_some(record.header().prev)
    }
}
