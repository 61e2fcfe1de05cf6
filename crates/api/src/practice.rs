//! Guided exercises as a client sees them: everything to ask the questions, the texts in one language.

mod harm;

use haven_core::answers::{ExerciseId, ExerciseRef};
use haven_core::exercise::{Ask, Gate, ItemKind, Phase, Sign, Step};

pub use harm::{CouldHarm, HarmQuestion, NoAnswer};

/// An exercise as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExerciseSummary {
    /// Its id and version.
    pub exercise: ExerciseRef,
    /// Its title.
    pub title: String,
    /// The steps it belongs to.
    pub steps: Vec<Step>,
    /// The signs it works on.
    pub signs: Vec<Sign>,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// What has to be clear before it is suggested.
    pub gate: Gate,
    /// Whether the person added it.
    pub custom: bool,
    /// What it is for; may be empty.
    pub purpose: String,
    /// How many questions one sitting has at most.
    pub questions: u32,
    /// How many it has where it ends at the first place at which it well may; the same number where there is none.
    pub questions_least: u32,
    /// What doing it is made of.
    pub asks: Vec<Ask>,
    /// Whether it can bring up strong feelings.
    pub stirs: bool,
}

/// A whole exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// What lists show of it.
    pub summary: ExerciseSummary,
    /// What it is for; may be empty.
    pub purpose: String,
    /// What to say first; empty if nothing.
    pub notice: String,
    /// What to say first if the person it concerns is marked unsafe; empty if nothing.
    pub unsafe_notice: String,
    /// When it is not suggested.
    pub not_when: Vec<String>,
    /// What stands behind it.
    pub evidence: Evidence,
    /// Whether it is offered when entries are shared: `never` or `ask`.
    pub share_default: String,
    /// Where the answers are shown.
    pub views: Vec<String>,
    /// The questions, in order.
    pub fields: Vec<Field>,
    /// What may change by doing it.
    pub outcomes: Vec<Outcome>,
    /// What to ask before anything else; the exercise goes on at once at "no" only.
    pub harm_question: Option<HarmQuestion>,
    /// Whether a journal keeps it in one entry only, which is opened and changed each time.
    pub single: bool,
    /// The measure whose items its scales are, in order; a result is kept with the answers.
    pub measure: Option<ExerciseId>,
}

/// What stands behind an exercise.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// How much: `trial`, `review`, `practice` or `ours`.
    pub grade: String,
    /// In a few words.
    pub note: String,
    /// Keys of the sources.
    pub refs: Vec<String>,
    /// The same as a person can look them up.
    pub sources: Vec<String>,
}

/// A pair of questions that shows a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: String,
    /// The scale answered before.
    pub before: String,
    /// The scale answered after.
    pub after: String,
    /// Which way is hoped for: `lower` or `higher`.
    pub better: String,
    /// Where it is shown.
    pub view: String,
    /// The exercise it is honestly compared with.
    pub comparator: Option<ExerciseId>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its id, which names the answer; with several `after`, the answers are named `id@P7D`.
    pub id: String,
    /// When it is asked.
    pub phase: Phase,
    /// Whether the exercise counts as complete only with an answer.
    pub required: bool,
    /// The question.
    pub label: String,
    /// More about it; may be empty.
    pub help: String,
    /// How long after the exercise a later question is asked.
    pub after: Vec<String>,
    /// For a later question: the date question whose answer is the day on which it is asked.
    pub on: Option<String>,
    /// For a later question: the earlier texts and lists whose words are shown again beside it.
    pub recall: Vec<String>,
    /// For a text: the earlier list whose items are offered as answers. Other words may be written.
    pub from: Option<String>,
    /// Which answers fit.
    pub shape: Shape,
}

/// Which answers fit a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line or a few.
    Text {
        /// The most characters.
        chars_max: u32,
    },
    /// As much as the person wants.
    LongText {
        /// The most characters, if fewer than a text may have.
        chars_max: Option<u32>,
    },
    /// A whole number.
    Scale(Scale),
    /// One option.
    Choice(Vec<Choice>),
    /// Any options.
    Multi(Vec<Choice>, Count),
    /// Several items.
    List {
        /// What they are.
        of: ItemKind,
        /// How many.
        count: Count,
        /// The most characters of an item of words.
        chars_max: u32,
        /// Their weights.
        weight: Option<Weight>,
    },
    /// Feelings and how strong each is.
    Emotions {
        /// The range of the strength.
        strength: Scale,
        /// Words to choose from; others may be written.
        suggestions: Vec<Choice>,
        /// How many.
        count: Count,
    },
    /// Somebody of the journal.
    Person,
    /// A time.
    DateTime,
    /// A date.
    Date {
        /// How long after the exercise the suggested date lies.
        suggest: Option<String>,
    },
    /// How long something took.
    Duration,
    /// Yes or no.
    Bool {
        /// The answer at which to stop.
        stop: Option<Stop>,
    },
    /// A timer to sit with.
    Timer {
        /// How long it is meant to run, in seconds.
        suggested_s: Option<u32>,
    },
    /// Nothing to answer: a sentence made of earlier answers.
    Derived {
        /// The sentence, with `{field_id}` where an answer goes.
        template: String,
    },
    /// Another entry.
    Link {
        /// The exercise whose entries are offered.
        to: Option<ExerciseId>,
    },
    /// An agreement.
    Consent,
}

/// Whole numbers from one end to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The lower end.
    pub min: i32,
    /// The upper end.
    pub max: i32,
    /// The distance between two points.
    pub step: i32,
    /// What some points are called, in ascending order.
    pub anchors: Vec<(i32, String)>,
    /// At which answers to stop.
    pub bounds: Option<Bounds>,
}

/// When to stop at a yes or a no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The answer that means stop.
    pub when: bool,
    /// What to say then.
    pub notice: String,
    /// The exercise to offer then.
    pub instead: Option<ExerciseId>,
}

/// Between which answers to a scale an exercise goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Less than this means stop.
    pub below: Option<i32>,
    /// More than this means stop.
    pub above: Option<i32>,
    /// What to say then.
    pub notice: String,
    /// The exercise to offer then.
    pub instead: Option<ExerciseId>,
}

impl Bounds {
    /// Tells whether the answer means stop.
    pub fn stops(&self, number: i32) -> bool {
        self.below.is_some_and(|least| number < least) || self.above.is_some_and(|most| number > most)
    }
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its id, which is the answer.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What to say when it is chosen; empty if nothing.
    pub notice: String,
    /// What stands over it and its kin; empty where options stand by themselves.
    pub group: String,
}

/// How many items make an answer complete, and how many are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The fewest.
    pub min: u32,
    /// The most.
    pub max: u32,
}

/// The range of the weights of a list's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The least.
    pub min: i32,
    /// The greatest.
    pub max: i32,
    /// What all add up to in a complete answer.
    pub sum: Option<i32>,
}
