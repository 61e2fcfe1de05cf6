//! Answers to exercises, typed by the kind of the question.

mod answer;
mod field;

pub use answer::{Answer, Answers, Emotion, Item, ItemValue, Seconds, SecondsError};
pub use field::{ExerciseId, ExerciseRef, FieldId, NameFault};
