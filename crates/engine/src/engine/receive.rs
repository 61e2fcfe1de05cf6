//! Records of other devices: stored when they are verified, then opened, guarded and applied in causal order.
//!
//! Two steps, so that a record that brings the process down is known at the next start: the first stores the records and
//! marks what will be tried, the second applies them and takes the mark away in the same transaction. What cannot be applied
//! yet waits and consumes nothing: the next of its feed without a body, without a key, or beyond what counts of a removed one.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use haven_feed::ids::FeedId;
use haven_feed::record::VerifiedRecord;

use super::accepting::Turn;
use super::alarms::Raised;
use super::opening::Inside;
use super::waiting::{Aside, Look, One};
use super::work::Changed;
use super::{Engine, Work, history};
use crate::actor::Actor;
use crate::content::{self, DocumentId};
use crate::document::{GuardFault, absorb};
use crate::io::{Table, Write};
use crate::limits;
use crate::row::{Source, Stored};

/// How often the process may go down over a record before it is put aside. Power cuts and full disks come in rows, and a
/// record that is put aside for nothing is missed by somebody; one that is deadly costs a few more restarts.
pub(super) const TRIES_MAX: u8 = 5;

impl Engine {
    /// Verifies arriving records, stores those that hold and raises what is wrong.
    pub(super) fn receive(&mut self, work: &mut Work<'_, '_>, records: Vec<Bytes>) {
        let reader = work.cx.reader;
        let history = history(reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        let received = exchange.records(&self.local(&history), records);
        self.exchange = exchange;
        for alarm in received.alarms {
            self.raise(work, Raised::Feed(alarm));
        }
        let beside = self.keep_other_histories(work, &received.refused);
        let last = |record: &VerifiedRecord| (record.header().feed, record.position().seq);
        let of_removed = received.of_removed.iter().map(last).collect();
        self.ask_those_without(work, &of_removed);
        let mut room = limits::WAITING_BYTES_MAX.saturating_sub(self.waiting.bytes());
        for record in received.accepted.into_iter().chain(received.of_removed) {
            let record = self.of_first_history(work, &beside, record);
            let (feed, seq) = (record.header().feed, record.position().seq);
            let bytes = record.bytes().clone();
            work.step.commit.writes.push(Write::Record { space: self.space, feed, seq, bytes });
            self.tips.advance_to(&record);
            if feed == self.keys.feed {
                // Written before the disk was put back: whoever sends it has it.
                self.left(work, seq);
            }
            self.waiting.push(&self.applied, &mut room, &record);
        }
        let mut passed: BTreeMap<FeedId, u64> = BTreeMap::new();
        for record in received.bodies {
            let (feed, seq) = (record.header().feed, record.position().seq);
            let bytes = record.bytes().clone();
            work.bodies.insert((feed, seq), bytes.clone());
            work.step.commit.writes.push(Write::Replace { space: self.space, feed, seq, bytes });
            self.waiting.embody(&record);
            if self.applied.seq(&feed) >= seq {
                // It was passed over by a word that it is gone, and here it is.
                let first = passed.entry(feed).or_insert(seq);
                *first = seq.min(*first);
            }
        }
        for (feed, first) in passed {
            self.apply_again(work, feed, first);
            self.session.bodies.came.insert(feed);
        }
        if self.waiting.ready {
            self.mark(work);
        }
    }

    /// Applies what is stored and ready. Called at the end of every step.
    pub(super) fn apply_waiting(&mut self, work: &mut Work<'_, '_>) {
        if self.waiting.ready && !self.waiting.marked {
            self.mark(work);
        }
        if !self.waiting.marked || work.again {
            return;
        }
        self.waiting.marked = false;
        let looked = self.look(work);
        let accepted = self.accept(work);
        self.hear_named(work, &accepted);
        let settled = self.try_dangling(work);
        let before = work.applied_changed;
        work.applied_changed = false;
        self.apply_ready(work, &accepted);
        let applied = work.applied_changed;
        work.applied_changed |= before;
        match self.waiting.current.take() {
            Some((feed, seq)) if !applied && self.applied.seq(&feed) < seq => {
                if looked {
                    // What it names may count by that from now on, though it has to wait itself.
                    self.waiting.skipped.clear();
                }
                self.waiting.skipped.insert(feed);
            }
            _ => self.waiting.skipped.clear(),
        }
        let unread = std::mem::take(&mut self.waiting.unread);
        let goes_on = applied
            || looked
            || settled
            || unread
            || !self.waiting.suspects.is_empty()
            || self.dangling.again().next().is_some();
        self.waiting.ready = goes_on && self.next_alone().is_some();
        self.waiting.shrink();
        work.step.commit.remove(Table::Meta, crate::keys::meta::TRYING);
        if self.waiting.ready {
            self.mark(work);
        }
        if !self.waiting.marked {
            self.tell_waits(work, &accepted);
            self.tell_missing(work);
        }
    }

    /// Applies records as far as each is the next of its feed and has what it builds on.
    fn apply_ready(&mut self, work: &mut Work<'_, '_>, accepted: &haven_feed::accepted::Accepted) {
        let feeds: Vec<FeedId> = self.waiting.queues.keys().copied().collect();
        self.dangling.retry_over();
        let mut progress = true;
        while progress {
            progress = false;
            for feed in &feeds {
                while let Some((one, turn)) = self.next_turn(work, accepted, feed) {
                    progress |= self.apply(work, one, &turn);
                }
            }
        }
    }

    /// Takes the next record of a feed out of what waits, if its turn has come.
    fn next_turn(
        &mut self,
        work: &Work<'_, '_>,
        accepted: &haven_feed::accepted::Accepted,
        feed: &FeedId,
    ) -> Option<(One, Turn)> {
        let front = self.waiting.queues.get(feed)?.front()?;
        let is_next = self.applied.seq(feed) + 1 == front.source.1 && !self.dangling.is_over(feed);
        let goes = self.waiting.current.is_none_or(|current| current == front.source);
        if !is_next || !goes {
            return None;
        }
        match self.turn_of(work, accepted, front) {
            Turn::Wait => None,
            turn => Some((self.waiting.queues.get_mut(feed)?.pop_front()?, turn)),
        }
    }

    /// Says whether it is done with. What can't be read again just now is not: it waits on.
    fn apply(&mut self, work: &mut Work<'_, '_>, mut one: One, turn: &Turn) -> bool {
        let fatal = self.waiting.suspects.get(&one.source).is_some_and(|tries| *tries >= TRIES_MAX);
        let outcome = match (&mut one.look, turn) {
            (_, Turn::Pass) => Ok(BTreeSet::new()),
            (_, Turn::Gone) => {
                self.pass_over(work, one.source, &one.position.id);
                Ok(BTreeSet::new())
            }
            _ if fatal => Err(Aside::Fatal),
            (Look::Aside(aside), _) => Err(*aside),
            (look, _) => {
                let inside = if let Look::Opened(_, inside) = look { inside.take() } else { None };
                let inside = match inside {
                    Some(inside) => Ok(inside),
                    None => match self.whole(work, &one) {
                        Look::Opened(_, Some(inside)) => Ok(inside),
                        Look::Aside(aside) => Err(aside),
                        look => {
                            one.look = look;
                            self.waiting.queues.entry(one.source.0).or_default().push_front(one);
                            return false;
                        }
                    },
                };
                inside.and_then(|inside| self.apply_content(work, one.source, inside))
            }
        };
        self.waiting.suspects.remove(&one.source);
        match outcome {
            Ok(grown) => {
                self.dangling.has_grown(&grown);
                self.dangles_no_more(work, one.source.0);
            }
            Err(Aside::Dangling) if !self.let_dangle(work, one.source) => {
                // It stays, and nobody waits for it any more: others may go now.
                self.waiting.queues.entry(one.source.0).or_default().push_front(one);
                return true;
            }
            Err(Aside::Dangling) => {}
            Err(aside) => self.put_aside(work, one.source, aside),
        }
        if let (Turn::TakeWithout, Look::Opened(head, _)) = (turn, &one.look) {
            self.note_without(one.source, one.position, head);
        }
        self.applied.advance(one.source.0, one.position);
        self.session.traffic.received += 1;
        work.applied_changed = true;
        true
    }

    /// Gives the documents that have grown.
    pub(super) fn apply_content(
        &mut self,
        work: &mut Work<'_, '_>,
        source: Source,
        inside: Inside,
    ) -> Result<BTreeSet<DocumentId>, Aside> {
        let content = self.content(&source.0, &inside.plain).map_err(|_| Aside::Unreadable)?;
        let documents: BTreeSet<DocumentId> = content.items.iter().map(|item| item.document).collect();
        if self.follows_dangling(&source, &documents) {
            self.dangling.lacks_nothing(&source);
            return Err(Aside::Dangling);
        }
        let actors = content.actors(&source.0);
        if self.lacks_still(work, &source, &content, &actors)? {
            return Err(Aside::Dangling);
        }
        self.last_seen.insert(source.0, content.time_ms);
        work.show();
        let mut changed: Vec<(DocumentId, Changed)> = Vec::new();
        for (item, foreign) in content.items.iter().zip(inside.documents) {
            let row = match changed.iter().rev().find(|(id, _)| *id == item.document) {
                Some((_, changed)) => Some(changed.stored.clone()),
                None => self.row(work, &item.document).map_err(|_| Aside::Unread)?,
            };
            let next = match (row, foreign) {
                (None, Some((shown, mut stored))) => {
                    stored.sources = vec![source];
                    Changed { stored, shown: Some(shown) }
                }
                // Two devices imported the same line: the change is there, and stands in one more record.
                (Some(mut row), Some((_, stored))) if row.version == stored.version => {
                    row.add_source(source);
                    row.add_creators(stored.creators);
                    Changed { stored: row, shown: None }
                }
                (row, _) => self.absorb(work, source, row, item, &actors)?,
            };
            changed.push((item.document, next));
        }
        self.dangling.lacks_nothing(&source);
        self.bind(work, source.0, &actors);
        for (id, row) in changed {
            work.rows.insert(id, row);
        }
        Ok(documents)
    }

    /// Whether a record that dangled does so still, where it was seen last time: a record may be about thousands of documents, and none
    /// of the others is looked at for that.
    fn lacks_still(
        &mut self,
        work: &Work<'_, '_>,
        source: &Source,
        content: &content::Content<'_>,
        actors: &BTreeSet<Actor>,
    ) -> Result<bool, Aside> {
        let lacking = self.dangling.lacking(source);
        let Some(item) = content.items.iter().find(|item| Some(item.document) == lacking) else {
            return Ok(false);
        };
        let present = match self.row(work, &item.document).map_err(|_| Aside::Unread)? {
            Some(row) => Some(self.document(work, &item.document, &row).map_err(|_| Aside::Unread)?),
            None => None,
        };
        let outcome = absorb(&item.document, present.as_ref(), &item.changes, actors);
        if let Some(present) = present {
            self.keep_open(item.document, present);
        }
        Ok(matches!(outcome, Err(GuardFault::Dangling)))
    }

    /// Applies changes to a document through the guard.
    fn absorb(
        &mut self,
        work: &mut Work<'_, '_>,
        source: Source,
        row: Option<Stored>,
        item: &content::Changes<'_>,
        actors: &BTreeSet<Actor>,
    ) -> Result<Changed, Aside> {
        let present = match &row {
            Some(row) => Some(self.document(work, &item.document, row).map_err(|_| Aside::Unread)?),
            None => None,
        };
        let outcome = absorb(&item.document, present.as_ref(), &item.changes, actors);
        if matches!(outcome, Err(GuardFault::Dangling)) {
            self.dangling.lacks(source, item.document);
        }
        if let Some(present) = present.filter(|_| outcome.is_err()) {
            self.keep_open(item.document, present);
        }
        let (document, reading) = outcome.map_err(|fault| match fault {
            GuardFault::WrongActor => Aside::WrongActor,
            GuardFault::Dangling => Aside::Dangling,
            _ => Aside::Guarded,
        })?;
        let mut stored = row.unwrap_or_default();
        stored.read(&document, reading, source.0);
        stored.add_source(source);
        self.keep(work, item.document, document);
        Ok(Changed { stored, shown: None })
    }

    pub(super) fn put_aside(&mut self, work: &mut Work<'_, '_>, source: Source, aside: Aside) {
        self.dangling.lacks_nothing(&source);
        if aside == Aside::Unread {
            return self.note_unread(work, source);
        }
        if aside == Aside::Fatal {
            self.waiting.fatal.insert(source);
        }
        let key = place(&source);
        let value = self.keys.seal(Table::Quarantine, &key, &[aside as u8], work.cx.entropy);
        work.lifted.remove(&source);
        work.step.commit.put(Table::Quarantine, key, value);
        self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
    }
}

pub(super) fn place((feed, seq): &Source) -> Vec<u8> {
    let mut key = feed.as_bytes().to_vec();
    key.extend(seq.to_be_bytes());
    key
}
