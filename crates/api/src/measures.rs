//! Measures and progress as a client sees them.

use haven_core::answers::{ExerciseId, ExerciseRef, Value};
use haven_core::id::{EntryId, PersonId};
use haven_core::measure::Verdict;
use haven_core::progress::Topic;
use haven_core::time::Date;

use crate::practice::Choice;

/// A measure as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasureSummary {
    /// Its id and version.
    pub measure: ExerciseRef,
    /// Its title.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// How many questions it has: its items, and those that no score counts.
    pub items: u32,
    /// Whether it is answered about one of the person's people, or people in general.
    pub about_person: bool,
    /// Whether it is offered only to a person who asked for it.
    pub on_request: bool,
    /// Whether somebody has tested what a score means.
    pub validated: bool,
    /// Whether the person has to bring the words of the items.
    pub scorer_only: bool,
    /// Whether the person added it.
    pub custom: bool,
}

/// Everything needed to ask the questions of a measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What lists show.
    pub summary: MeasureSummary,
    /// What stands before the items; may be empty.
    pub stem: String,
    /// The items, in order.
    pub items: Vec<Item>,
    /// The ends of the one scale of all items.
    pub range: (i32, i32),
    /// What some points are called, in ascending order.
    pub anchors: Vec<(i32, String)>,
    /// Questions after the items that no score counts.
    pub extras: Vec<Extra>,
    /// What is shown with it, word for word.
    pub notice: String,
    /// When it makes sense to answer it; empty if nothing has to be said about that.
    pub advice: String,
    /// What has to be said of one that the person added; empty for Haven's own.
    pub origin: String,
}

/// One item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The id that names its answer.
    pub id: String,
    /// Its words; empty where the person brings the printed form.
    pub text: String,
    /// Whether "prefer not to say" is an answer.
    pub declinable: bool,
    /// An answer greater than this shows the support card at once, and so does "prefer not to say"; none where no answer does.
    pub support_above: Option<i32>,
}

impl Item {
    /// Tells whether the answer shows the support card at once.
    pub fn calls_for_support(&self, answer: &Value) -> bool {
        let is_above = |above: i32| answer.whole().is_none_or(|point| point > above);
        self.support_above.is_some_and(is_above)
    }
}

/// A question that no score counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extra {
    /// The id that names its answer.
    pub id: String,
    /// Its words.
    pub text: String,
    /// The options to choose from.
    pub options: Vec<Choice>,
}

/// What the answers of one entry come to.
#[derive(Clone, PartialEq)]
pub struct MeasureResult {
    /// The entry.
    pub entry: EntryId,
    /// Its date.
    pub date: Date,
    /// Whom it is about; none for oneself and for people in general.
    pub person: Option<PersonId>,
    /// Whether the support card is shown, at once and before any score.
    pub support: bool,
    /// The scores, in the order of the measure.
    pub scores: Vec<Score>,
    /// What stands under the result as a whole.
    pub says: Vec<String>,
}

/// One score.
#[derive(Clone, PartialEq)]
pub struct Score {
    /// Its id, such as `total`.
    pub name: String,
    /// What it is called.
    pub label: String,
    /// The number; none when it is not scored.
    pub number: Option<f64>,
    /// The id of the published label for this score.
    pub band: Option<String>,
    /// What stands beside it.
    pub says: Vec<String>,
    /// What can be said about the difference to the result before; none where there is none before.
    pub change: Option<Verdict>,
}

/// A view of progress: what to draw and what to say.
#[derive(Clone, PartialEq)]
pub struct Progress {
    /// Which view.
    pub topic: Topic,
    /// Whether there is enough for anything to be said over time.
    pub enough: bool,
    /// What may honestly be said.
    pub says: String,
    /// What to draw.
    pub data: serde_json::Value,
}

/// What comes up today. Nothing of it is due.
#[derive(Clone, PartialEq, Eq)]
pub struct Today {
    /// Exercises that were begun and left, on whichever device, the latest first.
    pub open: Vec<Open>,
    /// Entries with questions whose time has come, the latest first.
    pub later: Vec<Later>,
    /// An exercise that might do good.
    pub suggestion: Option<Suggestion>,
    /// Exercises that are not brought up today, since help was needed in the last days.
    pub resting: Vec<ExerciseId>,
}

/// An exercise that was begun and left. It is gone on with by editing the entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Open {
    /// The entry.
    pub entry: EntryId,
    /// The exercise it answers.
    pub exercise: ExerciseId,
    /// The title of the exercise.
    pub title: String,
    /// The date of the entry.
    pub date: Date,
}

/// The questions of one entry whose time has come. They are answered by editing the entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Later {
    /// The entry.
    pub entry: EntryId,
    /// The exercise it answers.
    pub exercise: ExerciseId,
    /// The title of the exercise.
    pub title: String,
    /// The date of the entry.
    pub date: Date,
    /// The questions, in the order of the exercise.
    pub questions: Vec<LaterQuestion>,
}

/// One question whose time has come.
#[derive(Clone, PartialEq, Eq)]
pub struct LaterQuestion {
    /// The id that names its answer, such as `rerate@P7D`.
    pub id: String,
    /// The id of the field that asks.
    pub field: String,
    /// The question.
    pub label: String,
}

/// An exercise that might do good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// Its id.
    pub exercise: ExerciseId,
    /// Its title.
    pub title: String,
    /// How long it takes, in minutes.
    pub minutes: u32,
}
