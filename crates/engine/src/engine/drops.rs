//! Taking what was written while the vault was locked: each drop becomes an entry or a draft in the commit that removes it, so
//! that a crash leaves it sealed or leaves it taken. One that does not open stays where it is, and is told.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use haven_core::answers::ValueMap;
use haven_core::answers::value::to_json;
use haven_core::entry::{Draft, EntryKind};
use haven_core::id::PersonId;
use haven_core::person::{Person, resolve_person};
use haven_core::shelf::Asked;
use haven_core::time::{CivilTime, Timestamp};
use haven_crypto::drops::DropSecret;

use super::alarms::Raised;
use super::{Engine, OpenFault, Sealed, Work};
use crate::command::{DraftId, DraftSave, Fault};
use crate::content::DocumentId;
use crate::drops::{self, Becomes, Dropped};
use crate::fields::{self, shown};
use crate::io::{Reader, StoreFault, Table};
use crate::keys::meta;
use crate::view::{Filter, LAST, Row};

/// What opens drops.
pub(super) struct Drops {
    secret: DropSecret,
    /// Some wait because there are as many drafts as may be.
    are_left: bool,
}

impl Drops {
    /// Reads the secret.
    pub(super) fn read(sealed: &Sealed<'_>) -> Result<Option<Self>, OpenFault> {
        let Some(bytes) = sealed.secret(meta::DROP_SECRET)? else { return Ok(None) };
        let secret = DropSecret::from_sealed(bytes.bytes()).ok_or(OpenFault::Damaged)?;
        Ok(Some(Self { secret, are_left: false }))
    }
}

impl Engine {
    /// Makes sure that there is a pair, and that words are sealed to it: the row that can be read while the vault is locked can be
    /// written by whoever can write to the file, too.
    pub(super) fn keep_drop_key(&mut self, work: &mut Work<'_, '_>) -> Result<(), StoreFault> {
        let row = work.cx.reader.get(Table::Meta, meta::DROP_KEY)?;
        let Some(drops) = &self.drops else {
            let secret = drops::begin(&self.keys, &mut work.step.commit, work.cx.entropy);
            self.drops = Some(Drops { secret, are_left: false });
            return Ok(());
        };
        let ours = drops.secret.key().to_bytes();
        if row.as_deref() != Some(&ours[..]) {
            work.step.commit.put(Table::Meta, meta::DROP_KEY, ours.to_vec());
            self.raise(work, Raised::DropKeyChanged);
        }
        Ok(())
    }

    /// Takes every drop that waits. At most once a step: what a step takes is still there for the next look of that step.
    pub(super) fn take_drops(&mut self, work: &mut Work<'_, '_>) -> Result<(), StoreFault> {
        let Some(drops) = &mut self.drops else { return Ok(()) };
        drops.are_left = false;
        let (found, unreadable) = opened(work.cx.reader, &drops.secret)?;
        for (id, dropped) in found {
            if self.take_drop(work, id, &dropped)? {
                work.step.commit.remove(Table::Drops, id.to_vec());
            } else if let Some(drops) = &mut self.drops {
                drops.are_left = true;
            }
        }
        if unreadable {
            self.raise(work, Raised::DropUnreadable);
        }
        // What readers see of drops is how many wait.
        work.show();
        Ok(())
    }

    /// Takes drops for which there was no place among the drafts, once there is.
    pub(super) fn take_left_drops(&mut self, work: &mut Work<'_, '_>) {
        let are_left = self.drops.as_ref().is_some_and(|drops| drops.are_left);
        if are_left
            && self.has_place_for_draft()
            && let Err(fault) = self.take_drops(work)
        {
            tracing::error!(%fault, "what was written while locked could not be read");
        }
    }

    /// Takes one; tells whether it is in the journal or among the drafts now.
    fn take_drop(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        dropped: &Dropped,
    ) -> Result<bool, StoreFault> {
        let is_there = work.rows.contains_key(&id) || work.cx.reader.get(Table::Rows, &id)?.is_some();
        if is_there || self.drafts.contains_key(&DraftId(id)) {
            return Ok(true);
        }
        let Some((draft, named, typed)) = self.draft_of(work, dropped) else { return Ok(false) };
        let becomes_entry = matches!(dropped.becomes, Becomes::Entry) && dropped.exercise.is_none();
        if becomes_entry && named.is_empty() && self.add_written(work, id, &draft, dropped.created).is_ok() {
            self.show_taken(work, id);
            return Ok(true);
        }
        let (id, editing, held) = match &dropped.becomes {
            Becomes::Entry => (DraftId(id), None, false),
            Becomes::Draft { id, editing, held } => (*id, editing.clone(), *held),
            Becomes::Changes(meant) => {
                let save = DraftSave {
                    id: DraftId(id),
                    editing: None,
                    draft,
                    held: true,
                    named,
                    meant: Some(meant.clone()),
                    typed,
                };
                return Ok(self.keep_changes(work, dropped, save));
            }
        };
        // The entry may be gone; its words stay, and are no new entry unless their person says so.
        let gone =
            editing.as_ref().map(|(entry, _)| *entry).filter(|entry| self.view.entry(*entry).is_none());
        let meant = gone.map(|entry| entry.to_string());
        let editing = editing.filter(|_| gone.is_none());
        Ok(self.save_draft(work, DraftSave { id, editing, draft, held, named, meant, typed }).is_ok())
    }

    /// Shows an entry that this step takes at once: what was written later may be for it.
    fn show_taken(&mut self, work: &Work<'_, '_>, id: DocumentId) {
        if let Some(changed) = work.rows.get(&id) {
            self.view.take(&id, shown(id, &changed.stored, &self.shelf.exercises));
        }
    }

    /// Reads what was written as a draft, with those of the people who were named so that nobody or several are meant, and what was
    /// typed and is no answer yet. `None` if it was written at no time that there is.
    fn draft_of(
        &self,
        work: &Work<'_, '_>,
        dropped: &Dropped,
    ) -> Option<(Draft, BTreeSet<String>, ValueMap)> {
        let asked = dropped.exercise.as_ref().and_then(|(id, version)| self.shelf.find(id, *version));
        let usual = asked.map_or(EntryKind::Note, Asked::entry_kind);
        let at = dropped.at.clone().or_else(|| written_at(dropped.created.min(now(work))))?;
        let mut draft = Draft::new(dropped.kind.unwrap_or(usual), at);
        draft.title.clone_from(&dropped.title);
        draft.text.clone_from(&dropped.text);
        draft.tags.clone_from(&dropped.tags);
        draft.exercise = asked.map(Asked::reference);
        let mut unfit = dropped.answers.clone();
        if let Some(asked) = asked {
            for (field, value) in &dropped.answers {
                let one = [(field.clone(), value.clone())].into();
                if let Ok(answer) = asked.check_answers(&one) {
                    draft.answers.extend(answer);
                    unfit.remove(field);
                }
            }
        }
        // Whoever goes on with it finds at their questions what they typed there.
        let goes_on = matches!(dropped.becomes, Becomes::Draft { .. });
        let is_typed = |field: &String| goes_on && asked.is_some_and(|asked| asked.asks(field));
        let (typed, unfit): (ValueMap, ValueMap) = unfit.into_iter().partition(|(field, _)| is_typed(field));
        if !unfit.is_empty() {
            // Answers that no question takes are words all the same.
            draft.text = format!("{}\n{}", draft.text, to_json(&unfit)).trim_start().to_owned();
        }
        let (people, named) = self.people_named(&dropped.people);
        draft.people = people;
        Some((draft, named, typed))
    }

    /// Finds people by what they were called; gives those names back that fit nobody, or several.
    pub(super) fn people_named(&self, names: &BTreeSet<String>) -> (BTreeSet<PersonId>, BTreeSet<String>) {
        if names.is_empty() {
            return Default::default();
        }
        let people: Vec<Person> = self.view.people().map(|person| Person::clone(person)).collect();
        let (mut found, mut unclear) = (BTreeSet::new(), BTreeSet::new());
        for name in names {
            match resolve_person(&people, name) {
                Ok(id) => drop(found.insert(id)),
                Err(_) => drop(unclear.insert(name.clone())),
            }
        }
        (found, unclear)
    }

    /// Writes an entry as of the moment in which it was written. Nothing is written if it does not fit.
    fn add_written(
        &mut self,
        work: &mut Work<'_, '_>,
        id: DocumentId,
        draft: &Draft,
        created: Timestamp,
    ) -> Result<(), Fault> {
        draft.validate().map_err(super::journal::limit)?;
        // Nothing is written in the future, whatever a clock said; and no answer here can call anybody unsafe.
        let created = created.min(now(work));
        let fields = fields::of_draft(draft, &self.shelf.exercises, created);
        self.create_at(work, id, fields, created.as_millis())
    }

    /// Keeps changes to an entry as a draft of it, or as a draft of their own if it cannot be told which is meant. Either way their
    /// person looks at what they change before they become anything: nobody could while they were written.
    fn keep_changes(&mut self, work: &mut Work<'_, '_>, dropped: &Dropped, mut save: DraftSave) -> bool {
        let Some(row) = self.meant_by(dropped) else {
            return self.save_draft(work, save).is_ok();
        };
        let (entry, version) = (row.entry.clone(), row.version.clone());
        let draft = &mut save.draft;
        draft.kind = entry.kind;
        draft.at = dropped.at.clone().unwrap_or(entry.at);
        if draft.title.is_empty() {
            draft.title = entry.title;
        }
        if draft.text.is_empty() {
            draft.text = entry.text;
        }
        draft.tags.extend(entry.tags);
        draft.tags.retain(|tag| !dropped.remove_tags.contains(tag));
        draft.people.extend(entry.people);
        (draft.exercise, draft.answers, draft.import_id) = (entry.exercise, entry.answers, entry.import_id);
        save.editing = Some((entry.id, Some(version)));
        self.save_draft(work, save).is_ok()
    }

    /// The entry that changes were written for. `last` is the one that would have stood first in the list when they were written:
    /// what was added since, here or on another device, was not meant. What waited sealed has been taken in the order in which it
    /// was written, so an entry that was sealed just before is found.
    fn meant_by(&self, dropped: &Dropped) -> Option<&Row> {
        let found = match &dropped.becomes {
            Becomes::Changes(named) if named == LAST => {
                let journal = Filter::default();
                let mut newest_first = self.view.list(&journal);
                newest_first.find(|row| row.entry.created <= dropped.created).map(|row| row.entry.id)
            }
            _ => dropped.named().and_then(|prefix| self.view.find(&prefix).ok()),
        };
        self.view.entry(found?).map(|row| &**row)
    }
}

/// Every drop that opens, the one sealed first at the front, and whether one did not.
fn opened(
    reader: &dyn Reader,
    secret: &DropSecret,
) -> Result<(Vec<(DocumentId, Dropped)>, bool), StoreFault> {
    let (mut found, mut unreadable) = (Vec::new(), false);
    reader.scan(Table::Drops, &mut |key, sealed| {
        match (DocumentId::try_from(key), drops::open(secret, key, sealed)) {
            (Ok(id), Ok((place, dropped))) => found.push((place, id, dropped)),
            _ => unreadable = true,
        }
        ControlFlow::Continue(())
    })?;
    found.sort_by_key(|(place, id, dropped)| (*place, dropped.created, *id));
    Ok((found.into_iter().map(|(_, id, dropped)| (id, dropped)).collect(), unreadable))
}

fn now(work: &Work<'_, '_>) -> Timestamp {
    Timestamp::from_millis(work.cx.now.wall_ms)
}

/// The moment as a civil time, where nobody said which zone it was written in.
fn written_at(created: Timestamp) -> Option<CivilTime> {
    CivilTime::from_clock(created, 0, None).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_without_a_zone_is_told_in_utc() {
        let at = written_at(Timestamp::from_millis(0)).unwrap();
        assert!(at.to_string().starts_with("1970-01-01T00:00"), "{at}");
        for extreme in [i64::MIN, i64::MAX] {
            assert!(written_at(Timestamp::from_millis(extreme)).is_some(), "whatever a clock said");
        }
    }
}
