//! What entries are read with on their way in: the exercises, the people there are, and the time it is.

use std::sync::Arc;

use haven_api::convert::draft::{self, Lookup};
use haven_api::convert::edit;
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::pb;
use haven_core::answers::{Answers, ExerciseRef, complete};
use haven_core::content::Library;
use haven_core::entry::{Draft, Edit, Entry};
use haven_core::id::PersonId;
use haven_core::person::{Person, ResolveError, resolve_person};
use haven_core::time::{CivilTime, Timestamp};
use haven_engine::view::View;

use crate::host::Host;

/// Reads what clients write.
pub(super) struct Desk {
    pub(super) library: Arc<Library>,
}

impl Desk {
    /// Reads a draft that is to become an entry.
    pub(super) fn draft(&self, host: &dyn Host, view: &View, draft: pb::Draft) -> Result<Draft, ApiError> {
        let (now, person) = (now(host)?, finder(view));
        draft::from_pb(draft, Lookup { now: &now, person: &person, exercises: &self.library })
    }

    /// Reads a draft that is still being written.
    pub(super) fn unfinished(
        &self,
        host: &dyn Host,
        view: &View,
        draft: pb::Draft,
    ) -> Result<Draft, ApiError> {
        let (now, person) = (now(host)?, finder(view));
        draft::unfinished_from_pb(draft, Lookup { now: &now, person: &person, exercises: &self.library })
    }

    /// Reads a change to an entry.
    pub(super) fn edit(&self, view: &View, entry: &Entry, edit: pb::Edit) -> Result<Edit, ApiError> {
        let made_with = entry.exercise.as_ref().filter(|_| !edit.answers.is_empty());
        let exercise = made_with.map(|made_with| draft::exercise_of(made_with, &self.library)).transpose()?;
        edit::from_pb(edit, &finder(view), exercise)
    }

    /// Whether every required question was answered; true without an exercise, and with one this release does not know.
    pub(super) fn complete(&self, exercise: Option<&ExerciseRef>, answers: &Answers) -> bool {
        let exercise = exercise.and_then(|it| self.library.get_version(&it.id, it.version));
        exercise.is_none_or(|exercise| complete(exercise, answers))
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
