//! What a view looks at besides the entries.

use std::collections::BTreeMap;

use crate::answers::{Answer, Answers, FieldId, complete};
use crate::content::Library;
use crate::entry::Entry;
use crate::exercise::{Exercise, View};
use crate::id::PersonId;
use crate::measure::{Measure, Measures, Target};
use crate::person::Person;
use crate::time::Date;

/// People, definitions and today's date.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// The people of the journal, in the order in which they are shown. No view ever orders them by a number.
    pub people: &'a [Person],
    /// The exercises.
    pub exercises: &'a Library,
    /// The measures.
    pub measures: &'a Measures,
    /// Today, where the person is.
    pub today: Date,
}

impl<'a> Frame<'a> {
    /// Returns the entries that a view may count: in the journal and not of a day to come.
    ///
    /// One day more than today is let through: two devices may stand in different time zones.
    pub(super) fn counted<'e>(
        &self,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> impl Iterator<Item = &'e Entry> {
        let last = self.today.plus_days(1);
        entries.into_iter().filter(move |entry| entry.trashed.is_none() && entry.at.date() <= last)
    }

    /// Returns the finished exercises among the entries, each with its definition.
    pub(super) fn practised<'e>(
        &self,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> impl Iterator<Item = (&'e Entry, &'a Exercise)> {
        let frame = *self;
        self.counted(entries).filter_map(move |entry| {
            let exercise = frame.exercise(entry)?;
            complete(exercise, &entry.answers).then_some((entry, exercise))
        })
    }

    /// Returns the finished exercises that belong to a view.
    pub(super) fn practised_for<'e>(
        &self,
        view: View,
        entries: impl IntoIterator<Item = &'e Entry>,
    ) -> impl Iterator<Item = (&'e Entry, &'a Exercise)> {
        self.practised(entries).filter(move |(_, exercise)| exercise.views.contains(&view))
    }

    /// Returns the exercise of an entry: the version it was made with, else the newest, which kept all fields.
    fn exercise(&self, entry: &Entry) -> Option<&'a Exercise> {
        let made_with = entry.exercise.as_ref()?;
        let same = self.exercises.get_version(&made_with.id, made_with.version);
        same.or_else(|| self.exercises.get(&made_with.id))
    }

    /// Returns the measure of an entry, if its scores can be set beside those of other entries: those of versions that were
    /// added apart and disagree cannot. An exercise may ask the questions of a measure under the same ids.
    pub(super) fn measure(&self, entry: &Entry) -> Option<&'a Measure> {
        let made_with = entry.exercise.as_ref()?;
        let asked_by_exercise = || self.measures.get(self.exercise(entry)?.measure.as_ref()?);
        let measure = self.measures.scoring(made_with).or_else(asked_by_exercise)?;
        let shown = self.measures.get(&measure.id)?;
        (measure.version == shown.version || measure.is_scored_like(shown)).then_some(measure)
    }

    /// Returns where each person stands in the list; whoever is not in it comes after, in the order of ids.
    pub(super) fn places(&self) -> Places {
        Places(self.people.iter().enumerate().map(|(place, person)| (person.id, place)).collect())
    }
}

/// What to sort a person by: their place in the list, and their id where they have none.
type PersonPlace = (usize, PersonId);

/// What to sort a target by.
pub(super) type TargetPlace = (u8, PersonPlace);

/// Where people stand in the list.
pub(super) struct Places(BTreeMap<PersonId, usize>);

impl Places {
    /// Returns what to sort a person by.
    pub(super) fn of(&self, person: PersonId) -> PersonPlace {
        (self.0.get(&person).copied().unwrap_or(usize::MAX), person)
    }

    /// Returns what to sort a target by: people in their order, then people in general.
    pub(super) fn of_target(&self, target: Target) -> TargetPlace {
        let nobody = (0, PersonId::from_bytes([0; 16]));
        match target {
            Target::Oneself => (0, nobody),
            Target::Person(person) => (1, self.of(person)),
            Target::General => (2, nobody),
        }
    }
}

/// Returns the answer to a field by its id.
pub(super) fn answer<'e>(answers: &'e Answers, field: &str) -> Option<&'e Answer> {
    let field: FieldId = field.parse().ok()?;
    answers.get(&field)
}

/// Returns the rating of a field, if it is one.
pub(super) fn rating(answers: &Answers, field: &FieldId) -> Option<i32> {
    match answers.get(field)? {
        Answer::Scale(point) => Some(*point),
        _ => None,
    }
}

/// Returns the rating of a field by its id.
pub(super) fn rating_of(answers: &Answers, field: &str) -> Option<i32> {
    rating(answers, &field.parse().ok()?)
}

/// Returns the option chosen in a field by its id.
pub(super) fn chosen<'e>(answers: &'e Answers, field: &str) -> Option<&'e str> {
    match answer(answers, field)? {
        Answer::Choice(option) => Some(option),
        _ => None,
    }
}

/// Returns the person named in a field by its id.
pub(super) fn person(answers: &Answers, field: &str) -> Option<PersonId> {
    match answer(answers, field)? {
        Answer::Person(person) => Some(*person),
        _ => None,
    }
}
