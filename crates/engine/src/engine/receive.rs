//! Records of other devices: stored when they are verified, then opened, guarded and applied in causal order.
//!
//! Two steps, so that a record that brings the process down is known at the next start: the first stores the records and
//! marks what will be tried, the second applies them and takes the mark away in the same transaction.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bytes::Bytes;
use haven_crypto::record::open;
use haven_feed::ids::FeedId;
use haven_feed::record::{Record, RecordKind, VerifiedRecord};

use super::alarms::Raised;
use super::work::Changed;
use super::{Engine, OpenFault, Sealed, Work, history};
use crate::actor::Actor;
use crate::codec::{Scanner, Writer};
use crate::content::{self, Content, DocumentId};
use crate::document::{GuardFault, absorb, canonical};
use crate::fields::{Shown, shown};
use crate::io::{Table, Write};
use crate::keys::{Keys, meta};
use crate::limits;
use crate::parallel;
use crate::row::{Source, Stored};
use crate::version::Version;

/// How often the process may go down over a record before it is put aside. Power cuts and full disks come in rows, and a
/// record that is put aside for nothing is missed by somebody; one that is deadly costs a few more restarts.
const TRIES_MAX: u8 = 5;

/// Records that are stored and not yet applied.
#[derive(Default)]
pub(super) struct Waiting {
    feeds: BTreeMap<FeedId, VecDeque<VerifiedRecord>>,
    count: usize,
    /// Whether what is stored may be ready to be applied.
    ready: bool,
    /// Places that were being tried when the process went down, and how often. While there are any, records go one at a
    /// time, each with a mark of its own.
    suspects: BTreeMap<Source, u8>,
    /// The one that goes now, while there are suspects.
    current: Option<Source>,
    /// Feeds whose next record has to wait for others, while there are suspects.
    skipped: BTreeSet<FeedId>,
    marked: bool,
}

/// Why a record was put aside although its author is one of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Aside {
    /// It does not open, or what is inside is not a content.
    Unreadable = 1,
    /// An actor in it belongs to another device.
    WrongActor = 2,
    /// A change in it did not pass the guard.
    Guarded = 3,
    /// It brought the process down.
    Fatal = 4,
    /// Its device was removed, and the one that removed it had not seen it.
    Removed = 5,
}

/// A record looked at on any core: what can be said of it without the rest of the vault.
struct Prepared {
    source: Source,
    record: VerifiedRecord,
    inside: Result<Inside, Aside>,
}

struct Inside {
    plain: Vec<u8>,
    /// For each document of the record: what it says, if it is a canonical creation.
    documents: Vec<Option<(Shown, Stored)>>,
}

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
        for record in received.accepted.into_iter().chain(received.of_removed) {
            let (feed, seq) = (record.header().feed, record.position().seq);
            let bytes = record.bytes().clone();
            work.step.commit.writes.push(Write::Record { space: self.space, feed, seq, bytes });
            self.tips.advance_to(&record);
            self.waiting.push(feed, record);
        }
        if self.waiting.ready {
            self.mark(work);
        }
    }

    /// Makes the mark that what is stored is going to be tried.
    fn mark(&mut self, work: &mut Work<'_, '_>) {
        self.waiting.ready = false;
        let mut tried: Vec<(Source, u8)> = self.waiting.sources().map(|source| (source, 0)).collect();
        if !self.waiting.suspects.is_empty() {
            let Some(current) = self.next_alone() else { return };
            self.waiting.current = Some(current);
            let before = |tries: u8| tries.saturating_sub(1);
            let others = self.waiting.suspects.iter().filter(|(source, _)| **source != current);
            tried = others.map(|(source, tries)| (*source, before(*tries))).collect();
            tried.push((current, self.waiting.suspects.get(&current).copied().unwrap_or(0)));
        }
        let mut w = Writer::default();
        w.count(tried.len());
        for ((feed, seq), tries) in tried {
            w.raw(feed.as_bytes());
            w.u64(seq);
            w.u8(tries);
        }
        let sealed = self.keys.seal(Table::Meta, meta::TRYING, &w.0, work.cx.entropy);
        work.step.commit.put(Table::Meta, meta::TRYING, sealed);
        self.waiting.marked = true;
        work.again = true;
    }

    /// The next record that goes alone: of the first feed that has one and did not have to wait.
    fn next_alone(&self) -> Option<Source> {
        let stored = self.tips.iter().map(|(feed, _)| (feed, self.applied.seq(&feed) + 1));
        let mut open = stored.filter(|(feed, next)| self.tips.seq(feed) >= *next);
        open.find(|(feed, _)| !self.waiting.skipped.contains(feed))
    }

    /// Reads a mark that was found at start: each of its records is a suspect, and those that were suspects too often are
    /// put aside.
    pub(super) fn note_interrupted(&mut self, work: &mut Work<'_, '_>) -> Result<(), OpenFault> {
        self.waiting.ready = self.next_stored().is_some();
        let sealed = Sealed { keys: &self.keys, reader: work.cx.reader };
        let Some(mark) = sealed.meta(meta::TRYING)? else { return Ok(()) };
        let mut s = Scanner(&mark);
        let suspects = s.list(|s| Ok(((FeedId::from_bytes(s.array()?), s.u64()?), s.u8()?)));
        for (source, tries) in suspects.map_err(|_| OpenFault::Damaged)? {
            if self.applied.seq(&source.0) < source.1 {
                self.waiting.suspects.insert(source, tries.saturating_add(1));
            }
        }
        self.waiting.ready = true;
        Ok(())
    }

    /// A feed with stored records that were not applied.
    fn next_stored(&self) -> Option<FeedId> {
        self.tips.iter().map(|(feed, _)| feed).find(|feed| self.tips.seq(feed) > self.applied.seq(feed))
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
        let batch = self.take_batch(work);
        let left = self.apply_ready(work, batch);
        match self.waiting.current.take() {
            Some((feed, _)) if !left.is_empty() => drop(self.waiting.skipped.insert(feed)),
            _ => self.waiting.skipped.clear(),
        }
        for one in left {
            self.waiting.push(one.source.0, one.record);
        }
        let goes_on = work.applied_changed || !self.waiting.suspects.is_empty();
        self.waiting.ready = goes_on && self.next_alone().is_some();
        work.step.commit.remove(Table::Meta, meta::TRYING);
        if self.waiting.ready {
            self.mark(work);
        }
    }

    /// Applies records as far as each is the next of its feed and has what it builds on; gives back the others.
    fn apply_ready(&mut self, work: &mut Work<'_, '_>, batch: Vec<VerifiedRecord>) -> Vec<Prepared> {
        let mut queues: BTreeMap<FeedId, VecDeque<Prepared>> = BTreeMap::new();
        for one in self.prepare(batch) {
            queues.entry(one.source.0).or_default().push_back(one);
        }
        let mut progress = true;
        while progress {
            progress = false;
            for queue in queues.values_mut() {
                while queue.front().is_some_and(|one| self.may_apply(one)) {
                    let one = queue.pop_front().expect("looked at just above");
                    self.apply(work, one);
                    progress = true;
                }
            }
        }
        queues.into_values().flatten().collect()
    }

    /// The records to look at now: what waits in memory, and what waits in the store only; while there are suspects, one.
    fn take_batch(&mut self, work: &Work<'_, '_>) -> Vec<VerifiedRecord> {
        if let Some((feed, seq)) = self.waiting.current {
            let bytes = work.cx.reader.record(self.space, feed, seq).ok().flatten();
            let record = bytes.and_then(|bytes| Record::parse(bytes).ok());
            return record.and_then(|record| self.verified(&record).ok()).into_iter().collect();
        }
        let mut waiting = std::mem::take(&mut self.waiting.feeds);
        self.waiting.count = 0;
        let feeds: Vec<FeedId> = self.tips.iter().map(|(feed, _)| feed).collect();
        feeds
            .into_iter()
            .flat_map(|feed| {
                let next = self.applied.seq(&feed) + 1;
                let held = waiting.remove(&feed).unwrap_or_default();
                let in_memory = held.front().is_some_and(|first| first.position().seq == next);
                if in_memory { Vec::from(held) } else { self.stored_from(work, feed, next) }
            })
            .collect()
    }

    fn stored_from(&self, work: &Work<'_, '_>, feed: FeedId, next: u64) -> Vec<VerifiedRecord> {
        if self.tips.seq(&feed) < next {
            return Vec::new();
        }
        let stored =
            work.cx.reader.records(self.space, feed, next, limits::PUSH_BYTES_MAX).unwrap_or_default();
        let parsed = stored.into_iter().map_while(|bytes| Record::parse(bytes).ok());
        parsed.map_while(|record| self.verified(&record).ok()).collect()
    }

    /// Opens records on all cores, then looks at the documents in them on all cores: a bulk record holds hundreds.
    fn prepare(&self, batch: Vec<VerifiedRecord>) -> Vec<Prepared> {
        let opened = parallel::map(&batch, |record| opened(&self.keys, record));
        let contents = opened.iter().zip(&batch).map(|(plain, record)| {
            let plain = plain.as_ref().map_err(|aside| *aside)?;
            let content = content::decode(plain).map_err(|_| Aside::Unreadable)?;
            let actors = content.actors(&record.header().feed);
            Ok((content, actors))
        });
        let contents: Vec<Result<(Content<'_>, BTreeSet<Actor>), Aside>> = contents.collect();
        let documents: Vec<_> = contents
            .iter()
            .flatten()
            .flat_map(|(content, actors)| content.items.iter().map(move |item| (item, actors)))
            .collect();
        let mut created =
            parallel::map(&documents, |(item, actors)| creation(&self.shelf.exercises, item, actors))
                .into_iter();
        let counts: Vec<_> =
            contents.into_iter().map(|content| content.map(|(content, _)| content.items.len())).collect();
        let inside = opened.into_iter().zip(counts).map(|(plain, count)| {
            let documents = created.by_ref().take(count?).collect();
            Ok(Inside { plain: plain?, documents })
        });
        let inside: Vec<_> = inside.collect();
        let source = |record: &VerifiedRecord| (record.header().feed, record.position().seq);
        batch
            .into_iter()
            .zip(inside)
            .map(|(record, inside)| Prepared { source: source(&record), record, inside })
            .collect()
    }

    /// Whether a record is the next of its feed and everything its author had seen is applied here.
    fn may_apply(&self, one: &Prepared) -> bool {
        if self.applied.seq(&one.source.0) + 1 != one.source.1 {
            return false;
        }
        let Ok(inside) = &one.inside else { return true };
        let Ok(content) = content::decode(&inside.plain) else { return true };
        content.seen.iter().all(|(feed, position)| {
            self.roster.feed(&feed).is_none() || self.applied.seq(&feed) >= position.seq
        })
    }

    fn apply(&mut self, work: &mut Work<'_, '_>, one: Prepared) {
        let fatal = self.waiting.suspects.remove(&one.source).is_some_and(|tries| tries >= TRIES_MAX);
        let outcome = match one.inside {
            _ if fatal => Err(Aside::Fatal),
            _ if self.came_after_removal(one.source) => Err(Aside::Removed),
            Err(aside) => Err(aside),
            Ok(inside) => self.apply_content(work, one.source, inside),
        };
        if let Err(aside) = outcome {
            self.put_aside(work, one.source, aside);
        }
        self.applied.advance(one.source.0, one.record.position());
        self.session.traffic.received += 1;
        work.applied_changed = true;
    }

    /// Whether a record lies beyond what the remover of its feed had seen. Nothing of it is applied; it can be read and
    /// accepted by hand.
    fn came_after_removal(&self, (feed, seq): Source) -> bool {
        let removal = self.roster.feed(&feed).and_then(|member| member.removed);
        removal.is_some_and(|removal| removal.head.is_none_or(|head| seq > head.seq))
    }

    fn apply_content(
        &mut self,
        work: &mut Work<'_, '_>,
        source: Source,
        inside: Inside,
    ) -> Result<(), Aside> {
        let content = content::decode(&inside.plain).map_err(|_| Aside::Unreadable)?;
        let actors = content.actors(&source.0);
        self.hear_named(work, &content);
        self.last_seen.insert(source.0, content.time_ms);
        work.show();
        let mut changed: Vec<(DocumentId, Changed)> = Vec::new();
        for (item, foreign) in content.items.iter().zip(inside.documents) {
            let row = match changed.iter().rev().find(|(id, _)| *id == item.document) {
                Some((_, changed)) => Some(changed.stored.clone()),
                None => self.row(work, &item.document).map_err(|_| Aside::Unreadable)?,
            };
            let next = match (row, foreign) {
                (None, Some((shown, mut stored))) => {
                    stored.sources = vec![source];
                    Changed { stored, shown: Some(shown) }
                }
                // Two devices imported the same line: the change is there, and stands in one more record.
                (Some(mut row), Some((_, stored))) if row.version == stored.version => {
                    row.sources.push(source);
                    Changed { stored: row, shown: None }
                }
                (row, _) => self.absorb(work, source, row, item, &actors)?,
            };
            changed.push((item.document, next));
        }
        self.bind(work, source.0, &actors);
        for (id, row) in changed {
            work.rows.insert(id, row);
        }
        Ok(())
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
            Some(row) => Some(self.document(work, &item.document, row).map_err(|_| Aside::Unreadable)?),
            None => None,
        };
        let outcome = absorb(&item.document, present.as_ref(), &item.changes, actors);
        if let Some(present) = present.filter(|_| outcome.is_err()) {
            self.keep_open(item.document, present);
        }
        let (document, reading) = outcome.map_err(|fault| match fault {
            GuardFault::WrongActor => Aside::WrongActor,
            _ => Aside::Guarded,
        })?;
        let mut sources = row.map(|row| row.sources).unwrap_or_default();
        sources.push(source);
        let stored = Stored {
            fields: reading.fields,
            met: reading.met,
            version: document.version(),
            modified_ms: document.modified_ms(),
            sources,
        };
        self.keep(work, item.document, document);
        Ok(Changed { stored, shown: None })
    }

    fn hear_named(&mut self, work: &mut Work<'_, '_>, content: &Content<'_>) {
        let history = history(work.cx.reader, self.space);
        let mut exchange = std::mem::take(&mut self.exchange);
        let alarms = exchange.named(&self.local(&history), &content.seen);
        self.exchange = exchange;
        for alarm in alarms {
            self.raise(work, Raised::Feed(alarm));
        }
    }

    fn put_aside(&mut self, work: &mut Work<'_, '_>, source: Source, aside: Aside) {
        let mut key = source.0.as_bytes().to_vec();
        key.extend(source.1.to_be_bytes());
        let value = self.keys.seal(Table::Quarantine, &key, &[aside as u8], work.cx.entropy);
        work.step.commit.put(Table::Quarantine, key, value);
        self.raise(work, Raised::PutAside { feed: source.0, seq: source.1 });
    }
}

impl Waiting {
    fn push(&mut self, feed: FeedId, record: VerifiedRecord) {
        self.ready = true;
        let queue = self.feeds.entry(feed).or_default();
        let follows = queue.back().is_none_or(|last| last.position().seq + 1 == record.position().seq);
        // What does not fit is read from the store when its turn comes.
        if self.count < limits::WAITING_RECORDS_MAX && follows {
            self.count += 1;
            queue.push_back(record);
        }
    }

    fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        self.feeds.values().flatten().map(|record| (record.header().feed, record.position().seq))
    }
}

fn opened(keys: &Keys, record: &VerifiedRecord) -> Result<Vec<u8>, Aside> {
    if !matches!(record.header().kind, RecordKind::Data | RecordKind::Heartbeat) {
        return Err(Aside::Unreadable);
    }
    let epoch = keys.epochs.get(&record.header().epoch).ok_or(Aside::Unreadable)?;
    Ok(open(epoch, record).map_err(|_| Aside::Unreadable)?.into_vec())
}

/// What a document says if all that is known of it is a canonical creation. Whatever else it is goes the long way.
fn creation(
    library: &haven_core::content::Library,
    item: &content::Changes<'_>,
    actors: &BTreeSet<Actor>,
) -> Option<(Shown, Stored)> {
    let [change] = item.changes.as_slice() else { return None };
    let foreign = canonical(&item.document, change, actors).ok().flatten()?;
    let stored = Stored {
        fields: foreign.fields,
        version: Version::new(vec![foreign.hash]),
        modified_ms: foreign.at_ms,
        met: Vec::new(),
        sources: Vec::new(),
    };
    let shown = shown(item.document, &stored, library);
    Some((shown, stored))
}
