//! What entries are read with on their way in: the exercises, the people there are, and the time it is.

use haven_api::convert::draft::{self, Lookup};
use haven_api::convert::edit;
use haven_api::convert::entry::{exercise_ref_to_pb, summary_to_pb};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_core::answers::{Answers, ExerciseRef};
use haven_core::entry::{Draft, Edit, Entry};
use haven_core::exercise::DEFAULT_LANGUAGE;
use haven_core::id::PersonId;
use haven_core::person::{Person, ResolveError, resolve_person};
use haven_core::progress::Frame;
use haven_core::sentence::{Sentence, Speaker};
use haven_core::shelf::Shelf;
use haven_core::time::{CivilTime, Timestamp};
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
        draft::from_pb(draft, Lookup { now: &now, person: &person, shelf: &self.of(view).shelf })
    }

    /// Reads a draft that is still being written.
    pub(super) fn unfinished(
        &self,
        host: &dyn Host,
        view: &View,
        draft: pb::Draft,
    ) -> Result<Draft, ApiError> {
        let (now, person) = (now(host)?, finder(view));
        draft::unfinished_from_pb(draft, Lookup { now: &now, person: &person, shelf: &self.of(view).shelf })
    }

    /// Reads a change to an entry.
    pub(super) fn edit(&self, view: &View, entry: &Entry, edit: pb::Edit) -> Result<Edit, ApiError> {
        let made_with = entry.exercise.as_ref().filter(|_| !edit.answers.is_empty());
        let shelf = self.of(view).shelf;
        let asked = made_with.map(|it| draft::find_asked(&exercise_ref_to_pb(it), &shelf)).transpose()?;
        edit::from_pb(edit, &finder(view), asked)
    }

    /// What lists show of an entry, with the title of what it answers and whether edits met in it.
    pub(super) fn summary(
        &self,
        entry: &Entry,
        met: bool,
        name_of: &dyn Fn(PersonId) -> Option<String>,
    ) -> pb::EntrySummary {
        let asked = entry.exercise.as_ref().and_then(|made_with| self.shelf.made_with(made_with));
        let exercise_title = asked.map(|asked| asked.title(DEFAULT_LANGUAGE)).unwrap_or_default();
        pb::EntrySummary { exercise_title, met, ..summary_to_pb(entry, name_of) }
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
        draft::time(at)?.map_or_else(|| now(host), Ok)
    }

    /// What views look at besides the entries.
    pub(super) fn frame<'a>(&'a self, host: &dyn Host, people: &'a [Person]) -> Result<Frame<'a>, ApiError> {
        let today = now(host)?.date();
        let Shelf { exercises, measures, .. } = &self.shelf;
        Ok(Frame { people, exercises, measures, today })
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

/// The civil time that the device's clock shows.
pub(super) fn now(host: &dyn Host) -> Result<CivilTime, ApiError> {
    let (now, zone) = (Timestamp::from_millis(host.now().wall_ms), host.zone());
    CivilTime::from_clock(now, zone.offset_seconds, zone.name.as_deref())
        .map_err(|error| ApiError::new(Reason::ClockUnusable, "not saved").because(error.to_string()))
}
