//! Taking records out of documents again, with whatever in them builds on these.

use std::collections::{BTreeMap, BTreeSet};

use super::{Engine, Work, unreadable};
use crate::command::Fault;
use crate::content::DocumentId;
use crate::document::Document;
use crate::io::Table;
use crate::row::{Source, Stored};

impl Engine {
    /// Takes some records out of these documents. An honest record names what it builds on, so that this counts; one that hid it
    /// dangles now, as it does on a device that heard of the removal first, and is taken out of all of its documents.
    pub(super) fn take_out(
        &mut self,
        work: &mut Work<'_, '_>,
        mut open: BTreeSet<DocumentId>,
        is_out: impl Fn(&Source) -> bool,
    ) -> Result<(), Fault> {
        let (mut out, mut kept) = (BTreeSet::new(), BTreeMap::new());
        while let Some(id) = open.pop_first() {
            let Some(row) = self.row(work, &id)? else { continue };
            let sources = row.sources.iter().copied();
            let sources: Vec<Source> =
                sources.filter(|source| !is_out(source) && !out.contains(source)).collect();
            if sources.len() == row.sources.len() {
                continue;
            }
            let (document, dangle) = self.rebuilt_without(work, &id, &sources)?;
            let sources = sources.into_iter().filter(|source| !dangle.contains(source)).collect();
            for source in dangle {
                let documents = self.documents_of(work, &source);
                out.insert(source);
                open.extend(&documents);
                self.note_dangling(work, source, documents);
            }
            open.remove(&id);
            kept.insert(id, (document, sources));
        }
        for (id, (document, sources)) in kept {
            self.put_again(work, id, document, sources);
        }
        Ok(())
    }

    /// A document out of some of its records, and those of them that build on others.
    fn rebuilt_without(
        &self,
        work: &Work<'_, '_>,
        id: &DocumentId,
        sources: &[Source],
    ) -> Result<(Option<Document>, BTreeSet<Source>), Fault> {
        let (mut document, mut dangle): (Option<Document>, BTreeSet<Source>) = (None, BTreeSet::new());
        for source in sources {
            let Some(opened) = self.opened(work, source.0, source.1)? else {
                dangle.insert(*source);
                continue;
            };
            let content = self.content(&source.0, opened.bytes()).map_err(unreadable)?;
            let changes = content.items.into_iter().find(|item| item.document == *id);
            let changes = changes.map(|item| item.changes).unwrap_or_default();
            match Document::grown(document.as_ref(), &changes) {
                Some(grown) => document = Some(grown),
                None => drop(dangle.insert(*source)),
            }
        }
        Ok((document, dangle))
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
