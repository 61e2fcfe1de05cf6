//! The people of a view: whom an id means, and what all that is said of somebody comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use haven_core::entry::Entry;
use haven_core::id::PersonId;
use haven_core::import::ForgottenLine;
use haven_core::person::Person;
use imbl::OrdMap;

use super::{Row, View};
use crate::fields::PersonShown;

impl View {
    /// All people, by id; who was merged into somebody else is not one of them.
    pub fn people(&self) -> impl Iterator<Item = &Arc<Person>> {
        self.people.values().filter(|person| self.meant(person.id) == person.id)
    }

    /// One person, also under an id that was merged into theirs.
    pub fn person(&self, id: PersonId) -> Option<&Arc<Person>> {
        self.people.get(&self.meant(id))
    }

    /// Whom an id means: the end of the chain of merges. Two devices may merge two people into each other; then the lower id
    /// stands for both, on every device. Somebody whom no document knows is nobody's other name: whoever was merged into them
    /// stays who they are until they come.
    pub fn meant(&self, id: PersonId) -> PersonId {
        self.ends.get(&id).copied().unwrap_or(id)
    }

    /// Whom everybody means who is another name for somebody else. Each id is looked at once, however long the chains are.
    fn ends_of_merges(&self) -> BTreeMap<PersonId, PersonId> {
        let mut ends: BTreeMap<PersonId, PersonId> = BTreeMap::new();
        for id in self.merged.keys() {
            let (mut chain, mut places) = (Vec::new(), BTreeMap::new());
            let mut now = *id;
            let end = loop {
                if let Some(end) = ends.get(&now) {
                    break *end;
                }
                if let Some(first) = places.insert(now, chain.len()) {
                    break chain[first..].iter().copied().min().unwrap_or(now);
                }
                chain.push(now);
                match self.merged.get(&now).filter(|next| self.knows(**next)) {
                    Some(next) => now = *next,
                    None => break now,
                }
            };
            ends.extend(chain.into_iter().map(|one| (one, end)));
        }
        ends
    }

    /// Whom a document says somebody turned out to be.
    pub(crate) fn merged_into(&self, id: PersonId) -> Option<PersonId> {
        self.merged.get(&id).copied()
    }

    /// Whether there is a document of somebody, also of somebody forgotten.
    fn knows(&self, id: PersonId) -> bool {
        self.said.contains_key(&id) || self.forgotten.contains_key(&id)
    }

    /// Whether somebody was forgotten.
    pub(crate) fn is_forgotten(&self, id: PersonId) -> bool {
        self.forgotten.contains_key(&id)
    }

    /// Every id of a person's document that means this person.
    pub(crate) fn ids_meaning(&self, id: PersonId) -> Vec<PersonId> {
        let others = self.ends.iter().filter(|(other, end)| **end == id && **other != id);
        others.map(|(other, _)| *other).chain([id]).collect()
    }

    /// What each document of a person says alone, by id, with whom they turned out to be: for an export. A circle is written as it
    /// is read: whoever stands for all of them turned out to be nobody else.
    pub fn said(&self) -> impl Iterator<Item = (&Person, Option<PersonId>)> {
        let into = |id: &PersonId| self.merged.get(id).copied().filter(|_| !self.ends_circle(*id));
        self.said.iter().map(move |(id, person)| (&**person, into(id)))
    }

    /// Whether somebody was merged into others and stands for them all the same.
    fn ends_circle(&self, id: PersonId) -> bool {
        self.merged.get(&id).is_some_and(|into| self.knows(*into)) && self.meant(id) == id
    }

    /// Everybody who was forgotten, by id: for an export.
    pub fn forgotten(&self) -> impl Iterator<Item = ForgottenLine> {
        self.forgotten.iter().map(|(id, at)| ForgottenLine { id: *id, at: *at })
    }

    /// The row with the people that its ids mean now.
    pub(super) fn with_people_meant(&self, mut row: Arc<Row>) -> Arc<Row> {
        let is_other = |id: &PersonId| self.meant(*id) != *id;
        if let Some(written) = &row.as_written {
            let mut entry = Entry::clone(written);
            entry.rename_people(|id| self.meant(id));
            if entry != row.entry {
                Arc::make_mut(&mut row).entry = entry;
            }
            return row;
        }
        if self.ends.is_empty() || !row.entry.people_named().any(|id| is_other(&id)) {
            return row;
        }
        let row_now = Arc::make_mut(&mut row);
        row_now.as_written = Some(Box::new(row_now.entry.clone()));
        row_now.entry.rename_people(|id| self.meant(id));
        row
    }

    /// Puts together what is said of everybody under all of their ids: a merge loses nothing, least of all that somebody is not
    /// safe. Where documents disagree, the person's own counts, then the one with the lowest id.
    fn gathered(&self) -> OrdMap<PersonId, Arc<Person>> {
        let mut people: OrdMap<PersonId, Arc<Person>> = self
            .said
            .iter()
            .filter(|(id, _)| self.meant(**id) == **id)
            .map(|(id, own)| (*id, Arc::clone(own)))
            .collect();
        for (id, other) in &self.said {
            let end = self.meant(*id);
            let Some(person) = people.get_mut(&end).filter(|_| end != *id) else { continue };
            let person = Arc::make_mut(person);
            person.relation = person.relation.or(other.relation);
            person.circle = person.circle.or(other.circle);
            person.gives.extend(other.gives.iter().copied());
            person.safe = person.safe.max(other.safe);
            person.died |= other.died;
        }
        people
    }

    /// Takes what a person's document says now. Lists know of it once [`View::settle_people`] was called.
    pub(crate) fn insert_person(&mut self, shown: PersonShown) {
        let id = shown.id;
        match shown.person {
            Some(person) => drop(self.said.insert(id, Arc::new(person))),
            None => drop(self.said.remove(&id)),
        }
        match shown.forgotten {
            Some(at) => drop(self.forgotten.insert(id, at)),
            None => drop(self.forgotten.remove(&id)),
        }
        match shown.merged {
            Some(into) => drop(self.merged.insert(id, into)),
            None => drop(self.merged.remove(&id)),
        }
        self.people_moved = true;
    }

    /// Forgets what a document said of somebody: it turned out to be something else.
    pub(super) fn remove_person(&mut self, id: PersonId) {
        let was_one = self.said.remove(&id).is_some() | self.forgotten.remove(&id).is_some();
        let was_other = self.merged.remove(&id).is_some();
        self.people_moved |= was_one || was_other;
    }

    /// Works out anew who everybody is, once for all documents that came. Somebody hostile can merge thousands into each other in
    /// one record; a pass over all entries is only for when somebody means somebody else than before.
    pub(crate) fn settle_people(&mut self) {
        if !std::mem::take(&mut self.people_moved) {
            return;
        }
        let ends: OrdMap<PersonId, PersonId> =
            self.ends_of_merges().into_iter().filter(|(id, end)| id != end).collect();
        let is_news = ends != self.ends;
        self.ends = ends;
        self.people = self.gathered();
        if !is_news {
            return;
        }
        let rows: Vec<_> = self.rows.iter().map(|(place, row)| (*place, Arc::clone(row))).collect();
        for (place, row) in rows {
            let meant = self.with_people_meant(Arc::clone(&row));
            if !Arc::ptr_eq(&meant, &row) {
                self.rows.insert(place, meant);
            }
        }
    }
}
