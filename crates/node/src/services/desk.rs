//! What entries are read with on their way in: the exercises, the people there are, and the time it is.

use std::collections::BTreeSet;

use haven_api::convert::draft::{self, Lookup};
use haven_api::convert::edit;
use haven_api::convert::entry::{exercise_ref_to_pb, summary_to_pb};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_core::answers::{Answer, Answers, ExerciseRef, FieldId};
use haven_core::entry::{Draft, Edit, Entry};
use haven_core::exercise::DEFAULT_LANGUAGE;
use haven_core::id::PersonId;
use haven_core::person::{Person, ResolveError, look_up_person, resolve_person};
use haven_core::progress::Frame;
use haven_core::sentence::{Sentence, Speaker};
use haven_core::shelf::Shelf;
use haven_core::time::{CivilTime, Date, Timestamp};
use haven_engine::view::View;

use super::names::name_of;
use crate::host::Host;

/// Reads what clients write.
pub(super) struct Desk {
    /// What comes with Haven, and on the desk of a journal also what its person added.
    pub(super) shelf: Shelf,
}

impl Desk {
    /// The desk of a journal.
    pub(super) fn of(&self, view: &View) -> Self {
        Self { shelf: view.shelf().unwrap_or(&self.shelf).clone() }
    }

    /// Reads a draft that is to become an entry.
    pub(super) fn draft(&self, host: &dyn Host, view: &View, draft: pb::Draft) -> Result<Draft, ApiError> {
        let (now, person) = (now(host)?, finder(view));
        let draft =
            draft::from_pb(draft, Lookup { now: &now, person: &person, shelf: &self.of(view).shelf })?;
        entered(host, draft, None)
    }

    /// Reads a draft that is still being written, for a new entry or for the one that is being edited, and whom it is about as
    /// they were named.
    pub(super) fn unfinished(
        &self,
        host: &dyn Host,
        view: &View,
        editing: Option<&Entry>,
        draft: pb::Draft,
    ) -> Result<(Draft, BTreeSet<String>), ApiError> {
        let (now, person) = (now(host)?, finder(view));
        let lookup = Lookup { now: &now, person: &person, shelf: &self.of(view).shelf };
        let (draft, named) = draft::unfinished_from_pb(draft, lookup)?;
        Ok((entered(host, draft, editing)?, named))
    }

    /// Reads a change to an entry.
    pub(super) fn edit(
        &self,
        host: &dyn Host,
        view: &View,
        entry: &Entry,
        edit: pb::Edit,
    ) -> Result<Edit, ApiError> {
        let made_with = entry.exercise.as_ref().filter(|_| !edit.answers.is_empty());
        let shelf = self.of(view).shelf;
        let asked = made_with.map(|it| draft::find_asked(&exercise_ref_to_pb(it), &shelf)).transpose()?;
        let edit = edit::from_pb(edit, &finder(view), asked)?;
        let at = edit.at.map(|at| time_entered(host, at, Some(&entry.at))).transpose()?;
        let answered = |(field, answer): (FieldId, Option<Answer>)| {
            let known = entry.answers.get(&field);
            Ok((field, answer.map(|answer| answer_entered(host, answer, known)).transpose()?))
        };
        let answers = edit.answers.into_iter().map(answered).collect::<Result<_, ApiError>>()?;
        Ok(Edit { at, answers, ..edit })
    }

    /// What lists show of an entry, with the title of what it answers and how many sides wait to be chosen from.
    pub(super) fn summary(
        &self,
        entry: &Entry,
        sides: usize,
        name_of: &dyn Fn(PersonId) -> Option<String>,
    ) -> pb::EntrySummary {
        let asked = entry.exercise.as_ref().and_then(|made_with| self.shelf.made_with(made_with));
        let exercise_title = asked.map(|asked| asked.title(DEFAULT_LANGUAGE)).unwrap_or_default();
        let met_sides = u32::try_from(sides).unwrap_or(u32::MAX);
        pb::EntrySummary { exercise_title, met: sides > 0, met_sides, ..summary_to_pb(entry, name_of) }
    }

    /// Whether every required question was answered; true without an exercise, and with one this release does not know.
    pub(super) fn complete(&self, view: &View, exercise: Option<&ExerciseRef>, answers: &Answers) -> bool {
        let shelf = self.of(view).shelf;
        let asked = exercise.and_then(|made_with| shelf.made_with(made_with));
        asked.is_none_or(|asked| asked.is_complete(answers))
    }
}

impl Desk {
    /// The time that a client gives, or now.
    pub(super) fn at(&self, host: &dyn Host, at: &str) -> Result<CivilTime, ApiError> {
        draft::time(at)?.map_or_else(|| now(host), |at| time_entered(host, at, None))
    }

    /// What views look at besides the entries.
    pub(super) fn frame<'a>(&'a self, today: Date, people: &'a [Person]) -> Frame<'a> {
        let Shelf { exercises, measures, .. } = &self.shelf;
        Frame { people, exercises, measures, today }
    }

    /// What puts sentences into words.
    pub(super) fn speaker<'a>(
        &'a self,
        language: &'a str,
        name: &'a dyn Fn(PersonId) -> Option<String>,
    ) -> Speaker<'a> {
        let Shelf { exercises, measures, sayings } = &self.shelf;
        Speaker { sayings, language, exercises, measures, name }
    }

    /// A sentence in words.
    pub(super) fn said(&self, view: &View, language: &str, sentence: &Sentence) -> String {
        sentence.text(&self.of(view).speaker(language, &name_of(view)))
    }
}

/// Finds people by what clients call them.
pub(super) fn finder(view: &View) -> impl Fn(&str) -> Result<PersonId, ResolveError> + '_ {
    move |spec| {
        let people: Vec<Person> = view.people().map(|person| Person::clone(person)).collect();
        resolve_person(&people, spec)
    }
}

/// Finds people for whoever looks for entries, who may type how a name begins.
pub(super) fn looker(view: &View) -> impl Fn(&str) -> Result<PersonId, ResolveError> + '_ {
    move |spec| {
        let people: Vec<Person> = view.people().map(|person| Person::clone(person)).collect();
        look_up_person(&people, spec)
    }
}

/// A draft as it is entered: the zones of its times exist and agree with their offsets. What the entry that is being edited says
/// already is left alone; it may come from a device that knows other zones.
fn entered(host: &dyn Host, draft: Draft, editing: Option<&Entry>) -> Result<Draft, ApiError> {
    let at = time_entered(host, draft.at, editing.map(|entry| &entry.at))?;
    let answered = |(field, answer): (FieldId, Answer)| {
        let known = editing.and_then(|entry| entry.answers.get(&field));
        answer_entered(host, answer, known).map(|answer| (field, answer))
    };
    let answers = draft.answers.into_iter().map(answered).collect::<Result<_, _>>()?;
    Ok(Draft { at, answers, ..draft })
}

/// An answer as it is entered: a time in a zone that exists.
pub(super) fn answer_entered(
    host: &dyn Host,
    answer: Answer,
    known: Option<&Answer>,
) -> Result<Answer, ApiError> {
    match answer {
        Answer::DateTime(time) if known != Some(&Answer::DateTime(time.clone())) => {
            time_entered(host, time, None).map(Answer::DateTime)
        }
        other => Ok(other),
    }
}

fn time_entered(host: &dyn Host, time: CivilTime, known: Option<&CivilTime>) -> Result<CivilTime, ApiError> {
    if known == Some(&time) {
        return Ok(time);
    }
    time.entered(host, None).map_err(|fault| ApiError::invalid("the time can't be used", fault))
}

/// The day that a client says it is where its person is, or the device's own.
pub(super) fn today(host: &dyn Host, told: &str) -> Result<Date, ApiError> {
    match told {
        "" => now(host).map(|now| now.date()),
        told => told.parse().map_err(|fault| ApiError::invalid("today's date can't be used", fault)),
    }
}

/// The civil time that the device's clock shows.
pub(super) fn now(host: &dyn Host) -> Result<CivilTime, ApiError> {
    let (now, zone) = (Timestamp::from_millis(host.now().wall_ms), host.zone());
    CivilTime::from_clock(now, zone.offset_seconds, zone.name.as_deref())
        .map_err(|error| ApiError::new(Reason::ClockUnusable, "not saved").because(error.to_string()))
}
