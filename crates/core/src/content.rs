//! The exercises that come with Haven, and the ones a person adds.

use thiserror::Error;

use crate::answers::{Answer, ExerciseId, ExerciseRef};
use crate::definition::Versions;
use crate::entry::Entry;
use crate::exercise::{Exercise, Sign, Step};
use crate::fault::Fault;
use crate::id::PersonId;

macro_rules! built_in {
    ($id:literal) => {
        (concat!($id, ".toml"), include_str!(concat!("../content/exercises/", $id, ".toml")))
    };
}

/// The definitions that come with Haven: name of the file, and its text. Older versions stand before newer ones.
const BUILT_IN: [(&str, &str); 27] = [
    built_in!("signs-snapshot"),
    built_in!("trigger-chain"),
    built_in!("early-care-map"),
    built_in!("my-loop"),
    built_in!("thought-check"),
    built_in!("other-reasons"),
    built_in!("small-test"),
    built_in!("wait"),
    built_in!("slow-breath"),
    built_in!("name-it"),
    built_in!("five-senses"),
    built_in!("ride-the-urge"),
    built_in!("kind-word"),
    built_in!("safe-presence"),
    built_in!("need-line"),
    built_in!("ask-plan"),
    built_in!("repair"),
    built_in!("limit-plan"),
    built_in!("listen-back"),
    built_in!("kept-word"),
    built_in!("people-map"),
    built_in!("how-they-met-me"),
    built_in!("closeness-ladder"),
    built_in!("me-and-us"),
    built_in!("session-prep"),
    built_in!("session-notes"),
    built_in!("plan-when-low"),
];

/// The JSON schema of an exercise, for editors that help with writing one.
pub const SCHEMA: &str = include_str!("../content/exercise.schema.json");

/// Returns the definition of an exercise that comes with Haven, in its newest version.
pub fn definition(id: &ExerciseId) -> Option<&'static str> {
    text_of(&BUILT_IN, id)
}

/// The newest text of a definition among files that are named after what they define.
pub(crate) fn text_of(files: &[(&str, &'static str)], id: &ExerciseId) -> Option<&'static str> {
    let is_meant = |name: &str| name.strip_suffix(".toml") == Some(id.as_str());
    files.iter().rev().find(|(name, _)| is_meant(name)).map(|(_, text)| *text)
}

/// Why a definition cannot join the library.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{name} cannot be used: {}", faults.first().map(ToString::to_string).unwrap_or_default())]
pub struct Unusable {
    /// The name of the file.
    pub name: String,
    /// Everything that is wrong with it.
    pub faults: Vec<Fault>,
}

/// Exercises by id and version. Whoever holds one decides how long it lives; there is no global.
#[derive(Clone, Debug, Default)]
pub struct Library {
    exercises: Versions<Exercise>,
}

impl Library {
    /// Reads the exercises that come with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when a file in the program is damaged; the tests load every one of them.
    pub fn built_in() -> Result<Self, Unusable> {
        let mut library = Self::default();
        for (name, text) in BUILT_IN {
            library.add(name, text)?;
        }
        Ok(library)
    }

    /// Reads a definition into the library, checked against the newest version already there.
    ///
    /// # Errors
    /// [`Unusable`] with every fault of the definition.
    pub fn add(&mut self, name: &str, toml_text: &str) -> Result<ExerciseRef, Unusable> {
        let unusable = |faults| Unusable { name: name.to_owned(), faults };
        let alone = Exercise::load(toml_text, None).map_err(unusable)?;
        let exercise = match self.exercises.newest(&alone.id) {
            Some(previous) => Exercise::load(toml_text, Some(previous)).map_err(unusable)?,
            None => alone,
        };
        let reference = exercise.reference();
        self.exercises.insert(reference.clone(), exercise);
        Ok(reference)
    }

    /// Returns an exercise in the version that is offered, or the newest of one that was taken back.
    pub fn get(&self, id: &ExerciseId) -> Option<&Exercise> {
        self.exercises.get(id)
    }

    /// Returns an exercise that may be begun, in its newest version; none that was taken back.
    pub fn offered(&self, id: &ExerciseId) -> Option<&Exercise> {
        self.exercises.offered(id)
    }

    /// Returns one version of an exercise: the one an entry was made with.
    pub fn get_version(&self, id: &ExerciseId, version: u32) -> Option<&Exercise> {
        self.exercises.get_version(id, version)
    }

    /// Tells whether a person added the exercise.
    pub fn is_custom(&self, id: &ExerciseId) -> bool {
        self.exercises.is_custom(id)
    }

    /// Iterates over what is offered, by step and then by id; what belongs to every step comes last.
    pub fn iter(&self) -> impl Iterator<Item = &Exercise> {
        let mut newest: Vec<&Exercise> = self.exercises.iter().collect();
        let place = |exercise: &Exercise| (exercise.steps.is_empty(), exercise.steps.first().copied());
        newest.sort_by(|a, b| (place(a), &a.id).cmp(&(place(b), &b.id)));
        newest.into_iter()
    }

    /// Iterates over every exercise that entries may have been made with, also what was taken back, by id.
    pub fn all(&self) -> impl Iterator<Item = &Exercise> {
        self.exercises.all()
    }

    /// Iterates over what is offered and belongs to the step and works on the sign, where one is given.
    pub fn find(&self, step: Option<Step>, sign: Option<Sign>) -> impl Iterator<Item = &Exercise> {
        self.iter().filter(move |exercise| {
            step.is_none_or(|step| exercise.steps.is_empty() || exercise.steps.contains(&step))
                && sign.is_none_or(|sign| exercise.signs.contains(&sign))
        })
    }

    /// The exercises with their versions, for the shelf.
    pub(crate) fn versions(&self) -> &Versions<Exercise> {
        &self.exercises
    }

    /// The same, to take in what a person added.
    pub(crate) fn versions_mut(&mut self) -> &mut Versions<Exercise> {
        &mut self.exercises
    }
}

/// Returns the person with whom the writer does not feel safe, if the entry says so on the people map.
///
/// One such entry is enough to mark that person, and the mark keeps the relationship gate closed, whatever other entries say:
/// somebody who feels safe today may have had to. Only the person themselves takes the mark away.
pub fn unsafe_person(entry: &Entry) -> Option<PersonId> {
    let on_map = entry.exercise.as_ref().is_some_and(|made_with| made_with.id.as_str() == "people-map");
    if !on_map || entry.trashed.is_some() {
        return None;
    }
    let answer =
        |id: &str| entry.answers.iter().find(|(field, _)| field.as_str() == id).map(|(_, answer)| answer);
    match (answer("person")?, answer("safe")?) {
        (Answer::Person(person), Answer::Choice(safe)) if safe == "no" => Some(*person),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
