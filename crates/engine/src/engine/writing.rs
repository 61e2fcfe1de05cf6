//! Own records: sealed, chained, and on their way to the store.

use std::collections::{BTreeMap, BTreeSet};

use haven_crypto::opened::Opened;
use haven_crypto::record::{SealFault, open, seal};
use haven_feed::ids::{FeedId, RecordId, Vector};
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord};

use super::{Engine, Work, unreadable};
use crate::actor::{Actor, ActorNonce};
use crate::command::Fault;
use crate::content::{self, Changes, Content, DocumentId};
use crate::io::{Table, Write};
use crate::limits;
use crate::row::Source;

/// New changes of one document, by this device.
pub(super) struct Written {
    pub(super) document: DocumentId,
    pub(super) changes: Vec<Vec<u8>>,
}

impl Engine {
    /// Puts changes into as many records as they need, in order, and says in which record each document's stand.
    pub(super) fn write(
        &mut self,
        work: &mut Work<'_, '_>,
        written: &[Written],
        nonces: &BTreeSet<ActorNonce>,
    ) -> Result<BTreeMap<DocumentId, Source>, Fault> {
        let mut sources = BTreeMap::new();
        let mut rest = written;
        while !rest.is_empty() {
            let mut size = 0;
            let fits = rest.iter().take(limits::RECORD_DOCUMENTS_MAX).take_while(|written| {
                let before = size;
                size += written.changes.iter().map(Vec::len).sum::<usize>();
                before == 0 || size <= limits::RECORD_CONTENT_TARGET
            });
            let (batch, after) = rest.split_at(fits.count());
            let seq = self.write_record(work, RecordKind::Data, batch, nonces)?;
            sources.extend(batch.iter().map(|written| (written.document, (self.keys.feed, seq))));
            rest = after;
        }
        if !self.dangling.is_empty() {
            self.dangling.has_grown(&sources.keys().copied().collect());
            self.waiting.wake();
        }
        Ok(sources)
    }

    /// Writes a heartbeat: everything this device has seen, and nothing else.
    pub(super) fn give_sign(&mut self, work: &mut Work<'_, '_>) {
        self.announced.vector = None;
        match self.write_record(work, RecordKind::Heartbeat, &[], &BTreeSet::new()) {
            Ok(_) => self.push(work),
            // Without this epoch's key nothing can be written; the next record meets the same fault and tells it.
            Err(_) => drop(self.last_seen.insert(self.keys.feed, work.cx.now.wall_ms)),
        }
    }

    fn write_record(
        &mut self,
        work: &mut Work<'_, '_>,
        kind: RecordKind,
        batch: &[Written],
        nonces: &BTreeSet<ActorNonce>,
    ) -> Result<u64, Fault> {
        let (full, seen) = self.seen_since();
        let items = batch.iter().map(|written| Changes {
            document: written.document,
            changes: written.changes.iter().map(Vec::as_slice).collect(),
        });
        let content = Content {
            time_ms: work.cx.now.wall_ms,
            nonces: nonces.clone(),
            full,
            seen,
            items: items.collect(),
            ..Content::default()
        };
        let record = self.seal_next(work, kind, &content::encode(&content))?;
        self.bind(work, self.keys.feed, &content.actors(&self.keys.feed));
        let seq = record.position().seq;
        self.unsealed |= record.header().epoch < self.roster.epoch();
        self.tips.advance_to(&record);
        // Behind own records that came back from the server and wait, it waits as they do: nothing is passed over.
        if self.applied.seq(&self.keys.feed) + 1 == seq {
            self.applied.advance(self.keys.feed, record.position());
        }
        self.announce(full);
        work.applied_changed = true;
        self.last_seen.insert(self.keys.feed, work.cx.now.wall_ms);
        work.step.commit.writes.push(Write::Record {
            space: self.space,
            feed: self.keys.feed,
            seq,
            bytes: record.bytes().clone(),
        });
        work.fresh.push(record);
        Ok(seq)
    }

    fn seal_next(
        &self,
        work: &mut Work<'_, '_>,
        kind: RecordKind,
        content: &[u8],
    ) -> Result<VerifiedRecord, Fault> {
        let tip = self.tips.get(&self.keys.feed);
        let (epoch, roster) = self.writes_under().ok_or(Fault::Unreadable)?;
        let header = Header {
            kind,
            space: self.space,
            feed: self.keys.feed,
            seq: tip.map_or(1, |tip| tip.position.seq + 1),
            epoch,
            roster,
            prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
        };
        let keys = self.keys.epochs.get(&epoch).ok_or(Fault::Unreadable)?;
        seal(keys, self.keys.device.signer(), &header, content, crate::io::draw(work.cx.entropy)).map_err(
            |fault| match fault {
                SealFault::TooLarge => Fault::TooLarge {
                    what: "this change",
                    size: content.len() as u64,
                    max: haven_feed::limits::RECORD_BYTES_MAX as u64,
                    unit: "bytes",
                },
                SealFault::Header(_) => Fault::Unreadable,
            },
        )
    }

    /// What stands in documents here that did not at this feed's previous record; everything in the first of an opening and
    /// in every 64th. The own feed is left out: the header says it.
    fn seen_since(&self) -> (bool, Vector) {
        let all = self.in_documents();
        let others = all.iter().filter(|(feed, _)| *feed != self.keys.feed);
        match &self.announced.vector {
            Some(before) if self.announced.records_since_full < limits::FULL_VECTOR_EVERY => {
                (false, others.filter(|(feed, position)| before.get(feed) != Some(*position)).collect())
            }
            _ => (true, others.collect()),
        }
    }

    fn announce(&mut self, full: bool) {
        self.announced.records_since_full = if full { 1 } else { self.announced.records_since_full + 1 };
        self.announced.vector = Some(self.in_documents());
    }

    /// Remembers whose names these are, so that a history can say who wrote. The names themselves prove it.
    pub(super) fn bind(&self, work: &mut Work<'_, '_>, feed: FeedId, actors: &BTreeSet<Actor>) {
        for actor in actors {
            let value = self.keys.seal(Table::Actors, actor, feed.as_bytes(), work.cx.entropy);
            work.step.commit.put(Table::Actors, actor.to_vec(), value);
        }
    }

    /// The feed that a name is of, if a record has announced it.
    pub(super) fn bound(&self, work: &Work<'_, '_>, actor: &Actor) -> Option<FeedId> {
        let sealed = work.cx.reader.get(Table::Actors, actor).ok()??;
        FeedId::try_from(self.keys.open(Table::Actors, actor, &sealed).ok()?.as_slice()).ok()
    }

    /// A stored record, opened. `None` if it is not there or has no body any more.
    pub(super) fn opened(
        &self,
        work: &Work<'_, '_>,
        feed: FeedId,
        seq: u64,
    ) -> Result<Option<Opened>, Fault> {
        let fresh = work.fresh.iter().find(|record| record.position().seq == seq && feed == self.keys.feed);
        let record = match fresh {
            Some(record) => record.clone(),
            None => match work.cx.reader.record(self.space, feed, seq)? {
                Some(bytes) => self.verified(&Record::parse(bytes).map_err(unreadable)?)?,
                None => return Ok(None),
            },
        };
        let Some(keys) = self.keys.epochs.get(&record.header().epoch) else { return Ok(None) };
        Ok(open(keys, &record).ok())
    }

    /// A record from the own store, its signature checked once more: the disk is not trusted with what is shown.
    pub(super) fn verified(&self, record: &Record) -> Result<VerifiedRecord, Fault> {
        let member = self.roster.feed(&record.header().feed).ok_or(Fault::Unreadable)?;
        record.verify(&member.keys).map_err(unreadable)
    }
}
