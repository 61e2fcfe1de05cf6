//! Second histories: kept beside the first, as they came, as far as a feed's room goes. Nobody waits for what only they have.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use haven_feed::exchange::device::{Reason, Refused};
use haven_feed::ids::{FeedId, Position};
use haven_feed::record::{PREFIX_LEN, Record};

use super::receive::place;
use super::waiting::Aside;
use super::{Engine, Work};
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
    /// Keeps the records of a second history of a feed beside the first, as they came: nothing that was written is lost. Which history one
    /// belongs to is seen as it comes, after the one that it follows; one that came too early is looked at when it comes once more, as the
    /// feed is pulled from its beginning.
    pub(super) fn keep_other_histories(&mut self, work: &mut Work<'_, '_>, refused: &[Refused]) {
        let (mut cut, mut others, mut whole) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for Refused { bytes, reason } in refused {
            if !matches!(reason, Reason::Fork | Reason::Either) {
                continue;
            }
            let Ok(record) = Record::parse(bytes.clone()) else { continue };
            let (feed, position, prev) = (record.header().feed, record.position(), record.header().prev);
            let before = Position { seq: position.seq.saturating_sub(1), id: prev };
            let is_known = self.is_of_second_history(work, &feed, position);
            let is_other = *reason == Reason::Fork
                || is_known
                || others.contains(&branch_key(&feed, before))
                || self.is_of_second_history(work, &feed, before);
            let mut key = branch_key(&feed, position);
            let is_new = is_other && !is_known && others.insert(key.clone());
            let Ok(kept) = work.cx.reader.get(Table::Quarantine, &key) else { continue };
            let brings_body =
                !record.is_husk() && !whole.contains(&key) && self.is_husk_there(&key, kept.as_deref());
            if kept.is_some() && !is_new && !brings_body {
                continue;
            }
            if record.is_husk() && whole.contains(&key) {
                continue;
            }
            if !record.is_husk() {
                whole.insert(key.clone());
            }
            let takes = kept.is_none() || brings_body;
            let why = if is_other { Aside::Fork } else { Aside::Either };
            let mut plain = [&[why as u8], &bytes[..]].concat();
            let room = self.branches.get_or_insert_with(|| Branches::read(work.cx.reader));
            if takes && !room.take(feed, bytes.len()) {
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

    /// Whether of a record of a second history that is kept the body is lacking.
    fn is_husk_there(&self, key: &[u8], kept: Option<&[u8]>) -> bool {
        let kept = kept.and_then(|sealed| self.keys.open(Table::Quarantine, key, sealed).ok());
        kept.is_some_and(|kept| kept.len() == 1 + PREFIX_LEN)
    }

    /// Whether a position that is not held belongs to a second history of its feed, as far as that is kept here.
    pub(super) fn is_of_second_history(&self, work: &Work<'_, '_>, feed: &FeedId, named: Position) -> bool {
        let key = branch_key(feed, named);
        let sealed = work.cx.reader.get(Table::Quarantine, &key).ok().flatten();
        let plain = sealed.and_then(|sealed| self.keys.open(Table::Quarantine, &key, &sealed).ok());
        plain.is_some_and(|plain| plain.first() == Some(&(Aside::Fork as u8)))
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
