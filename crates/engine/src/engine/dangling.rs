//! Records that build on something of a document that is not here, although they name nothing that is missing. Their author lies
//! or is faulty: an honest one names what it builds on. They are put aside and their place counts, so that nobody waits for what
//! may never come. But another device may have had it when they came, and others write on. So they are tried again whenever one of their
//! documents has grown: in the end every device has applied the same. Each is tried under a mark of its own.
//!
//! A feed has so much room for them. The next one that finds none stays in the log, and its feed waits there; nobody else does.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use haven_feed::ids::{FeedId, Position};

use super::alarms::Raised;
use super::receive::{TRIES_MAX, place};
use super::waiting::{Aside, Look, One};
use super::{Engine, OpenFault, Work, history};
use crate::codec::Scanner;
use crate::command::Fault;
use crate::content::DocumentId;
use crate::io::Table;
use crate::limits;
use crate::row::Source;

/// A row of the quarantine that holds a place and no record of a second history.
const PLACE_BYTES: usize = 16;

/// What one takes in memory, about, beside its documents: its place and the maps that it stands in.
const ONE_BYTES: usize = 128;

/// What dangles, each with the documents that it is about.
#[derive(Default)]
pub(super) struct Dangling {
    records: BTreeMap<Source, BTreeSet<DocumentId>>,
    /// What they take in memory.
    bytes: BTreeMap<FeedId, usize>,
    /// Those to be tried again.
    again: BTreeSet<Source>,
    /// Where it was seen that something lacks, of those and of the next records of feeds that found no room: unless that grows there is
    /// nothing to try.
    lacking: BTreeMap<Source, DocumentId>,
    /// The records that dangle and find no room, the next of their feeds.
    over: BTreeMap<FeedId, u64>,
    /// Feeds of which that may be otherwise by now.
    stirred: BTreeSet<FeedId>,
    /// Feeds of which that may have been so before.
    were_over: BTreeSet<FeedId>,
}

fn size(documents: &BTreeSet<DocumentId>) -> usize {
    // A set of small values is half empty at worst.
    ONE_BYTES + 2 * size_of::<DocumentId>() * documents.len()
}

impl Dangling {
    pub(super) fn contains(&self, source: &Source) -> bool {
        self.records.contains_key(source)
    }

    pub(super) fn insert(&mut self, source: Source, documents: BTreeSet<DocumentId>) {
        self.remove(&source);
        *self.bytes.entry(source.0).or_default() += size(&documents);
        self.records.insert(source, documents);
    }

    fn remove(&mut self, source: &Source) {
        let Some(documents) = self.records.remove(source) else { return };
        self.again.remove(source);
        // There is room again.
        self.stirred.extend(self.over.keys());
        if let Some(bytes) = self.bytes.get_mut(&source.0) {
            *bytes = bytes.saturating_sub(size(&documents));
        }
        self.bytes.retain(|_, bytes| *bytes > 0);
    }

    fn has_room(&self, feed: &FeedId, documents: &BTreeSet<DocumentId>) -> bool {
        let own = self.bytes.get(feed).copied().unwrap_or_default();
        let all: usize = self.bytes.values().sum();
        own + size(documents) <= limits::DANGLING_BYTES_EACH
            && all + size(documents) <= limits::DANGLING_BYTES_MAX
    }

    /// What is to be tried again, in order.
    pub(super) fn again(&self) -> impl Iterator<Item = Source> + '_ {
        self.again.iter().copied()
    }

    /// Has a record tried again, if it dangles.
    pub(super) fn try_later(&mut self, source: Source) {
        if self.contains(&source) {
            self.again.insert(source);
        }
    }

    /// Has tried again what dangles in these documents, now that they have grown.
    pub(super) fn has_grown(&mut self, grown: &BTreeSet<DocumentId>) {
        let lacks = |source: &Source| self.lacking.get(source).map(|document| grown.contains(document));
        let about =
            self.records.iter().filter(|(source, its)| lacks(source).unwrap_or(!its.is_disjoint(grown)));
        self.again.extend(about.map(|(source, _)| *source));
        let over = self.over.iter().filter(|(feed, seq)| lacks(&(**feed, **seq)).unwrap_or(true));
        self.stirred.extend(over.map(|(feed, _)| *feed));
    }

    /// Notes in which document of a record something is lacking.
    pub(super) fn lacks(&mut self, source: Source, document: DocumentId) {
        self.lacking.insert(source, document);
    }

    /// In which document of a record something was lacking when it was tried last.
    pub(super) fn lacking(&self, source: &Source) -> Option<DocumentId> {
        self.lacking.get(source).copied()
    }

    /// What it lacked is here, or something else stands in its way.
    pub(super) fn lacks_nothing(&mut self, source: &Source) {
        self.lacking.remove(source);
    }

    /// Whether nothing dangles, nor would if there were room.
    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty() && self.over.is_empty()
    }

    /// Whether the next record of a feed was left in the log, for want of room.
    pub(super) fn is_over(&self, feed: &FeedId) -> bool {
        self.over.contains_key(feed)
    }

    /// Lets the next records of feeds that found no room be tried once more, where something has changed since.
    pub(super) fn retry_over(&mut self) {
        for feed in std::mem::take(&mut self.stirred) {
            if self.over.remove(&feed).is_some() {
                self.were_over.insert(feed);
            }
        }
    }
}

impl Engine {
    /// Puts a record aside that dangles, to try it again; says no if there is no room for it.
    pub(super) fn let_dangle(&mut self, work: &mut Work<'_, '_>, source: Source) -> bool {
        let documents = self.documents_of(work, &source);
        if !self.dangling.has_room(&source.0, &documents) {
            self.dangling.over.insert(source.0, source.1);
            self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
            return false;
        }
        self.keep_to_try_again(work, source, Aside::Dangling, documents);
        true
    }

    /// Puts a record aside with what it is about, to try it again.
    pub(super) fn keep_to_try_again(
        &mut self,
        work: &mut Work<'_, '_>,
        source: Source,
        why: Aside,
        documents: BTreeSet<DocumentId>,
    ) {
        let key = place(&source);
        let plain = documents.iter().fold(vec![why as u8], |mut plain, document| {
            plain.extend(document);
            plain
        });
        let value = self.keys.seal(Table::Quarantine, &key, &plain, work.cx.entropy);
        work.lifted.remove(&source);
        work.step.commit.put(Table::Quarantine, key, value);
        self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
        self.dangling.insert(source, documents);
    }

    /// What was put aside for this reason, with what it is about.
    pub(super) fn kept_aside(
        &self,
        work: &Work<'_, '_>,
        why: Aside,
    ) -> Result<Vec<(Source, BTreeSet<DocumentId>)>, OpenFault> {
        let mut kept = Vec::new();
        work.cx.reader.scan(Table::Quarantine, &mut |key, sealed| {
            let Some(source) = source_of(key) else { return ControlFlow::Continue(()) };
            // One that does not open is missed by the ledger.
            let plain = self.keys.open(Table::Quarantine, key, sealed).ok();
            if let Some(plain) = plain.filter(|plain| plain.first() == Some(&(why as u8))) {
                kept.push((source, plain[1..].as_chunks::<16>().0.iter().copied().collect()));
            }
            ControlFlow::Continue(())
        })?;
        Ok(kept)
    }

    /// Whether an earlier record of the same feed dangles in one of these documents: its records stay in order.
    pub(super) fn follows_dangling(&self, source: &Source, documents: &BTreeSet<DocumentId>) -> bool {
        let earlier = self.dangling.records.range((source.0, 0)..*source);
        earlier.into_iter().any(|(_, its)| !its.is_disjoint(documents))
    }

    /// Hears that a record was applied: perhaps one that had found no room.
    pub(super) fn dangles_no_more(&mut self, work: &mut Work<'_, '_>, feed: FeedId) {
        if self.dangling.were_over.remove(&feed) {
            self.end_put_aside(work, feed);
        }
    }

    /// Tries again what is to be tried and was marked: all of it, or the one that goes alone. Says whether anything is settled.
    pub(super) fn try_dangling(&mut self, work: &mut Work<'_, '_>) -> bool {
        let goes = |source: &Source| self.waiting.current.is_none_or(|current| current == *source);
        let marked: Vec<Source> = self.dangling.again().filter(goes).collect();
        let before = self.dangling.records.len();
        for source in &marked {
            self.dangling.again.remove(source);
            let fatal = self.waiting.suspects.remove(source).is_some_and(|tries| tries >= TRIES_MAX);
            self.try_again(work, *source, fatal);
        }
        self.dangling.records.len() < before
    }

    fn try_again(&mut self, work: &mut Work<'_, '_>, source: Source, fatal: bool) {
        let Some(documents) = self.dangling.records.get(&source).cloned() else { return };
        if fatal {
            self.dangling.remove(&source);
            return self.put_aside(work, source, Aside::Fatal);
        }
        if self.follows_dangling(&source, &documents) {
            // It is tried when the earlier one goes.
            self.dangling.lacks_nothing(&source);
            return;
        }
        let inside = {
            let history = history(work.cx.reader, self.space);
            let id = self.local(&history).held(&source.0, source.1);
            let position = id.map(|id| Position { seq: source.1, id });
            position.and_then(|position| {
                let one = One { source, position, record: None, look: Look::Not, heard: true };
                self.inside(work, &one)
            })
        };
        let Some(inside) = inside else { return };
        // While it is tried it is none of them: it does not follow itself.
        self.dangling.remove(&source);
        match self.apply_content(work, source, inside) {
            Ok(grown) => {
                lift(work, source);
                self.end_put_aside(work, source.0);
                self.dangling.has_grown(&grown);
            }
            Err(Aside::Dangling) => self.dangling.insert(source, documents),
            Err(aside) => self.put_aside(work, source, aside),
        }
    }

    /// Ends the alarm about what was put aside of a feed, if nothing is left of that.
    fn end_put_aside(&mut self, work: &mut Work<'_, '_>, feed: FeedId) {
        let mut left =
            self.dangling.records.keys().any(|(of, _)| *of == feed) || self.dangling.is_over(&feed);
        let scanned = work.cx.reader.scan(Table::Quarantine, &mut |key, _| {
            left |= source_of(key).is_some_and(|source| source.0 == feed && !work.lifted.contains(&source));
            if left { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if scanned.is_ok() && !left {
            self.end_alarm(work, Raised::PutAside { feed, seq: 0 });
        }
    }

    /// Forgets what dangles of a feed after a place: it does not count any more, or is about to be applied anew.
    pub(super) fn forget_dangling(&mut self, work: &mut Work<'_, '_>, feed: FeedId, bound: u64) {
        let over = self.dangling.records.range((feed, bound + 1)..=(feed, u64::MAX));
        let over: Vec<Source> = over.map(|(source, _)| *source).collect();
        for source in &over {
            self.dangling.remove(source);
            lift(work, *source);
        }
        self.dangling.lacking.retain(|(of, seq), _| *of != feed || *seq <= bound);
        if self.dangling.over.remove(&feed).is_some() || !over.is_empty() {
            self.end_put_aside(work, feed);
        }
    }

    /// Forgets what was put aside of a feed after a place for whatever reason, since it does not count any more; what is deadly stays known.
    pub(super) fn forget_put_aside(
        &mut self,
        work: &mut Work<'_, '_>,
        feed: FeedId,
        bound: u64,
    ) -> Result<(), Fault> {
        let mut over: Vec<Source> = Vec::new();
        work.cx.reader.scan(Table::Quarantine, &mut |key, _| {
            let is_over = |(of, seq): &Source| *of == feed && *seq > bound;
            over.extend(source_of(key).filter(is_over));
            ControlFlow::Continue(())
        })?;
        over.retain(|source| !self.waiting.fatal.contains(source));
        over.iter().for_each(|source| lift(work, *source));
        self.end_put_aside(work, feed);
        Ok(())
    }

    /// What a record is about; nothing if it is not to be opened.
    pub(super) fn documents_of(&self, work: &Work<'_, '_>, source: &Source) -> BTreeSet<DocumentId> {
        let is_open = !self.waiting.fatal.contains(source);
        let opened = is_open.then(|| self.opened(work, source.0, source.1).ok().flatten()).flatten();
        let content = opened.as_ref().and_then(|opened| self.content(&source.0, opened.bytes()).ok());
        content.map(|content| content.items.iter().map(|item| item.document).collect()).unwrap_or_default()
    }

    /// Reads what dangled when the vault was closed, and what is not to be opened again.
    pub(super) fn dangling_from_store(&mut self, work: &Work<'_, '_>) -> Result<(), OpenFault> {
        let mut dangling = Dangling::default();
        for (source, documents) in self.kept_aside(work, Aside::Dangling)? {
            dangling.insert(source, documents);
        }
        let fatal = self.kept_aside(work, Aside::Fatal)?.into_iter();
        self.waiting.fatal = fatal.map(|(source, _)| source).collect();
        let open = self.tips.iter().filter(|(feed, tip)| tip.position.seq > self.applied.seq(feed));
        dangling.were_over = open.map(|(feed, _)| feed).collect();
        self.dangling = dangling;
        Ok(())
    }
}

fn lift(work: &mut Work<'_, '_>, source: Source) {
    work.step.commit.remove(Table::Quarantine, place(&source));
    work.lifted.insert(source);
}

/// The place that a row of the quarantine is about, if it holds no record of a second history.
fn source_of(key: &[u8]) -> Option<Source> {
    let mut s = Scanner(key);
    let source = s.array().and_then(|feed| Ok((FeedId::from_bytes(feed), s.u64()?))).ok()?;
    (key.len() == PLACE_BYTES).then_some(source)
}
