//! The people of a view: whom an id means, and what all that is said of somebody comes to.

use std::sync::Arc;

use haven_core::id::PersonId;
use haven_core::person::Person;

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
    /// stands for both, on every device.
    pub fn meant(&self, id: PersonId) -> PersonId {
        let mut seen = Vec::new();
        let mut now = id;
        while let Some(next) = self.merged.get(&now) {
            if let Some(from) = seen.iter().position(|before| before == next) {
                return seen[from..].iter().copied().chain([now]).min().unwrap_or(now);
            }
            seen.push(now);
            now = *next;
        }
        now
    }

    /// Every id of a person's document that means this person.
    pub(crate) fn ids_meaning(&self, id: PersonId) -> Vec<PersonId> {
        let merged = self.merged.keys().copied().filter(|other| *other != id && self.meant(*other) == id);
        merged.chain([id]).collect()
    }

    /// What each document of a person says alone, by id, with whom they turned out to be: for an export.
    pub fn said(&self) -> impl Iterator<Item = (&Person, Option<PersonId>)> {
        self.said.iter().map(|(id, person)| (&**person, self.merged.get(id).copied()))
    }

    /// The row with the people that its ids mean now.
    pub(super) fn with_people_meant(&self, mut row: Arc<Row>) -> Arc<Row> {
        let is_other = |id: &PersonId| self.meant(*id) != *id;
        if self.merged.is_empty() || !row.entry.people_named().any(|id| is_other(&id)) {
            return row;
        }
        Arc::make_mut(&mut row).entry.rename_people(|id| self.meant(id));
        row
    }

    /// Puts together what is said of a person under all of their ids: a merge loses nothing, least of all that somebody is not
    /// safe. Where documents disagree, the person's own counts, then the one with the lowest id.
    fn gather(&mut self, id: PersonId) {
        let Some(own) = self.said.get(&id) else { return drop(self.people.remove(&id)) };
        let mut person = Arc::clone(own);
        for other in self.ids_meaning(id).iter().filter(|other| **other != id) {
            let Some(other) = self.said.get(other) else { continue };
            let person = Arc::make_mut(&mut person);
            person.relation = person.relation.or(other.relation);
            person.circle = person.circle.or(other.circle);
            person.gives.extend(other.gives.iter().copied());
            person.safe = person.safe.max(other.safe);
            person.died |= other.died;
        }
        self.people.insert(id, person);
    }

    /// Takes what a person's document says now. A merge is rare, and worth a pass over all entries.
    pub(crate) fn insert_person(&mut self, shown: PersonShown) {
        match shown.person {
            Some(person) => drop(self.said.insert(shown.id, Arc::new(person))),
            None => drop(self.said.remove(&shown.id)),
        }
        let is_news = shown.merged.is_some_and(|into| self.merged.insert(shown.id, into) != Some(into));
        self.gather(self.meant(shown.id));
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
