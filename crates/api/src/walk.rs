//! Walking through an exercise or a measure, a page at a time, as a client sees it. Which page comes is the device's to say.

use haven_core::answers::{ExerciseId, ExerciseRef, Value};
use haven_core::exercise::Breath;
use haven_core::id::{EntryId, PersonId};
use haven_core::time::{CivilTime, Date};

use crate::drafts::{DraftId, SavedDraft};
use crate::journal::Summary;
use crate::measures::MeasureResult;
use crate::practice::{CouldHarm, Evidence, Field, HarmQuestion};

/// Something that was begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its draft on this device; none if it lies in an entry only.
    pub draft: Option<DraftId>,
    /// Its entry; none if it is a draft only.
    pub entry: Option<EntryId>,
    /// The exercise or measure.
    pub made_with: ExerciseRef,
    /// Its title.
    pub title: String,
    /// Whether it is a measure.
    pub is_measure: bool,
    /// The date it was begun.
    pub date: Date,
    /// The people it is about.
    pub people: Vec<Named>,
    /// Whether it can be gone on with.
    pub goes_on: bool,
    /// Whether it is not brought up today.
    pub rests: bool,
}

/// Somebody a walk is about.
#[derive(Clone, PartialEq, Eq)]
pub struct Named {
    /// Their id; none if it could not be told who is meant.
    pub id: Option<PersonId>,
    /// Their name, or what they were called.
    pub name: String,
}

/// What to begin or to go on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// An exercise, from its beginning; one that a journal keeps once goes on where it is kept.
    Exercise(ExerciseId),
    /// A measure, from its beginning.
    Measure(ExerciseId),
    /// A draft of either.
    Draft(DraftId),
    /// An entry of an exercise, by id or prefix.
    Entry(String),
    /// The later questions about an entry, by id or prefix, whose time has come.
    Later(String),
}

/// How far somebody is. It goes back to the device as it came.
#[derive(Clone, PartialEq)]
pub struct Walk {
    /// What is answered so far.
    pub draft: SavedDraft,
    /// What is walked through.
    pub subject: Subject,
    /// Which page this is; the device's to read.
    pub at: String,
    /// The page.
    pub page: Page,
    /// Whether there is a page before this one.
    pub has_back: bool,
    /// Why the answer was not taken; empty if it was.
    pub hint: String,
    /// Whether the draft is kept on the device by now.
    pub is_kept: bool,
    /// The ids of the later questions that this walk asks; empty in every other.
    pub later: Vec<String>,
    /// What to call in an emergency, once an answer called for support; empty before.
    pub emergency: String,
    /// Whether it is heavy, as far as it was answered.
    pub heavy: bool,
}

/// What is walked through.
#[derive(Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its id and version.
    pub made_with: ExerciseRef,
    /// Its title.
    pub title: String,
    /// Whether it is a measure.
    pub is_measure: bool,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The people it is about.
    pub people: Vec<Named>,
}

/// What is shown.
#[derive(Clone, PartialEq)]
pub enum Page {
    /// What it is for and what to heed.
    Intro(Intro),
    /// What has to be clear first.
    Gate(HarmQuestion),
    /// Support for somebody who is not sure, the exercises to do instead, and a way on.
    Unsure(HarmQuestion, Vec<Suggested>),
    /// It does not go on.
    Held(Held),
    /// A question.
    Question(Box<Question>),
    /// Words in between.
    Notice(Notice),
    /// An answer called for support; why it is shown, in a sentence.
    Support(String),
    /// Everything was asked.
    End(End),
}

/// What it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intro {
    /// In a sentence or two; may be empty.
    pub purpose: String,
    /// What to heed.
    pub notices: Vec<String>,
    /// What stands behind an exercise.
    pub evidence: Option<Evidence>,
    /// What is shown with a measure, word for word; may be empty.
    pub source: String,
    /// Whether something was answered before, and it goes on after that.
    pub goes_on: bool,
    /// How many questions there are.
    pub questions: u32,
    /// The earlier day on which a measure was begun that begins anew.
    pub begun: Option<Date>,
}

/// An exercise that is offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Which.
    pub exercise: ExerciseId,
    /// Its title.
    pub title: String,
}

/// That it does not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The question that holds, with the support.
    pub question: HarmQuestion,
    /// Whether somebody else can be chosen, by going back.
    pub choose_another: bool,
    /// The exercises to do instead.
    pub instead: Vec<Suggested>,
    /// What is said first; may be empty.
    pub notice: String,
}

/// A question.
#[derive(Clone, PartialEq)]
pub struct Question {
    /// The question, with the answers that fit.
    pub field: Field,
    /// The id that names its answer.
    pub answer_id: String,
    /// What was answered or typed so far.
    pub answer: Option<Value>,
    /// Which question it is, from 1.
    pub number: u32,
    /// How many there are.
    pub total: u32,
    /// Earlier items that are offered as answers.
    pub offered: Vec<String>,
    /// The sentence made of earlier answers; empty unless that is all there is to it.
    pub sentence: String,
    /// How to breathe while the timer runs; empty if it is not for breathing.
    pub breaths: Vec<Breath>,
    /// The question at which it may be stopped while the timer runs; empty if there is none.
    pub stop_label: String,
    /// Questions of then and their answers, that belong to a later question.
    pub recalled: Vec<Reviewed>,
    /// What stands before the items of a measure; may be empty.
    pub stem: String,
    /// Whether "prefer-not-to-say" is an answer.
    pub declinable: bool,
    /// What is suggested, as it would be answered; empty if nothing is.
    pub suggested: String,
    /// The entries that may be linked.
    pub links: Vec<Summary>,
    /// The people who can be named.
    pub people: Vec<Named>,
    /// The ids of those who are marked as not safe to be open with, where the exercise minds.
    pub not_safe: Vec<PersonId>,
}

/// Words in between.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The words, in paragraphs.
    pub words: Vec<String>,
    /// The exercise to offer.
    pub instead: Option<Suggested>,
    /// Whether it is better to stop here.
    pub is_last: bool,
}

/// The end.
#[derive(Clone, PartialEq)]
pub struct End {
    /// What is needed and open, by its words.
    pub open: Vec<String>,
    /// Whether it ends heavy.
    pub heavy: bool,
    /// Whether there is anything to keep.
    pub has_answers: bool,
    /// The items of a measure and their answers in words.
    pub review: Vec<Reviewed>,
    /// Where something was typed that is no answer.
    pub unfit: Vec<Reviewed>,
}

/// A question and its answer as a person reads it.
#[derive(Clone, PartialEq)]
pub struct Reviewed {
    /// The question.
    pub label: String,
    /// The answer; empty if it was left open.
    pub words: String,
    /// The page of the question; empty where it cannot be gone to.
    pub at: String,
}

/// What the person did.
#[derive(Clone, PartialEq)]
pub enum Step {
    /// Answered, and goes on; nothing leaves the question open.
    Answer(Value),
    /// Answered so far, and stays.
    Note(Value),
    /// Leaves the question open and goes on.
    Skip,
    /// Goes a page back.
    Back,
    /// Reads on, or goes on with what was noted.
    On,
    /// Answers what has to be clear first.
    CouldHarm(CouldHarm),
    /// Stops at the timer; how long it ran.
    Stop(Value),
    /// Goes to the page of a question.
    To(String),
}

/// What became of a walk.
#[derive(Clone, PartialEq)]
pub struct Finished {
    /// The entry and its version; none if there was nothing to keep.
    pub written: Option<(EntryId, String)>,
    /// Whether every required question was answered.
    pub complete: bool,
    /// What the answers come to.
    pub result: Option<MeasureResult>,
    /// An exercise that fits next.
    pub next: Option<Suggested>,
}

/// Whom a walk is about, and when.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct About {
    /// The people, by id, prefix of an id, or name.
    pub people: Vec<String>,
    /// The time it is kept under; `None` means now.
    pub at: Option<CivilTime>,
}
