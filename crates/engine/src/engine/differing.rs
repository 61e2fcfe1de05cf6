//! Whether a journal says, or has said, what a line of an export says of an entry that is there. An import leaves such an entry
//! alone either way; words of a line that are nowhere here must not go by in silence.

use std::collections::BTreeSet;

use haven_core::entry::Entry;
use haven_core::id::{EntryId, PersonId};
use haven_core::import::Rest;

use super::journal::version_fault;
use super::{Engine, Work};
use crate::command::Fault;
use crate::document::{Fields, Said};
use crate::fields::{self, met};
use crate::version::Version;

/// What a line says of an entry.
pub(super) struct Claim<'a> {
    pub(super) id: EntryId,
    pub(super) fields: &'a Fields,
    /// What met in it where it was exported.
    pub(super) rest: &'a Rest,
}

impl Engine {
    /// Whether some of what a line says is neither in the entry nor in any version of its history. A version that the history
    /// does not name, since it was only ever the coming together of others, counts as differing.
    pub(super) fn differs(&mut self, work: &mut Work<'_, '_>, claim: &Claim<'_>) -> Result<bool, Fault> {
        let Some(row) = self.view.entry(claim.id) else { return Ok(false) };
        let present = row.as_written.as_deref().unwrap_or(&row.entry);
        let is_shown = self.says(claim.fields, present, &row.rest);
        let is_met = claim.rest.met.is_none()
            || self.meeting(work, claim.id)?.is_some_and(|met| Some(&*met) == claim.rest.met.as_ref());
        if is_shown && is_met {
            return Ok(false);
        }
        let past = self.past(work, claim.id)?;
        let was_said = |engine: &Self| {
            past.iter().any(|then| {
                let entry = fields::entry(claim.id, then, 0);
                entry.is_some_and(|entry| engine.says(claim.fields, &entry, &fields::rest(then)))
            })
        };
        if !is_shown && !was_said(self) {
            return Ok(true);
        }
        let Some(met) = claim.rest.met.as_ref().filter(|_| !is_met) else { return Ok(false) };
        let meeting = met::to_meeting(met, claim.fields);
        let is_known = |says: &std::collections::BTreeMap<_, Said>| {
            past.iter().any(|then| says.iter().all(|(field, said)| Said::of(field, then) == *said))
        };
        Ok(!meeting.sides.iter().all(|side| is_known(&side.says)))
    }

    /// Whether two lines of one file say the same of an entry.
    pub(super) fn agrees(&self, id: EntryId, one: &Fields, other: &Fields) -> bool {
        fields::entry(id, other, 0).is_some_and(|entry| self.says(one, &entry, &fields::rest(other)))
    }

    fn says(&self, claimed: &Fields, entry: &Entry, rest: &Rest) -> bool {
        let Some(line) = fields::entry(entry.id, claimed, 0) else { return false };
        (line.kind, &line.at, &line.title, &line.text) == (entry.kind, &entry.at, &entry.title, &entry.text)
            && (&line.tags, &line.exercise, &line.answers) == (&entry.tags, &entry.exercise, &entry.answers)
            && line.trashed.is_some() == entry.trashed.is_some()
            && fields::rest(claimed).unread == rest.unread
            && self.those_of(&line) == self.those_of(entry)
    }

    /// Whom an entry is about, as this journal knows them: whoever was forgotten is named by nobody.
    fn those_of(&self, entry: &Entry) -> BTreeSet<PersonId> {
        let meant = entry.people.iter().map(|id| self.view.meant(*id));
        meant.filter(|id| !self.view.is_forgotten(*id)).collect()
    }

    /// All that an entry has said: at each of its changes, and what their authors had before them.
    fn past(&mut self, work: &Work<'_, '_>, id: EntryId) -> Result<Vec<Fields>, Fault> {
        let row = self.entry_row(work, id)?;
        let document = self.document(work, id.as_bytes(), &row)?;
        let changes = document.history().into_iter().map(|past| Version::new(vec![past.hash]));
        let said = document.bases().and_then(|bases| {
            let bases = bases.into_values().filter(|base| base.heads().len() > 1);
            changes.chain(bases).map(|version| document.fields_at(&version)).collect()
        });
        self.keep_open(*id.as_bytes(), document);
        said.map_err(version_fault)
    }
}
