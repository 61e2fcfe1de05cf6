//! The people of the journal: adding, changing, merging, forgetting.

use std::collections::BTreeSet;

use haven_core::content::unsafe_person;
use haven_core::id::{EntryId, PersonId};
use haven_core::person::{PersonEdit, PersonName, Safe};
use haven_core::time::Timestamp;

use super::{Engine, Work};
use crate::command::Fault;
use crate::document::{Fields, FieldsEdit};
use crate::fields;
use crate::io::draw;

impl Engine {
    pub(super) fn add_person(
        &mut self,
        work: &mut Work<'_, '_>,
        name: &PersonName,
    ) -> Result<PersonId, Fault> {
        if let Some(known) = self.person_named(name) {
            return Ok(known);
        }
        let created = Timestamp::from_millis(work.cx.now.wall_ms);
        let id = draw(work.cx.entropy);
        self.create(work, id, fields::of_person(name, created))?;
        Ok(PersonId::from_bytes(id))
    }

    /// Somebody already in the journal under exactly this name.
    pub(super) fn person_named(&self, name: &PersonName) -> Option<PersonId> {
        self.view.people().find(|person| person.name == *name).map(|person| person.id)
    }

    /// Everybody in the journal whose name is this one but for its case.
    pub(super) fn people_named_alike(&self, name: &PersonName) -> impl Iterator<Item = PersonId> {
        self.view.people().filter(|person| person.name.differs_in_case_only(name)).map(|person| person.id)
    }

    pub(super) fn edit_person(
        &mut self,
        work: &mut Work<'_, '_>,
        id: PersonId,
        edit: &PersonEdit,
    ) -> Result<PersonId, Fault> {
        let id = self.somebody(id)?;
        self.change_person(work, id, |_| fields::of_person_edit(edit))?;
        // What a document says that was merged into theirs would stay said; nothing is said there for the first time.
        let others = PersonEdit { name: None, add_gives: BTreeSet::new(), ..edit.clone() };
        for other in self.view.ids_meaning(id).into_iter().filter(|other| *other != id) {
            self.change_person(work, other, |present| {
                let mut change = fields::of_person_edit(&others);
                change.answers.retain(|field, _| present.answers.contains_key(field));
                change
            })?;
        }
        Ok(id)
    }

    pub(super) fn merge_people(
        &mut self,
        work: &mut Work<'_, '_>,
        from: PersonId,
        into: PersonId,
    ) -> Result<PersonId, Fault> {
        let (from, into) = (self.somebody(from)?, self.somebody(into)?);
        if from != into {
            self.change_person(work, from, |_| fields::of_merge(into))?;
        }
        Ok(into)
    }

    /// Forgets somebody, and everybody who was merged into them.
    pub(super) fn forget_person(&mut self, work: &mut Work<'_, '_>, id: PersonId) -> Result<(), Fault> {
        let id = self.somebody(id)?;
        let now_ms = work.cx.now.wall_ms;
        for one in self.view.ids_meaning(id) {
            self.change_person(work, one, |present| fields::of_forgetting(present, now_ms))?;
        }
        Ok(())
    }

    /// The person that an entry calls not safe, as the entry stands now.
    pub(super) fn called_unsafe(&self, work: &Work<'_, '_>, id: EntryId) -> Result<Option<PersonId>, Fault> {
        let row = self.row(work, id.as_bytes())?;
        let entry = row.and_then(|row| fields::entry(id, &row.fields, row.modified_ms));
        Ok(entry.as_ref().and_then(unsafe_person))
    }

    /// Marks somebody whom an entry has just come to call not safe, so that exercises about speaking up stay closed; with the
    /// entry in one commit, since neither may be kept without the other. Other answers loosen nothing; that is left to the
    /// person.
    pub(super) fn mark_unsafe(
        &mut self,
        work: &mut Work<'_, '_>,
        id: EntryId,
        before: Option<PersonId>,
    ) -> Result<(), Fault> {
        let called = self.called_unsafe(work, id)?.filter(|person| before != Some(*person));
        let person = called.and_then(|person| self.view.person(person));
        if let Some(id) = person.filter(|person| person.safe != Some(Safe::No)).map(|person| person.id) {
            let edit = PersonEdit { safe: Some(Some(Safe::No)), ..PersonEdit::default() };
            self.edit_person(work, id, &edit)?;
        }
        Ok(())
    }

    fn change_person(
        &mut self,
        work: &mut Work<'_, '_>,
        id: PersonId,
        change: impl FnOnce(&Fields) -> FieldsEdit,
    ) -> Result<PersonId, Fault> {
        let unknown = || Fault::PeopleUnknown([id].into());
        let row = self.row(work, id.as_bytes())?.ok_or_else(unknown)?;
        let change = change(&row.fields);
        self.change(work, *id.as_bytes(), row, None, &change)?;
        Ok(id)
    }

    /// The id of the person that an id means.
    fn somebody(&self, id: PersonId) -> Result<PersonId, Fault> {
        self.view.person(id).map(|person| person.id).ok_or_else(|| Fault::PeopleUnknown([id].into()))
    }

    pub(super) fn check_people(&self, people: &BTreeSet<PersonId>) -> Result<(), Fault> {
        let unknown: BTreeSet<_> =
            people.iter().filter(|id| self.view.person(**id).is_none()).copied().collect();
        if unknown.is_empty() { Ok(()) } else { Err(Fault::PeopleUnknown(unknown)) }
    }

    /// Takes people away under every id that an entry has for them, and adds nobody who is there under another one.
    pub(super) fn name_as_written(&self, present: &Fields, change: &mut FieldsEdit) {
        let meant = |id: &String| id.parse().ok().map(|id: PersonId| self.view.meant(id));
        let gone: BTreeSet<_> = change.people_removed.iter().filter_map(meant).collect();
        let is_gone = |id: &&String| meant(id).is_some_and(|id| gone.contains(&id));
        change.people_removed.extend(present.people.iter().filter(is_gone).cloned());
        let there: BTreeSet<_> = present.people.iter().filter_map(meant).collect();
        change.people_added.retain(|id| !meant(id).is_some_and(|id| there.contains(&id)));
    }
}
