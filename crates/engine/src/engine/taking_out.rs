//! Taking records out of documents again, with whatever in them builds on these.

use std::collections::{BTreeMap, BTreeSet};

use haven_feed::ids::FeedId;

use super::alarms::Raised;
use super::{Engine, Work};
use crate::command::Fault;
use crate::content::{Content, DocumentId};
use crate::document::{Document, defined_by};
use crate::io::{Reader, Table};
use crate::row::{Source, Stored};

/// What becomes of a document without some of its records.
pub(super) struct Rebuilt {
    pub(super) document: Option<Document>,
    /// What the creations in them define, and by whom.
    pub(super) said: Stored,
    /// The records that remain and build on others.
    pub(super) dangle: BTreeSet<Source>,
}

impl Engine {
    /// Takes some records out of these documents. An honest record names what it builds on, so that this counts; one that hid it
    /// dangles now, as it does on a device that heard of the removal first, and is taken out of all of its documents, with what its feed
    /// wrote into these later; where there is no room for it, with all behind it. A document that cannot be built again, since the disk
    /// has damaged a part of it, stays as it is.
    ///
    /// First it is found out what stays, then each document is built from that: a removed device may have written into all of them, and
    /// they are not in memory together.
    pub(super) fn take_out(
        &mut self,
        work: &mut Work<'_, '_>,
        mut open: BTreeSet<DocumentId>,
        is_out: impl Fn(&Source) -> bool,
    ) -> Result<(), Fault> {
        let (mut out, mut kept): (BTreeSet<Source>, BTreeMap<DocumentId, Vec<Source>>) = Default::default();
        let mut back: BTreeMap<FeedId, u64> = BTreeMap::new();
        // What goes out with one document is looked for in the others once all have been looked at, and not for each of them.
        while !open.is_empty() {
            for id in std::mem::take(&mut open) {
                let Some(row) = readable(self.row(work, &id))?.flatten() else { continue };
                let waits = |(feed, seq): &Source| back.get(feed).is_some_and(|first| seq >= first);
                let stays = |source: &Source| !is_out(source) && !out.contains(source) && !waits(source);
                let sources: Vec<Source> = row.sources.iter().copied().filter(stays).collect();
                if sources.len() == row.sources.len() {
                    continue;
                }
                let Some(Rebuilt { dangle, .. }) = self.rebuilt_without(work, &id, &sources)? else {
                    continue;
                };
                let sources = sources.into_iter().filter(|source| !dangle.contains(source)).collect();
                for source in dangle {
                    out.insert(source);
                    open.extend(self.documents_of(work, &source));
                    if !self.let_dangle(work, source) {
                        // It waits in the log, and what follows it in its feed; what follows another one that waits was looked at.
                        let last = self.in_documents().seq(&source.0);
                        let last = back.get(&source.0).map_or(last, |first| first - 1);
                        if source.1 <= last {
                            back.insert(source.0, source.1);
                            open.extend(self.documents_between(
                                work.cx.reader,
                                source.0,
                                (source.1, last),
                            )?);
                        }
                    }
                }
                kept.insert(id, sources);
            }
        }
        for (id, sources) in kept {
            if let Some(Rebuilt { document, said, .. }) = self.rebuilt_without(work, &id, &sources)? {
                self.put_again(work, id, document, Stored { sources, ..said });
            }
        }
        for (feed, first) in back {
            self.read_anew(work, feed, first);
        }
        Ok(())
    }

    /// What the records of a feed from one number to another are about.
    pub(super) fn documents_between(
        &self,
        reader: &dyn Reader,
        feed: FeedId,
        places: (u64, u64),
    ) -> Result<BTreeSet<DocumentId>, Fault> {
        let mut all = BTreeSet::new();
        let look = |_, content: &Content<'_>| {
            Some(content.items.iter().map(|item| item.document).collect::<BTreeSet<_>>())
        };
        self.reread(reader, feed, places, look, |documents| all.extend(documents))?;
        Ok(all)
    }

    /// A document out of some of its records; none if one of them cannot be read here.
    pub(super) fn rebuilt_without(
        &mut self,
        work: &mut Work<'_, '_>,
        id: &DocumentId,
        sources: &[Source],
    ) -> Result<Option<Rebuilt>, Fault> {
        let (mut document, mut dangle): (Option<Document>, BTreeSet<Source>) = (None, BTreeSet::new());
        let mut said = Stored::default();
        for source in sources {
            let follows = dangle.range((source.0, 0)..*source).next().is_some();
            if follows || self.follows_dangling(source, &[*id].into()) {
                dangle.insert(*source);
                continue;
            }
            let opened = readable(self.opened(work, source.0, source.1))?.flatten();
            let content = opened.as_ref().and_then(|opened| self.content(&source.0, opened.bytes()).ok());
            let Some(content) = content else {
                self.raise(work, Raised::Damaged { feed: source.0 });
                return Ok(None);
            };
            let changes = content.items.into_iter().find(|item| item.document == *id);
            let changes = changes.map(|item| item.changes).unwrap_or_default();
            match Document::grown(document.as_ref(), &changes) {
                Some(grown) => {
                    document = Some(grown);
                    let defined = changes.iter().filter_map(|change| defined_by(id, change));
                    defined.for_each(|fields| said.define(fields, source.0));
                }
                None => drop(dangle.insert(*source)),
            }
        }
        Ok(Some(Rebuilt { document, said, dangle }))
    }

    pub(super) fn put_again(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        document: Option<Document>,
        mut said: Stored,
    ) {
        self.open.forget(&id);
        work.forget_save(&id);
        let reading = document.as_ref().map(Document::reading).transpose();
        match (document, reading.ok().flatten()) {
            (Some(document), Some(reading)) => {
                said.read(&document, reading, self.keys.feed);
                self.keep(work, id, document);
                work.change(id, said);
            }
            _ => {
                work.rows.remove(&id);
                work.step.commit.remove(Table::Rows, id.to_vec());
                self.view_is_old = true;
                work.again = true;
            }
        }
    }
}

/// What was read, or nothing where it is damaged. A store that does not answer is a fault still.
fn readable<T>(read: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(Fault::Unreadable) => Ok(None),
        Err(fault) => Err(fault),
    }
}
