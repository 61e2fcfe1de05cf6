//! Drafts: a client writes its own, a device reads core's, with people found and answers checked.

use std::collections::BTreeSet;

use haven_core::content::Library;
use haven_core::entry::{Draft, EntryError, EntryKind, Tag};
use haven_core::exercise::Exercise;
use haven_core::id::PersonId;
use haven_core::person::ResolveError;
use haven_core::shelf::{Asked, Shelf};
use haven_core::time::CivilTime;

use super::entry::{exercise_ref_to_pb, kind_from_pb, kind_to_pb};
use super::value::{answers_to_pb, map_from_pb, map_to_pb};
use super::{read, read_some, some, text};
use crate::error::{ApiError, ErrorReason};
use crate::journal::{self, ExerciseChoice};
use crate::pb;

/// Finds a person by id, prefix of an id, or name.
pub type FindPerson<'a> = &'a dyn Fn(&str) -> Result<PersonId, ResolveError>;

/// What a device looks things up in while it reads a draft.
#[derive(Clone, Copy)]
pub struct Lookup<'a> {
    /// The civil time that stands for "now".
    pub now: &'a CivilTime,
    /// The people of the journal.
    pub person: FindPerson<'a>,
    /// The exercises and measures.
    pub shelf: &'a Shelf,
}

/// Reads a draft that is to become an entry.
///
/// # Errors
/// Whatever does not fit: a time, a tag, a person, an exercise, an answer, a size.
pub fn from_pb(draft: pb::Draft, lookup: Lookup<'_>) -> Result<Draft, ApiError> {
    let (mut draft, people) = unfinished_from_pb(draft, lookup)?;
    draft.people = people.iter().map(|spec| find_person(spec, lookup.person)).collect::<Result<_, _>>()?;
    draft.validate().map_err(unfit)?;
    Ok(draft)
}

/// Reads a draft that is still being written, and apart from it whom it is about, as they were named: it may be blank, and name
/// people who are not known yet.
///
/// # Errors
/// As [`from_pb`], but for what is missing yet, for people and for sizes.
pub fn unfinished_from_pb(
    draft: pb::Draft,
    lookup: Lookup<'_>,
) -> Result<(Draft, BTreeSet<String>), ApiError> {
    let asked = draft.exercise.as_ref().map(|wanted| find_asked(wanted, lookup.shelf)).transpose()?;
    let usual = asked.map_or(EntryKind::Note, Asked::entry_kind);
    let kind = kind_from_pb(draft.kind)?.unwrap_or(usual);
    let mut read = Draft::new(kind, time(&draft.at)?.unwrap_or_else(|| lookup.now.clone()));
    read.title = draft.title;
    read.text = draft.text;
    read.tags = draft.tags.iter().map(|tag| read_tag(tag)).collect::<Result<_, _>>()?;
    read.exercise = asked.map(Asked::reference);
    read.answers = match asked {
        Some(asked) => asked.check_answers(&map_from_pb(draft.answers)).map_err(unfit_answers)?,
        None if draft.answers.is_empty() => Default::default(),
        None => return Err(unfit(EntryError::AnswersWithoutExercise)),
    };
    Ok((read, draft.people.into_iter().collect()))
}

/// Writes a draft that a device keeps, for the client that goes on with it.
pub fn kept_to_pb(draft: &Draft) -> pb::Draft {
    pb::Draft {
        kind: kind_to_pb(draft.kind).into(),
        at: draft.at.to_string(),
        title: draft.title.clone(),
        text: draft.text.clone(),
        tags: draft.tags.iter().map(Tag::to_string).collect(),
        people: draft.people.iter().map(PersonId::to_string).collect(),
        exercise: draft.exercise.as_ref().map(exercise_ref_to_pb),
        answers: answers_to_pb(&draft.answers),
    }
}

/// Writes a client's draft.
pub fn to_pb(draft: journal::Draft) -> pb::Draft {
    pb::Draft {
        kind: draft.kind.map_or(pb::EntryKind::Unspecified, kind_to_pb).into(),
        at: text(draft.at),
        title: draft.title,
        text: draft.text,
        tags: draft.tags,
        people: draft.people,
        exercise: draft.exercise.map(|choice| choice_to_pb(&choice)),
        answers: map_to_pb(draft.answers),
    }
}

/// Reads a draft that a device kept, as a client.
///
/// # Errors
/// The device wrote something that is none.
pub fn kept_from_pb(draft: pb::Draft) -> Result<journal::Draft, ApiError> {
    let exercise = |wanted: pb::ExerciseRef| -> Result<ExerciseChoice, ApiError> {
        let version = Some(wanted.version).filter(|version| *version > 0);
        Ok(ExerciseChoice { id: read(&wanted.id, "exercise")?, version })
    };
    Ok(journal::Draft {
        kind: kind_from_pb(draft.kind)?,
        at: read_some(&draft.at, "time")?,
        title: draft.title,
        text: draft.text,
        tags: draft.tags,
        people: draft.people,
        exercise: draft.exercise.map(exercise).transpose()?,
        answers: map_from_pb(draft.answers),
    })
}

fn choice_to_pb(choice: &ExerciseChoice) -> pb::ExerciseRef {
    pb::ExerciseRef { id: choice.id.to_string(), version: choice.version.unwrap_or(0) }
}

/// Finds an exercise, in the newest version that is offered if none is named.
///
/// # Errors
/// There is no such exercise, or no such version of it, or it was taken back.
pub fn find_exercise<'a>(wanted: &pb::ExerciseRef, exercises: &'a Library) -> Result<&'a Exercise, ApiError> {
    let unknown = || {
        ApiError::new(ErrorReason::NotFound, "there's no such exercise")
            .because("none has this id")
            .with_next("Choose one from the list of exercises.")
            .at_terminal("`haven practice list` shows them all.")
            .with_nearest(&wanted.id, exercises.iter().map(|exercise| exercise.id.as_str()))
    };
    let id = wanted.id.parse().map_err(|_| unknown())?;
    match wanted.version {
        0 => exercises.offered(&id).ok_or_else(|| match exercises.get(&id) {
            Some(_) => taken_back("there's no such exercise any more", "haven practice add FILE"),
            None => unknown(),
        }),
        version => exercises.get_version(&id, version).ok_or_else(unknown),
    }
}

/// Says that something is offered no more, and with which command it comes back.
pub fn taken_back(what: &str, adding: &str) -> ApiError {
    ApiError::new(ErrorReason::NotFound, what)
        .because("you took it back")
        .with_next("Entries made with it stay as they are. Adding it again brings it back.")
        .at_terminal(format!("Entries made with it stay as they are; `{adding}` brings it back."))
}

/// Finds an exercise or a measure, in the newest version that is offered if none is named.
///
/// # Errors
/// There is neither, or no such version of it.
pub fn find_asked<'a>(wanted: &pb::ExerciseRef, shelf: &'a Shelf) -> Result<Asked<'a>, ApiError> {
    let version = Some(wanted.version).filter(|version| *version > 0);
    let found = wanted.id.parse().ok().and_then(|id| shelf.find(&id, version));
    // Nobody means a measure where an exercise is asked for, so the words are those of exercises.
    found.map_or_else(|| find_exercise(wanted, &shelf.exercises).map(Asked::Exercise), Ok)
}

/// Finds the person that a client names.
///
/// # Errors
/// There is none, or several.
pub fn find_person(spec: &str, person: FindPerson<'_>) -> Result<PersonId, ApiError> {
    person(spec).map_err(|fault| match fault {
        ResolveError::NotFound { perhaps } => ApiError::new(ErrorReason::NotFound, "there's no such person")
            .because("no one in People has that name")
            .with_next("Choose someone from the people of your journal, or add them.")
            .at_terminal("`haven people list` shows everyone; `haven people add NAME` adds someone.")
            .with_candidates(perhaps.iter().map(PersonId::to_string)),
        ResolveError::Ambiguous { could_be } => {
            ApiError::new(ErrorReason::AmbiguousId, "it isn't clear who is meant")
                .because(format!("{} people could be meant", could_be.len()))
                .with_next("Write the whole name.")
                .at_terminal("Write the name exactly, or give an id; `haven people list` shows them.")
                .with_candidates(could_be.iter().map(PersonId::to_string))
        }
    })
}

pub(super) fn read_tag(tag: &str) -> Result<Tag, ApiError> {
    Tag::new(tag).map_err(|fault| ApiError::invalid("a tag can't be used", fault))
}

/// Reads a time; none for an empty text.
///
/// # Errors
/// It is no time.
pub fn time(at: &str) -> Result<Option<CivilTime>, ApiError> {
    let wrong = |fault| ApiError::invalid("the time can't be used", fault);
    some(at).map(|at| at.parse().map_err(wrong)).transpose()
}

/// Says which answers do not fit.
pub fn unfit_answers(faults: Vec<haven_core::fault::Fault>) -> ApiError {
    let why = faults.first().map_or_else(String::new, ToString::to_string);
    ApiError::invalid("the answers don't fit the exercise", why).with_faults(faults)
}

/// Says why core refuses an entry, a draft or an edit.
pub fn unfit(fault: EntryError) -> ApiError {
    let reason = match fault {
        EntryError::Blank | EntryError::TitleNotOneLine | EntryError::AnswersWithoutExercise => {
            ErrorReason::InvalidArgument
        }
        _ => ErrorReason::TooLarge,
    };
    ApiError::new(reason, "not saved").because(fault.to_string()).with_next("")
}

#[cfg(test)]
mod tests;
