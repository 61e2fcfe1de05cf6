//! Edits: a client writes its own, a device reads core's.

use std::collections::BTreeSet;

use haven_core::entry::{Edit, EntryError, Tag};
use haven_core::id::PersonId;
use haven_core::shelf::Asked;

use super::draft::{FindPerson, find_person, read_tag, time, unfit, unfit_answers};
use super::text;
use super::value::{map_from_pb, map_to_pb};
use crate::error::ApiError;
use crate::journal;
use crate::pb;

/// Reads an edit of an entry that answers `asked`, if it answers anything.
///
/// # Errors
/// Whatever does not fit: a time, a tag, a person, an answer, a size. An edit that changes nothing is one too.
pub fn from_pb(edit: pb::Edit, person: FindPerson<'_>, asked: Option<Asked<'_>>) -> Result<Edit, ApiError> {
    let answers = map_from_pb(edit.answers);
    let read = Edit {
        title: edit.title,
        text: edit.text,
        at: edit.at.as_deref().map(time).transpose()?.flatten(),
        add_tags: tags(&edit.add_tags)?,
        remove_tags: tags(&edit.remove_tags)?,
        add_people: people(&edit.add_people, person)?,
        remove_people: people(&edit.remove_people, person)?,
        answers: match asked {
            Some(asked) => asked.check_edits(&answers).map_err(unfit_answers)?,
            None if answers.is_empty() => Default::default(),
            None => return Err(unfit(EntryError::AnswersWithoutExercise)),
        },
    };
    if read.is_empty() {
        return Err(
            ApiError::invalid("nothing was changed", "the edit is empty").with_next("Say what to change.")
        );
    }
    read.validate().map_err(unfit)?;
    Ok(read)
}

/// Writes a client's edit.
pub fn to_pb(edit: journal::Edit) -> pb::Edit {
    pb::Edit {
        title: edit.title,
        text: edit.text,
        at: edit.at.map(|at| text(Some(at))),
        add_tags: edit.add_tags,
        remove_tags: edit.remove_tags,
        add_people: edit.add_people,
        remove_people: edit.remove_people,
        answers: map_to_pb(edit.answers),
    }
}

fn tags(tags: &[String]) -> Result<BTreeSet<Tag>, ApiError> {
    tags.iter().map(|tag| read_tag(tag)).collect()
}

fn people(specs: &[String], person: FindPerson<'_>) -> Result<BTreeSet<PersonId>, ApiError> {
    specs.iter().map(|spec| find_person(spec, person)).collect()
}
