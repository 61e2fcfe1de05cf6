//! Taking records out of documents again, with whatever in them builds on these.

use std::collections::{BTreeMap, BTreeSet};

use haven_feed::ids::FeedId;

use super::alarms::Raised;
use super::{Engine, Work};
use crate::command::Fault;
use crate::content::DocumentId;
use crate::document::Document;
use crate::io::Table;
use crate::row::{Source, Stored};

/// What becomes of a document without some of its records.
struct Rebuilt {
    document: Option<Document>,
    /// The records that remain and build on others.
    dangle: BTreeSet<Source>,
}

impl Engine {
    /// Takes some records out of these documents. An honest record names what it builds on, so that this counts; one that hid it
    /// dangles now, as it does on a device that heard of the removal first, and is taken out of all of its documents. A document
    /// that cannot be built again, since the disk has damaged a part of it, stays as it is.
    pub(super) fn take_out(
        &mut self,
        work: &mut Work<'_, '_>,
        mut open: BTreeSet<DocumentId>,
        is_out: impl Fn(&Source) -> bool,
    ) -> Result<(), Fault> {
        let (mut out, mut kept) = (BTreeSet::new(), BTreeMap::new());
        let mut back: BTreeMap<FeedId, u64> = BTreeMap::new();
        while let Some(id) = open.pop_first() {
            let Some(row) = readable(self.row(work, &id))?.flatten() else { continue };
            let sources = row.sources.iter().copied();
            let sources: Vec<Source> =
                sources.filter(|source| !is_out(source) && !out.contains(source)).collect();
            if sources.len() == row.sources.len() {
                continue;
            }
            let Some(Rebuilt { document, dangle }) = self.rebuilt_without(work, &id, &sources)? else {
                continue;
            };
            let sources = sources.into_iter().filter(|source| !dangle.contains(source)).collect();
            for source in dangle {
                out.insert(source);
                open.extend(self.documents_of(work, &source));
                if !self.let_dangle(work, source) {
                    // It waits in the log, and what follows it in its feed.
                    let first = back.entry(source.0).or_insert(source.1);
                    *first = source.1.min(*first);
                }
            }
            open.remove(&id);
            kept.insert(id, (document, sources));
        }
        for (id, (document, sources)) in kept {
            self.put_again(work, id, document, sources);
        }
        for (feed, first) in back {
            self.apply_again(work, feed, first);
        }
        Ok(())
    }

    /// A document out of some of its records; none if one of them cannot be read here.
    fn rebuilt_without(
        &mut self,
        work: &mut Work<'_, '_>,
        id: &DocumentId,
        sources: &[Source],
    ) -> Result<Option<Rebuilt>, Fault> {
        let (mut document, mut dangle): (Option<Document>, BTreeSet<Source>) = (None, BTreeSet::new());
        for source in sources {
            let opened = readable(self.opened(work, source.0, source.1))?.flatten();
            let content = opened.as_ref().and_then(|opened| self.content(&source.0, opened.bytes()).ok());
            let Some(content) = content else {
                self.raise(work, Raised::Damaged { feed: source.0 });
                return Ok(None);
            };
            let changes = content.items.into_iter().find(|item| item.document == *id);
            let changes = changes.map(|item| item.changes).unwrap_or_default();
            match Document::grown(document.as_ref(), &changes) {
                Some(grown) => document = Some(grown),
                None => drop(dangle.insert(*source)),
            }
        }
        Ok(Some(Rebuilt { document, dangle }))
    }

    fn put_again(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        document: Option<Document>,
        sources: Vec<Source>,
    ) {
        self.open.forget(&id);
        work.step.commit.remove(Table::Saves, id.to_vec());
        let reading = document.as_ref().map(Document::reading).transpose();
        match (document, reading.ok().flatten()) {
            (Some(document), Some(reading)) => {
                let stored = Stored {
                    fields: reading.fields,
                    met: reading.met,
                    version: document.version(),
                    modified_ms: document.modified_ms(),
                    sources,
                };
                self.keep(work, id, document);
                work.change(id, stored);
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
