//! Going back in a feed: its records wait for their turn once more. What they have said stands in documents meanwhile, and what this device
//! writes then still names it: others could not tell what it builds on.

use std::collections::BTreeMap;

use haven_feed::ids::{FeedId, Position, Vector};

use super::waiting::Head;
use super::{Engine, Work, history};
use crate::limits;
use crate::row::Source;

/// What records of a device name of another feed that is not here, and were applied without.
pub(super) struct Missed {
    /// The lowest number that is missed.
    seq: u64,
    /// The first record that misses any.
    by: u64,
}

impl Engine {
    /// Has the records of a feed from this one on wait for their turn once more.
    pub(super) fn apply_again(&mut self, work: &mut Work<'_, '_>, feed: FeedId, first: u64) {
        let history = history(work.cx.reader, self.space);
        let first = first.min(self.applied.seq(&feed) + 1);
        let before = first - 1;
        if let Some(applied) = self.applied.get(&feed) {
            self.went_back.now.advance(feed, applied);
            // What counted of a removed feed counts still, although whoever said so is applied.
            if !self.roster.is_current(&feed) {
                self.counted.now.advance(feed, applied);
            }
        }
        let position = self.local(&history).held(&feed, before).map(|id| Position { seq: before, id });
        self.applied.set(feed, position);
        if self.without.now.seq(&feed) >= first {
            self.without.now.set(feed, None);
            self.missed.remove(&feed);
        }
        if let Some(missed) = self.missed.get_mut(&feed) {
            missed.retain(|_, missed| missed.by < first);
        }
        self.forget_dangling(work, feed, before);
        self.waiting.queues.remove(&feed);
        // Bodies that were asked for in vain may be there by now.
        self.session.bodies.ask_again(&feed, first);
        self.waiting.wake();
        work.applied_changed = true;
    }

    /// The same of records that stand in documents no more.
    pub(super) fn read_anew(&mut self, work: &mut Work<'_, '_>, feed: FeedId, first: u64) {
        self.apply_again(work, feed, first);
        let history = history(work.cx.reader, self.space);
        let seq = first - 1;
        let position = self.local(&history).held(&feed, seq).map(|id| Position { seq, id });
        self.went_back.now.set(feed, position);
    }

    /// Up to where records of each feed stand in documents here: what is applied, and what was before its feed went back.
    pub(super) fn in_documents(&self) -> Vector {
        let mut all = self.applied.clone();
        all.advance_all(&self.went_back.now);
        all
    }

    /// Notes that a record was applied without something that it names.
    pub(super) fn note_without(&mut self, (feed, seq): Source, position: Position, head: &Head) {
        let before = self.without.now.get(&feed);
        if before.is_none_or(|first| first.seq > seq) {
            self.without.now.set(feed, Some(position));
        }
        if before.is_none() {
            self.missed.insert(feed, BTreeMap::new());
        }
        // What earlier ones miss may not be known since a start.
        let Some(missed) = self.missed.get_mut(&feed) else { return };
        let names = head.seen.iter().chain(head.accepts.iter().copied());
        for (of, named) in names.filter(|(of, named)| self.tips.seq(of) < named.seq) {
            let one = missed.entry(of).or_insert(Missed { seq: named.seq, by: seq });
            (one.seq, one.by) = (one.seq.min(named.seq), one.by.min(seq));
        }
        if missed.len() > limits::MISSED_FEEDS_MAX {
            self.missed.remove(&feed);
        }
    }

    /// Something of removed devices has come, up to here. It may be what others have named, and were applied without: they say it once
    /// more, so that what counts by their word counts in whatever order it comes. Nobody else is asked, so that whoever goes on writing
    /// after their removal keeps nobody busy.
    pub(super) fn ask_those_without(&mut self, work: &mut Work<'_, '_>, came: &BTreeMap<FeedId, u64>) {
        let asked = |(feed, first): (FeedId, Position)| {
            let first = match self.missed.get(&feed) {
                Some(missed) => {
                    let is_here = |(of, missed): &(&FeedId, &Missed)| {
                        came.get(*of).is_some_and(|last| missed.seq <= *last)
                    };
                    missed.iter().filter(is_here).map(|(_, missed)| missed.by).min()
                }
                None => came.keys().any(|of| *of != feed).then_some(first.seq),
            };
            first.map(|first| (feed, first))
        };
        let all: Vec<Source> = self.without.now.iter().filter_map(asked).collect();
        for (feed, first) in all {
            self.apply_again(work, feed, first);
        }
    }

    /// Keeps what of all this has changed.
    pub(super) fn keep_vectors(&mut self, work: &mut Work<'_, '_>) {
        let applied = &self.applied;
        let beyond = self.went_back.now.iter().filter(|(feed, position)| position.seq > applied.seq(feed));
        self.went_back.now = beyond.collect();
        for vector in [&mut self.counted, &mut self.went_back, &mut self.without] {
            vector.keep(&self.keys, work);
        }
    }
}
