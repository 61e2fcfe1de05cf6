//! Documents, opened when they are needed and kept for a while.

use std::collections::BTreeMap;

use super::{Engine, Work, unreadable};
use crate::command::Fault;
use crate::content::DocumentId;
use crate::document::{Document, DocumentFault};
use crate::io::{Reader, Table};
use crate::limits;
use crate::row::{Source, Stored};

/// The documents opened last.
#[derive(Default)]
pub(super) struct OpenDocuments {
    documents: BTreeMap<DocumentId, (Document, u64)>,
    uses: u64,
}

impl OpenDocuments {
    fn take(&mut self, id: &DocumentId) -> Option<Document> {
        self.documents.remove(id).map(|(document, _)| document)
    }

    pub(super) fn forget(&mut self, id: &DocumentId) {
        self.documents.remove(id);
    }

    fn put(&mut self, id: DocumentId, document: Document) {
        self.uses += 1;
        self.documents.insert(id, (document, self.uses));
        if self.documents.len() > limits::OPEN_DOCUMENTS_MAX {
            let oldest = self.documents.iter().min_by_key(|(_, (_, used))| *used).map(|(id, _)| *id);
            oldest.map(|id| self.documents.remove(&id));
        }
    }
}

impl Engine {
    /// A document's row, as this step has it or as the store does.
    pub(super) fn row(&self, work: &Work<'_, '_>, id: &DocumentId) -> Result<Option<Stored>, Fault> {
        if let Some(changed) = work.rows.get(id) {
            return Ok(Some(changed.stored.clone()));
        }
        let Some(sealed) = work.cx.reader.get(Table::Rows, id)? else { return Ok(None) };
        let plain = self.keys.open(Table::Rows, id, &sealed).map_err(unreadable)?;
        Stored::decode(&plain).map(Some).map_err(unreadable)
    }

    /// Opens a document: the one kept open, this device's save of it, or its changes out of the records.
    pub(super) fn document(
        &mut self,
        work: &Work<'_, '_>,
        id: &DocumentId,
        row: &Stored,
    ) -> Result<Document, Fault> {
        let reader = work.cx.reader;
        let current = |document: &Document| document.version() == row.version;
        if let Some(open) = self.open.take(id).filter(current) {
            return Ok(open);
        }
        if let Some(saved) = self.saved(reader, id)?.filter(current) {
            return Ok(saved);
        }
        self.rebuild(work, id, &row.sources)?.filter(current).ok_or(Fault::Unreadable)
    }

    fn saved(&self, reader: &dyn Reader, id: &DocumentId) -> Result<Option<Document>, Fault> {
        let Some(sealed) = reader.get(Table::Saves, id)? else { return Ok(None) };
        let plain = self.keys.open(Table::Saves, id, &sealed).ok();
        Ok(plain.and_then(|plain| Document::load(&plain).ok()))
    }

    /// The truth: a document out of the records that hold its changes.
    pub(super) fn rebuild(
        &self,
        work: &Work<'_, '_>,
        id: &DocumentId,
        sources: &[Source],
    ) -> Result<Option<Document>, Fault> {
        let mut changes: Vec<Vec<u8>> = Vec::new();
        for (feed, seq) in sources {
            let Some(opened) = self.opened(work, *feed, *seq)? else { return Ok(None) };
            let content = self.content(feed, opened.bytes()).map_err(unreadable)?;
            let ours = content.items.into_iter().filter(|item| item.document == *id);
            changes.extend(ours.flat_map(|item| item.changes).map(<[u8]>::to_vec));
        }
        match Document::from_changes(changes.iter().map(Vec::as_slice)) {
            Ok(document) => Ok(Some(document)),
            Err(DocumentFault::Damaged | DocumentFault::VersionUnknown) => Ok(None),
        }
    }

    /// Keeps a document open and its save in the store.
    pub(super) fn keep(&mut self, work: &mut Work<'_, '_>, id: DocumentId, document: Document) {
        let value = self.keys.seal(Table::Saves, &id, &document.save(), work.cx.entropy);
        work.save(id, value);
        self.open.put(id, document);
    }

    /// Keeps a document open that was only read.
    pub(super) fn keep_open(&mut self, id: DocumentId, document: Document) {
        self.open.put(id, document);
    }
}
