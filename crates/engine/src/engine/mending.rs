//! What the disk has damaged, made again: rows out of the records that they come from, and records out of what the server holds.
//!
//! All records are read for it, which takes as long as a first sync, and only when something does not open or is not as it was
//! counted. A row that does not open is replaced, being a cache; drafts are the only copy and stay as they are.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use bytes::Bytes;
use haven_feed::ids::RecordId;
use haven_feed::record::Record;

use super::alarms::Raised;
use super::gone::source_of;
use super::{Engine, Work, stands_at};
use crate::command::Fault;
use crate::content::{Content, DocumentId};
use crate::io::{StoreFault, Table, Write};
use crate::keys::meta;
use crate::row::{Source, Stored};

/// What is being mended.
#[derive(Default)]
pub(super) struct Mending {
    /// Keys of rows that do not open.
    unreadable: Vec<Vec<u8>>,
    /// Records that the disk does not give back as they were stored, until the server has.
    pub(super) records: BTreeSet<Source>,
    /// Of those the ones that the step before took in.
    came: BTreeSet<Source>,
}

impl Mending {
    /// With rows that do not open.
    pub(super) fn of(unreadable: Vec<Vec<u8>>) -> Self {
        Self { unreadable, ..Self::default() }
    }
}

impl Engine {
    /// At the opening: tells what is damaged and makes it again.
    pub(super) fn mend(&mut self, work: &mut Work<'_, '_>) {
        let holds_records = self.tips.iter().next().is_some();
        let damage = self.ledger.damage(holds_records);
        if damage.notes {
            self.mend_notes(work);
        }
        if damage.drafts {
            self.raise(work, Raised::DraftDamaged);
        }
        if damage.rows || !self.mending.unreadable.is_empty() {
            self.mend_or_tell(work, &BTreeSet::new());
        }
    }

    /// A journal that cannot be made whole is opened all the same, and the person is told.
    fn mend_or_tell(&mut self, work: &mut Work<'_, '_>, also: &BTreeSet<DocumentId>) {
        if let Err(fault) = self.mend_rows(work, also) {
            tracing::error!(?fault, "what was damaged could not be made again");
            self.ledger.lost = true;
            self.raise(work, Raised::RowsLost);
        }
    }

    /// What is one of a kind is as nothing where it does not open. Two of them would be dangerous as nothing: without the mark of
    /// what has left, it could be written anew; and the keys come out of the roster once more.
    fn mend_notes(&mut self, work: &mut Work<'_, '_>) {
        self.raise(work, Raised::NotesDamaged);
        if !self.ledger.has_meta(meta::SENT) {
            let own = self.tips.seq(&self.keys.feed);
            self.left(work, own);
        }
        if !self.ledger.has_meta(meta::EPOCHS) && !self.keys.roots.is_empty() {
            let roots = self.keys.encode_roots();
            let sealed = self.keys.seal(Table::Meta, meta::EPOCHS, &roots, work.cx.entropy);
            work.step.commit.put(Table::Meta, meta::EPOCHS, sealed);
        }
    }

    /// Takes in what came from the server in the place of damaged records, and gives the others back.
    pub(super) fn take_damaged(&mut self, work: &mut Work<'_, '_>, records: Vec<Bytes>) -> Vec<Bytes> {
        if self.mending.records.is_empty() {
            return records;
        }
        let mut others = Vec::new();
        // The last first: each is known by the one after it.
        for bytes in records.into_iter().rev() {
            match self.damaged_place(work, &bytes) {
                Some((source, stands)) => self.put_record(work, source, stands, bytes),
                None => others.push(bytes),
            }
        }
        others.reverse();
        others
    }

    /// The damaged record that this one is, byte by byte as it was written, and whether a row stands there.
    fn damaged_place(&self, work: &Work<'_, '_>, bytes: &Bytes) -> Option<(Source, bool)> {
        let record = Record::parse(bytes.clone()).ok().filter(|record| !record.is_husk())?;
        let source = (record.header().feed, record.header().seq);
        let is_it = self.mending.records.contains(&source)
            && stands_at(&record, self.space, source.0, source.1)
            && self.verified(&record).is_ok()
            && self.id_at(work, source) == Some(record.id());
        let stands = work.cx.reader.record(self.space, source.0, source.1).ok()?.is_some();
        is_it.then_some((source, stands))
    }

    /// The id of a record that cannot be read: by what is applied, or by the record after it.
    fn id_at(&self, work: &Work<'_, '_>, (feed, seq): Source) -> Option<RecordId> {
        let tip = self.tips.get(&feed).filter(|tip| tip.position.seq == seq);
        tip.map(|tip| tip.position.id).or_else(|| {
            let next = (feed, seq + 1);
            let bytes = match work.bodies.get(&next) {
                Some(bytes) => bytes.clone(),
                None => work.cx.reader.record(self.space, feed, seq + 1).ok()??,
            };
            let next = Record::parse(bytes).ok().filter(|next| stands_at(next, self.space, feed, seq + 1))?;
            self.verified(&next).ok()?;
            Some(next.header().prev)
        })
    }

    fn put_record(&mut self, work: &mut Work<'_, '_>, source: Source, stands: bool, bytes: Bytes) {
        let (space, feed, seq) = (self.space, source.0, source.1);
        work.bodies.insert(source, bytes.clone());
        work.step.commit.writes.push(match stands {
            true => Write::Replace { space, feed, seq, bytes },
            false => Write::Record { space, feed, seq, bytes },
        });
        self.mending.records.remove(&source);
        self.mending.came.insert(source);
        work.again = true;
    }

    /// Records that came in the step before are on the disk now: what they are about is read again.
    pub(super) fn mend_more(&mut self, work: &mut Work<'_, '_>) {
        let came = std::mem::take(&mut self.mending.came);
        if came.is_empty() {
            return;
        }
        let about = came.iter().flat_map(|source| self.documents_of(work, source)).collect();
        self.mend_or_tell(work, &about);
        self.waiting.wake();
    }

    /// Makes again the rows that records speak of and that are not there, and those that are told.
    fn mend_rows(&mut self, work: &mut Work<'_, '_>, also: &BTreeSet<DocumentId>) -> Result<(), Fault> {
        let mut places = self.places(work)?;
        let unreadable = std::mem::take(&mut self.mending.unreadable);
        let junk: Vec<_> = unreadable.into_iter().filter(|key| !names(&places, key)).collect();
        places.retain(|id, _| !self.ledger.rows.has(id) || also.contains(id));
        let (mut made, mut lost) = (false, !self.mending.records.is_empty());
        for (id, sources) in places {
            match self.remake(work, id, sources)? {
                true => {
                    self.ledger.rows.add(&id);
                    made = true;
                }
                false => lost = true,
            }
        }
        self.ledger.lost = lost;
        if lost {
            self.mending.unreadable = junk;
            self.raise(work, Raised::RowsLost);
            return Ok(());
        }
        junk.into_iter().for_each(|key| work.step.commit.remove(Table::Rows, key));
        self.end_alarm(work, Raised::RowsLost);
        if made {
            self.raise(work, Raised::RowsRebuilt);
        }
        Ok(())
    }

    /// Of each document the records that stand in it. What cannot be read on the way is noted.
    fn places(&mut self, work: &Work<'_, '_>) -> Result<BTreeMap<DocumentId, Vec<Source>>, Fault> {
        let reader = work.cx.reader;
        let mut aside: BTreeSet<Source> = BTreeSet::new();
        reader.scan(Table::Quarantine, &mut |key, _| {
            aside.extend(source_of(key));
            ControlFlow::Continue(())
        })?;
        let mut places: BTreeMap<DocumentId, Vec<Source>> = BTreeMap::new();
        let mut damaged = BTreeSet::new();
        for (feed, last) in self.in_documents().iter() {
            let mut read: BTreeSet<u64> = BTreeSet::new();
            let look = |source, content: &Content<'_>| {
                Some((source, content.items.iter().map(|item| item.document).collect::<BTreeSet<_>>()))
            };
            self.reread(reader, feed, (1, last.seq), look, |(source, documents)| {
                read.insert(source.1);
                for id in documents.into_iter().filter(|_| !aside.contains(&source)) {
                    places.entry(id).or_default().push(source);
                }
            })?;
            let unread = (1..=last.seq).filter(|seq| !read.contains(seq)).map(|seq| (feed, seq));
            for source in unread.filter(|source| !aside.contains(source)) {
                if self.is_damaged(work, source)? {
                    damaged.insert(source);
                }
            }
        }
        self.mending.records.extend(damaged);
        Ok(places)
    }

    /// Whether a record that says nothing is not what was stored.
    fn is_damaged(&self, work: &Work<'_, '_>, (feed, seq): Source) -> Result<bool, StoreFault> {
        let stored = match work.cx.reader.record(self.space, feed, seq) {
            Err(StoreFault::Damaged { .. }) => None,
            stored => stored?,
        };
        let record = stored.and_then(|bytes| Record::parse(bytes).ok());
        let record = record.filter(|record| stands_at(record, self.space, feed, seq));
        Ok(record.is_none_or(|record| self.verified(&record).is_err()))
    }

    /// Makes a row out of records, of several feeds in whatever order they build on each other. Says whether it could be.
    fn remake(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        mut sources: Vec<Source>,
    ) -> Result<bool, Fault> {
        let mut left = usize::MAX;
        loop {
            let Some(rebuilt) = self.rebuilt_without(work, &id, &sources)? else { return Ok(false) };
            let dangle = rebuilt.dangle;
            if dangle.is_empty() || dangle.len() >= left {
                let is_there = rebuilt.document.is_some();
                if is_there {
                    sources.retain(|source| !dangle.contains(source));
                    self.put_again(work, id, rebuilt.document, Stored { sources, ..rebuilt.said });
                }
                return Ok(is_there && dangle.is_empty());
            }
            left = dangle.len();
            sources.sort_by_key(|source| dangle.contains(source));
        }
    }
}

fn names(places: &BTreeMap<DocumentId, Vec<Source>>, key: &[u8]) -> bool {
    DocumentId::try_from(key).is_ok_and(|id| places.contains_key(&id))
}
