//! Exercises as data: the definition in a file, the rules it has to keep, and what an exercise then is.
//!
//! A definition holds texts, fields and numbers and no code. Whoever loads a stranger's file can be sure that it only asks
//! questions, that every question has words, and that old answers stay readable.

mod asks;
mod breath;
mod derived;
mod feelings;
mod field;
mod gate;
mod load;
mod raw;
mod rules;
mod schema;
mod shape;
mod sources;
mod words;

use crate::answers::{ExerciseId, ExerciseRef, FieldId};

pub use crate::definition::{DEFAULT_LANGUAGE, Texts, UnknownWord, as_sentence, wanted};
pub use asks::Ask;
pub use breath::{Breath, Part, breathing};
pub use derived::derived;
pub(crate) use derived::finished;
pub(crate) use derived::spoken;
pub use field::{Bounds, Choice, Count, Delay, DelayError, Field, Scale, Shape, Stop, TextKey, Weight};
pub use gate::HarmQuestion;
pub use schema::schema;
pub use words::{Better, FieldKind, Gate, Grade, ItemKind, NotWhen, Phase, ShareDefault, Sign, Step, View};

/// One version of one exercise, all rules kept. [`Exercise::load`] is the only way to one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exercise {
    /// Its id, unique in a library.
    pub id: ExerciseId,
    /// Its version, from 1.
    pub version: u32,
    /// The key of its title; without one the id is shown.
    pub title: Option<TextKey>,
    /// The key of the sentence that says what it is for.
    pub purpose: Option<TextKey>,
    /// The steps it belongs to, ascending; none means that it belongs to every step.
    pub steps: Vec<Step>,
    /// The signs it works on, in their order.
    pub signs: Vec<Sign>,
    /// How long it takes.
    pub minutes: u32,
    /// What stands behind it.
    pub evidence: Evidence,
    /// What is said and asked before it.
    pub safety: Safety,
    /// Whether it is offered when entries are shared.
    pub share_default: ShareDefault,
    /// Where its answers are shown, beside the views of its outcomes.
    pub views: Vec<View>,
    /// Whether a journal keeps it in a single entry, which is opened and gone on with every time.
    pub single: bool,
    /// The measure whose questions these are: its first scale is the first item, and so on, and what is answered is kept
    /// as one result of it, by whichever way the person came.
    pub measure: Option<ExerciseId>,
    /// Its fields, in the order they are asked within their phases.
    pub fields: Vec<Field>,
    /// What it may change.
    pub outcomes: Vec<Outcome>,
    /// Its texts.
    pub texts: Texts,
}

/// What stands behind an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// How good it is.
    pub grade: Grade,
    /// What it is, in a line.
    pub note: Option<String>,
    /// The works it rests on, by citation key. Empty where none was read.
    pub refs: Vec<String>,
}

/// What is said and asked before an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Safety {
    /// What the person is asked first.
    pub gate: Gate,
    /// What everybody is told first.
    pub notice: Option<TextKey>,
    /// What is said first when the person concerned is marked unsafe.
    pub unsafe_notice: Option<TextKey>,
    /// When it is not suggested.
    pub not_when: Vec<NotWhen>,
    /// Whether it can bring up strong feelings; said before anybody begins it.
    pub stirs: bool,
}

/// A pair of ratings whose difference is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id, unique in the exercise.
    pub id: String,
    /// The scale before.
    pub before: FieldId,
    /// The scale after.
    pub after: FieldId,
    /// The hoped-for direction.
    pub better: Better,
    /// Where it is shown.
    pub view: View,
    /// The exercise whose difference is shown beside it.
    pub comparator: Option<ExerciseId>,
}

impl Exercise {
    /// Returns its id and version.
    pub fn reference(&self) -> ExerciseRef {
        ExerciseRef { id: self.id.clone(), version: self.version }
    }

    /// Returns the field that an answer with this id belongs to, whatever the occasion.
    pub fn field(&self, id: &FieldId) -> Option<&Field> {
        self.fields.iter().find(|field| field.id.as_str() == id.base())
    }

    /// Returns its title in the language, else in English, else its id.
    pub fn title<'a>(&'a self, language: &str) -> &'a str {
        self.title.as_ref().map_or(self.id.as_str(), |key| self.texts.get(language, key))
    }

    /// Returns what an option is called in the language.
    pub fn option_label<'a>(&'a self, option: &'a Choice, language: &str) -> &'a str {
        option.label.as_ref().map_or(option.id.as_str(), |key| self.texts.get(language, key))
    }
}

#[cfg(test)]
mod tests;
