//! Writing, changing and reading entries.

use haven_core::entry::{Draft, Edit, EntryError};
use haven_core::id::EntryId;
use haven_core::limits as core_limits;
use haven_core::time::{SortKey, Timestamp};

use super::writing::Written;
use super::{Engine, Work, unreadable};
use crate::actor::{Actor, ActorNonce, actor};
use crate::command::{Fault, PastShown, Reply, VersionShown};
use crate::content::DocumentId;
use crate::document::{Author, DocumentFault, Fields, FieldsEdit, create};
use crate::fields;
use crate::io::draw;
use crate::limits;
use crate::row::Stored;
use crate::version::Version;

impl Engine {
    pub(super) fn add(&mut self, work: &mut Work<'_, '_>, draft: &Draft) -> Result<EntryId, Fault> {
        draft.validate().map_err(limit)?;
        self.check_people(&draft.people)?;
        let created = self.stamp(work, draft.at.sort_key());
        let id = draw(work.cx.entropy);
        self.create(work, id, fields::of_draft(draft, &self.shelf.exercises, created))?;
        let id = EntryId::from_bytes(id);
        self.mark_unsafe(work, id, None)?;
        Ok(id)
    }

    /// When a new entry of this time was written: now, and after whichever of the same time was last written down, so that entries
    /// of one bare date keep their order also within one millisecond, and when a clock was set back. A stamp far ahead of this
    /// device's clock is not followed.
    pub(super) fn stamp(&self, work: &Work<'_, '_>, key: SortKey) -> Timestamp {
        let now_ms = work.cx.now.wall_ms;
        let last = self.view.last_created(key).map(Timestamp::as_millis);
        let next = last.filter(|last| last.saturating_sub(now_ms) <= limits::CREATED_AHEAD_MS_MAX);
        Timestamp::from_millis(next.map_or(now_ms, |last| now_ms.max(last.saturating_add(1))))
    }

    pub(super) fn create(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        fields: Fields,
    ) -> Result<(), Fault> {
        let now_ms = work.cx.now.wall_ms;
        self.create_at(work, id, fields, now_ms)
    }

    /// Creates a document as of a moment that may be past.
    pub(super) fn create_at(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        fields: Fields,
        at_ms: i64,
    ) -> Result<(), Fault> {
        let author = Author { actor: self.actor(&self.nonce), now_ms: at_ms };
        let created = create(&fields, author);
        let written = [Written { document: id, changes: vec![created.change] }];
        let sources = self.write(work, &written, &[self.nonce].into())?;
        let mut stored = Stored::created(&id, fields, created.hash, author.written_ms(), self.keys.feed);
        stored.add_source(sources[&id]);
        work.change(id, stored);
        self.push(work);
        Ok(())
    }

    pub(super) fn edit(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
        base: Option<&Version>,
        edit: &Edit,
    ) -> Result<(), Fault> {
        let shown = self.view.entry(id).ok_or(Fault::EntryUnknown)?;
        edit.applied(&shown.entry).map_err(limit)?;
        self.check_people(&edit.add_people)?;
        let row = self.row(work, id.as_bytes())?.ok_or(Fault::EntryUnknown)?;
        let mut change = fields::of_edit(edit, &row.fields);
        self.name_as_written(&row.fields, &mut change);
        let before = self.called_unsafe(work, id)?;
        self.change(work, *id.as_bytes(), row, base, &change)?;
        self.mark_unsafe(work, id, before)
    }

    pub(super) fn set_trashed(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
        trashed: bool,
    ) -> Result<(), Fault> {
        let row = self.entry_row(work, id)?;
        let now = work.cx.now.wall_ms;
        let change = FieldsEdit { trashed: Some(trashed.then_some(now)), ..FieldsEdit::default() };
        self.change(work, *id.as_bytes(), row, None, &change).map(|_| ())
    }

    pub(super) fn restore(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
        version: &Version,
    ) -> Result<(), Fault> {
        let row = self.entry_row(work, id)?;
        let document = self.document(work, id.as_bytes(), &row)?;
        let then = document.fields_at(version).map_err(version_fault)?;
        let restoring = document.restoring(&then);
        self.keep_open(*id.as_bytes(), document);
        let change = restoring.map_err(version_fault)?;
        self.change(work, *id.as_bytes(), row, None, &change).map(|_| ())
    }

    /// Applies a change to a document and writes it; gives the version its author now looks at.
    pub(super) fn change(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        mut row: Stored,
        base: Option<&Version>,
        change: &FieldsEdit,
    ) -> Result<Version, Fault> {
        let mut document = self.document(work, &id, &row)?;
        let stale = base.is_some_and(|base| *base != row.version);
        let nonce: ActorNonce = if stale { draw(work.cx.entropy) } else { self.nonce };
        let author = Author { actor: self.actor(&nonce), now_ms: work.cx.now.wall_ms };
        let edited = document.edit(base, change, author).map_err(version_fault)?;
        if edited.changes.is_empty() {
            self.keep_open(id, document);
            return Ok(base.cloned().unwrap_or(row.version));
        }
        let written = [Written { document: id, changes: edited.changes }];
        let sources = self.write(work, &written, &[nonce].into())?;
        let reading = document.reading().map_err(unreadable)?;
        row.read(&document, reading, self.keys.feed);
        row.sources.push(sources[&id]);
        self.keep(work, id, document);
        work.change(id, row);
        self.push(work);
        Ok(edited.seen)
    }

    pub(super) fn show(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
        version: Option<Version>,
    ) -> Result<Reply, Fault> {
        let present = self.view.entry(id).ok_or(Fault::EntryUnknown)?;
        let Some(version) = version.filter(|version| *version != present.version) else {
            let (entry, version) = (Box::new(present.entry.clone()), present.version.clone());
            let met = self.met(work, id)?;
            return Ok(Reply::Shown { entry, version, met });
        };
        let row = self.entry_row(work, id)?;
        let document = self.document(work, id.as_bytes(), &row)?;
        let then = document.fields_at(&version).map_err(version_fault)?;
        let at_ms = document
            .history()
            .iter()
            .filter(|past| version.heads().contains(&past.hash))
            .map(|p| p.at_ms)
            .max();
        self.keep_open(*id.as_bytes(), document);
        let entry = fields::entry(id, &then, at_ms.unwrap_or(row.modified_ms)).ok_or(Fault::Unreadable)?;
        Ok(Reply::Shown { entry: Box::new(entry), version, met: Vec::new() })
    }

    pub(super) fn history(&mut self, work: &mut Work<'_, '_>, id: EntryId) -> Result<Vec<PastShown>, Fault> {
        let row = self.entry_row(work, id)?;
        let document = self.document(work, id.as_bytes(), &row)?;
        let (past, bases) = (document.history(), document.bases());
        self.keep_open(*id.as_bytes(), document);
        let mut bases = bases.map_err(version_fault)?;
        let shown = past.into_iter().rev().map(|past| PastShown {
            base: bases.remove(&past.hash),
            shown: VersionShown {
                version: Version::new(vec![past.hash]),
                at: Timestamp::from_millis(past.at_ms),
                device: self.device_of(work, &past.actor),
            },
        });
        Ok(shown.collect())
    }

    /// A name of this device in documents.
    pub(super) fn actor(&self, nonce: &ActorNonce) -> Actor {
        actor(&self.keys.feed, nonce)
    }

    pub(super) fn device_of(&self, work: &Work<'_, '_>, actor: &[u8]) -> String {
        let feed = Actor::try_from(actor).ok().and_then(|actor| self.bound(work, &actor));
        feed.and_then(|feed| self.device_name(&feed)).unwrap_or_default()
    }

    pub(super) fn entry_row(&self, work: &Work<'_, '_>, id: EntryId) -> Result<Stored, Fault> {
        self.view.entry(id).ok_or(Fault::EntryUnknown)?;
        self.row(work, id.as_bytes())?.ok_or(Fault::EntryUnknown)
    }
}

pub(super) fn version_fault(fault: DocumentFault) -> Fault {
    match fault {
        DocumentFault::VersionUnknown => Fault::VersionUnknown,
        DocumentFault::Damaged => Fault::Unreadable,
    }
}

/// A limit that an entry does not keep to, told with its numbers.
pub(super) fn limit(fault: EntryError) -> Fault {
    let too_large = |what, size: usize, max: usize, unit| Fault::TooLarge {
        what,
        size: size as u64,
        max: max as u64,
        unit,
    };
    match fault {
        EntryError::TitleTooLong { chars } => {
            too_large("the title", chars, core_limits::TITLE_CHARS_MAX, "characters")
        }
        EntryError::TextTooLong { bytes } => {
            too_large("the text", bytes, core_limits::TEXT_BYTES_MAX, "bytes")
        }
        EntryError::EntryTooLarge { bytes } => {
            too_large("the entry", bytes, core_limits::ENTRY_BYTES_MAX, "bytes")
        }
        EntryError::DraftTooLarge { bytes } => {
            too_large("the draft", bytes, core_limits::DRAFT_BYTES_MAX, "bytes")
        }
        other => Fault::Invalid(other.to_string()),
    }
}
