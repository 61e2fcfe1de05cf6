//! Answers to exercises, typed by the kind of the question.

mod answer;
mod check;
mod field;
mod stored;
pub mod value;

pub use answer::{Answer, Answers, Emotion, Item, ItemValue, Seconds, SecondsError};
pub use check::{check_answers, check_edits, complete};
pub use field::{ExerciseId, ExerciseRef, FieldId, NameFault};
pub use value::{Value, ValueMap};
