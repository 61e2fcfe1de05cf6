//! Exercises and people.

use haven_core::answers::ExerciseId;
use haven_core::exercise::{Sign, Step};
use haven_core::person::{Person, PersonEdit};

use super::{Client, Transport, fitting};
use crate::convert::{exercise, fault, people, sent};
use crate::definition::{Check, Checked};
use crate::error::ApiError;
use crate::pb;
use crate::people::Added;
use crate::practice::{Exercise, ExerciseSummary};

impl<T: Transport> Client<T> {
    /// Names the exercises of a step and for a sign, if these are given.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn exercises(
        &self,
        step: Option<Step>,
        sign: Option<Sign>,
    ) -> Result<Vec<ExerciseSummary>, ApiError> {
        let request = pb::ListExercisesRequest {
            step: step.map_or(0, |step| step.number().into()),
            sign: sign.map_or_else(String::new, |sign| sign.to_string()),
        };
        let listed = self.practice_service().list_exercises(request).await?.into_inner();
        listed.exercises.into_iter().map(exercise::summary_from_pb).collect()
    }

    /// Reads an exercise whole, in the newest version that is offered unless one is named. To do one, write an entry with
    /// [`Draft::exercise`](crate::journal::Draft::exercise).
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn exercise(&self, id: &ExerciseId, version: Option<u32>) -> Result<Exercise, ApiError> {
        let version = version.unwrap_or(0);
        let request = pb::GetExerciseRequest {
            id: id.to_string(),
            version,
            country: self.country.map_or_else(String::new, |country| country.to_string()),
            with_definition: false,
        };
        let answer = self.practice_service().get_exercise(request).await?.into_inner();
        exercise::from_pb(sent(answer.exercise, "exercise")?)
    }

    /// Reads the TOML of an exercise, in the newest version that is offered.
    ///
    /// # Errors
    /// `NOT_FOUND`, `LOCKED` for one that the person added.
    pub async fn exercise_definition(&self, id: &ExerciseId) -> Result<String, ApiError> {
        let request =
            pb::GetExerciseRequest { id: id.to_string(), with_definition: true, ..Default::default() };
        Ok(self.practice_service().get_exercise(request).await?.into_inner().definition)
    }

    /// Checks the definition of an exercise, in TOML; beside what is in the journal, if that is open.
    ///
    /// # Errors
    /// `TOO_LARGE`.
    pub async fn check_exercise(&self, definition: String) -> Result<Check<ExerciseSummary>, ApiError> {
        let request = pb::CheckExerciseRequest { definition };
        let checked = self.practice_service().check_exercise(fitting(request)?).await?.into_inner();
        Ok(Check { found: found(checked.exercise, checked.faults)?, compared: checked.compared })
    }

    /// Adds an exercise by its definition, in TOML. It is then there on all devices; a definition with a fault is not kept.
    ///
    /// # Errors
    /// `LOCKED`, `TOO_LARGE`.
    pub async fn add_exercise(&self, definition: String) -> Result<Checked<ExerciseSummary>, ApiError> {
        let request = pb::AddExerciseRequest { definition };
        let added = self.practice_service().add_exercise(fitting(request)?).await?.into_inner();
        found(added.exercise, added.faults)
    }

    /// Takes back an exercise that the person added. Entries made with it keep their questions.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `INVALID_ARGUMENT` for one that comes with Haven.
    pub async fn remove_exercise(&self, id: &ExerciseId) -> Result<(), ApiError> {
        let request = pb::RemoveExerciseRequest { id: id.to_string() };
        self.practice_service().remove_exercise(request).await?;
        Ok(())
    }

    /// Names the people of the journal, by name.
    ///
    /// # Errors
    /// `LOCKED`.
    pub async fn people(&self) -> Result<Vec<Person>, ApiError> {
        let listed = self.people_service().list_people(pb::ListPeopleRequest {}).await?.into_inner();
        listed.people.iter().map(people::from_pb).collect()
    }

    /// Adds somebody, or gives whoever has exactly this name already.
    ///
    /// # Errors
    /// `LOCKED`, `INVALID_ARGUMENT`; `CONFIRMATION_NEEDED` where somebody has the name in another case.
    pub async fn add_person(&self, name: &str) -> Result<Person, ApiError> {
        Ok(self.add_or_find_person(name, false).await?.person)
    }

    /// The same, and whether they were there before. `anew` says that this is somebody else than whoever has the name in another
    /// case.
    ///
    /// # Errors
    /// As [`Client::add_person`].
    pub async fn add_or_find_person(&self, name: &str, anew: bool) -> Result<Added, ApiError> {
        let request = pb::AddPersonRequest { name: name.to_owned(), anew };
        let added = self.people_service().add_person(request).await?.into_inner();
        Ok(Added { person: people::from_pb(&sent(added.person, "person")?)?, known: added.known })
    }

    /// Changes what is said of somebody, named by id, the beginning of one, or name.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn edit_person(&self, person: &str, edit: &PersonEdit) -> Result<Person, ApiError> {
        let request = people::edit_to_pb(person, edit);
        let edited = self.people_service().edit_person(request).await?.into_inner();
        people::from_pb(&sent(edited.person, "person")?)
    }

    /// Makes one person another name for a second one, and returns that one.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn merge_people(&self, from: &str, into: &str) -> Result<Person, ApiError> {
        let request = pb::MergePeopleRequest { from: from.to_owned(), into: into.to_owned() };
        let merged = self.people_service().merge_people(request).await?.into_inner();
        people::from_pb(&sent(merged.person, "person")?)
    }

    /// Forgets somebody; entries stay and do not name them any more.
    ///
    /// # Errors
    /// `LOCKED`, `NOT_FOUND`, `AMBIGUOUS_ID`.
    pub async fn forget_person(&self, person: &str) -> Result<(), ApiError> {
        let request = pb::ForgetPersonRequest { person: person.to_owned() };
        self.people_service().forget_person(request).await?;
        Ok(())
    }
}

fn found(
    usable: Option<pb::ExerciseSummary>,
    faults: Vec<pb::Fault>,
) -> Result<Checked<ExerciseSummary>, ApiError> {
    match usable {
        Some(summary) => Ok(Checked::Usable(exercise::summary_from_pb(summary)?)),
        None => Ok(Checked::Faulty(faults.into_iter().map(fault::from_pb).collect())),
    }
}
