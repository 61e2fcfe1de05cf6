//! Filters: a client writes its own, a device reads one with people found.

use haven_core::answers::ExerciseId;
use haven_core::entry::{EntryKind, Tag};
use haven_core::id::PersonId;
use haven_core::time::Date;

use super::draft::{FindPerson, find_person, read_tag};
use super::entry::{kind_from_pb, kind_to_pb};
use super::{some, text};
use crate::error::ApiError;
use crate::journal::Filter;
use crate::pb;

/// A filter as a device applies it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Only entries about a day before this one.
    pub before: Option<Date>,
    /// Only entries about this day or later.
    pub after: Option<Date>,
    /// Only entries with all of these tags.
    pub tags: Vec<Tag>,
    /// Only entries about all of these people.
    pub people: Vec<PersonId>,
    /// Only entries of this kind.
    pub kind: Option<EntryKind>,
    /// The entries in the trash instead of the others.
    pub trashed: bool,
    /// Only the entries in which edits met and are not settled.
    pub met: bool,
    /// Only entries that answer this exercise or measure.
    pub exercise: Option<ExerciseId>,
    /// Only entries that name all of these feelings, in the words of the client.
    pub feelings: Vec<String>,
}

/// Reads a filter; an absent one lets everything through that is not in the trash.
///
/// # Errors
/// Whatever does not fit: a date, a tag, a person, a kind, an id.
pub fn from_pb(filter: Option<pb::EntryFilter>, person: FindPerson<'_>) -> Result<Wanted, ApiError> {
    let Some(filter) = filter else { return Ok(Wanted::default()) };
    Ok(Wanted {
        before: date(&filter.before)?,
        after: date(&filter.after)?,
        tags: filter.tags.iter().map(|tag| read_tag(tag)).collect::<Result<_, _>>()?,
        people: filter.people.iter().map(|spec| find_person(spec, person)).collect::<Result<_, _>>()?,
        kind: kind_from_pb(filter.kind)?,
        trashed: filter.trashed,
        met: filter.met,
        exercise: exercise(&filter.exercise)?,
        feelings: filter.feelings,
    })
}

/// Writes a client's filter.
pub fn to_pb(filter: &Filter) -> pb::EntryFilter {
    pb::EntryFilter {
        before: text(filter.before),
        after: text(filter.after),
        tags: filter.tags.clone(),
        people: filter.people.clone(),
        kind: filter.kind.map_or(pb::EntryKind::Unspecified, kind_to_pb).into(),
        trashed: filter.trashed,
        met: filter.met,
        exercise: text(filter.exercise.as_ref()),
        feelings: filter.feelings.clone(),
    }
}

fn exercise(id: &str) -> Result<Option<ExerciseId>, ApiError> {
    let wrong = |_| {
        ApiError::invalid("no exercise was named", "that is no id of one")
            .with_next("Choose one from the list of exercises or measures.")
            .at_terminal("`haven practice list` shows the exercises, `haven measure list` the measures.")
    };
    some(id).map(|id| id.parse().map_err(wrong)).transpose()
}

fn date(text: &str) -> Result<Option<Date>, ApiError> {
    let wrong = |fault| ApiError::invalid("the date can't be used", fault);
    some(text).map(|text| text.parse().map_err(wrong)).transpose()
}
