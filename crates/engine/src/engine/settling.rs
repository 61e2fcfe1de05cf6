//! Two edits that met: telling their sides, and settling them.

use haven_core::entry::Edit;
use haven_core::id::EntryId;
use haven_core::import::Met;
use haven_core::time::Timestamp;

use super::journal::{limit, version_fault};
use super::{Engine, Work};
use crate::command::{Fault, Keep, SideShown, VersionShown};
use crate::document::FieldsEdit;
use crate::fields::met;

impl Engine {
    /// The sides of what met in an entry, the one that is shown first.
    pub(super) fn met(&mut self, work: &mut Work<'_, '_>, id: EntryId) -> Result<Vec<SideShown>, Fault> {
        let row = self.entry_row(work, id)?;
        if row.met.is_empty() {
            return Ok(Vec::new());
        }
        let document = self.document(work, id.as_bytes(), &row)?;
        let parts = document.met_parts();
        self.keep_open(*id.as_bytes(), document);
        let sides = row.met.into_iter().zip(parts.map_err(version_fault)?).map(|(side, parts)| SideShown {
            shown: VersionShown {
                version: side.version,
                at: Timestamp::from_millis(side.at_ms),
                device: self.device_of(work, &side.actor),
            },
            parts: parts
                .into_iter()
                .filter_map(|(field, takes_away)| met::part(&field, takes_away))
                .collect(),
        });
        Ok(sides.collect())
    }

    /// What met in an entry, as an export writes it.
    pub(super) fn meeting(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
    ) -> Result<Option<Box<Met>>, Fault> {
        let row = self.entry_row(work, id)?;
        if row.met.is_empty() {
            return Ok(None);
        }
        let document = self.document(work, id.as_bytes(), &row)?;
        let meeting = document.meeting();
        self.keep_open(*id.as_bytes(), document);
        Ok(meeting.map_err(version_fault)?.map(|meeting| Box::new(met::of_meeting(&meeting))))
    }

    /// Settles what met in an entry. It is an edit like any other, so it settles it on all devices, and an edit that this
    /// device has not seen yet meets it again.
    pub(super) fn settle(&mut self, work: &mut Work<'_, '_>, id: EntryId, keep: &Keep) -> Result<(), Fault> {
        let row = self.entry_row(work, id)?;
        let document = self.document(work, id.as_bytes(), &row)?;
        let change = match keep {
            Keep::Side(version) => document.keep_side(version),
            Keep::Both => document.keep_both(),
        };
        self.keep_open(*id.as_bytes(), document);
        let unknown = if row.met.is_empty() { Fault::NothingMet } else { Fault::SideUnknown };
        let change = change.map_err(version_fault)?.ok_or(unknown)?;
        self.check_settled(id, &change)?;
        let before = self.called_unsafe(work, id)?;
        self.change(work, *id.as_bytes(), row, None, &change)?;
        self.mark_unsafe(work, id, before)
    }

    /// Two versions of a text, one after the other, may be too long for one entry.
    fn check_settled(&self, id: EntryId, change: &FieldsEdit) -> Result<(), Fault> {
        let shown = self.view.entry(id).ok_or(Fault::EntryUnknown)?;
        let text = |name: &str| change.texts.get(name).cloned();
        let edit = Edit { title: text("title"), text: text("text"), ..Edit::default() };
        let is_word = edit.title.is_some() || edit.text.is_some();
        if is_word { edit.applied(&shown.entry).map(drop).map_err(limit) } else { Ok(()) }
    }
}
