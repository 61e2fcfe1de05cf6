//! Everything that is there as data: exercises, measures and the sentences said about them.

mod custom;
mod titles;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::answers::{Answer, Answers, ExerciseId, ExerciseRef, FieldId, ValueMap};
use crate::answers::{check_answers, check_edits, complete};
use crate::content::{Library, Unusable};
use crate::entry::EntryKind;
use crate::exercise::Exercise;
use crate::fault::Fault;
use crate::measure::{Measure, Measures};
use crate::sentence::Sayings;

pub use custom::{Defined, Kept};
pub use titles::SeveralTitles;

/// What comes with Haven, and in an open journal what its person added. Cheap to clone. Whoever holds one decides how long it
/// lives; there is no global.
#[derive(Clone, Debug)]
pub struct Shelf {
    /// The exercises, also those that a person added.
    pub exercises: Arc<Library>,
    /// The measures, also those that a person added.
    pub measures: Arc<Measures>,
    /// The words of all sentences.
    pub sayings: Arc<Sayings>,
}

/// What an entry answers. Exercises and measures share their ids, so that an entry names either in the same way.
#[derive(Clone, Copy, Debug)]
pub enum Asked<'a> {
    /// An exercise.
    Exercise(&'a Exercise),
    /// A measure.
    Measure(&'a Measure),
}

impl Shelf {
    /// Reads what comes with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when a file in the program is damaged; the tests load every one of them.
    pub fn built_in() -> Result<Self, Unusable> {
        Ok(Self {
            exercises: Arc::new(Library::built_in()?),
            measures: Arc::new(Measures::built_in()?),
            sayings: Arc::new(Sayings::built_in()?),
        })
    }

    /// Finds an exercise or a measure: a version whether it is offered or not, and unless one is named, the newest that is
    /// offered.
    pub fn find(&self, id: &ExerciseId, version: Option<u32>) -> Option<Asked<'_>> {
        let exercise = match version {
            None => self.exercises.offered(id),
            Some(version) => self.exercises.get_version(id, version),
        };
        let measure = || match version {
            None => self.measures.offered(id),
            Some(version) => self.measures.get_version(id, version),
        };
        exercise.map(Asked::Exercise).or_else(|| measure().map(Asked::Measure))
    }

    /// Returns a language that anything here is written in, as it is written there, whatever its case. Not everything need be.
    pub fn language(&self, asked: &str) -> Option<&str> {
        let exercises = || self.exercises.all().find_map(|exercise| exercise.texts.language(asked));
        let measures = || self.measures.all().find_map(|measure| measure.texts.language(asked));
        self.sayings.language(asked).or_else(exercises).or_else(measures)
    }

    /// Finds what an entry was made with; none when this release does not know it.
    pub fn made_with(&self, made_with: &ExerciseRef) -> Option<Asked<'_>> {
        self.find(&made_with.id, Some(made_with.version))
    }
}

impl Asked<'_> {
    /// Returns its id and version.
    pub fn reference(self) -> ExerciseRef {
        match self {
            Self::Exercise(exercise) => exercise.reference(),
            Self::Measure(measure) => measure.reference(),
        }
    }

    /// Returns its title in the language, else in English.
    pub fn title(self, language: &str) -> String {
        match self {
            Self::Exercise(exercise) => exercise.title(language).to_owned(),
            Self::Measure(measure) => measure.texts.get(language, &measure.title).to_owned(),
        }
    }

    /// Returns the kind of an entry that answers it.
    pub fn entry_kind(self) -> EntryKind {
        match self {
            Self::Exercise(_) => EntryKind::Exercise,
            Self::Measure(_) => EntryKind::Measure,
        }
    }

    /// Tells whether it has a question whose answer has this id.
    pub fn asks(self, id: &str) -> bool {
        let Ok(id) = id.parse::<FieldId>() else { return false };
        match self {
            Self::Exercise(exercise) => exercise.field(&id).is_some(),
            Self::Measure(measure) => {
                let items = measure.items.iter().map(|item| &item.id);
                items.chain(measure.extras.iter().map(|extra| &extra.id)).any(|asked| *asked == id)
            }
        }
    }

    /// Reads answers; see [`check_answers`].
    ///
    /// # Errors
    /// A [`Fault`] for every value that does not fit.
    pub fn check_answers(self, raw: &ValueMap) -> Result<Answers, Vec<Fault>> {
        match self {
            Self::Exercise(exercise) => check_answers(exercise, raw),
            Self::Measure(measure) => measure.check_answers(raw),
        }
    }

    /// Reads changed answers; see [`check_edits`].
    ///
    /// # Errors
    /// A [`Fault`] for every value that does not fit.
    pub fn check_edits(self, raw: &ValueMap) -> Result<BTreeMap<FieldId, Option<Answer>>, Vec<Fault>> {
        match self {
            Self::Exercise(exercise) => check_edits(exercise, raw),
            Self::Measure(measure) => measure.check_edits(raw),
        }
    }

    /// Tells whether the answers are enough: for an exercise to count, for a measure to be scored. What was declined is
    /// an answer.
    pub fn is_complete(self, answers: &Answers) -> bool {
        match self {
            Self::Exercise(exercise) => complete(exercise, answers),
            Self::Measure(measure) => measure.is_answered(answers),
        }
    }
}
