//! What is asked before an exercise that touches the other person, and what is said where somebody could come to harm.
//!
//! The words are the same for every exercise and no definition can change the question, so that nobody is led past it by
//! a stranger's file in which it reads otherwise.

use super::{Exercise, Gate};

/// The question.
const QUESTION: &str = "harm.question";
/// What to think of while answering.
const HELP: &str = "harm.help";
/// The only answer at which the exercise goes on at once.
const NO: &str = "harm.no";
/// An answer at which support is shown first, and then a way on.
const NOT_SURE: &str = "harm.not-sure";
/// The answer at which it stays closed.
const YES: &str = "harm.yes";
/// What is said at the last two.
const SUPPORT: &str = "harm.support";
/// The way on for somebody who was not sure.
const GO_ON: &str = "harm.go-on";

/// The keys of the texts, which come from the shared notices.
pub(super) const GATE_KEYS: [&str; 7] = [QUESTION, HELP, NO, NOT_SURE, YES, SUPPORT, GO_ON];

/// The exercises that are offered where the gate stays closed.
const INSTEAD: [&str; 2] = ["people-map", "session-prep"];

/// The question of the relationship gate: whether anybody could come to harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HarmQuestion<'a> {
    /// The question.
    pub question: &'a str,
    /// What to think of while answering.
    pub help: &'a str,
    /// The only answer at which the exercise goes on at once.
    pub no: &'a str,
    /// An answer at which support is shown first, and then a way on.
    pub not_sure: &'a str,
    /// The answer at which it stays closed.
    pub yes: &'a str,
    /// What is said at the last two, or at once if the person concerned is marked unsafe.
    pub support: &'a str,
    /// The way on for somebody who was not sure.
    pub go_on: &'a str,
    /// The exercises that are offered instead.
    pub instead: &'static [&'static str],
}

impl Exercise {
    /// Returns what is asked before it, in the language; none where nothing is.
    pub fn harm_question<'a>(&'a self, language: &str) -> Option<HarmQuestion<'a>> {
        let text = |key| self.texts.get(language, key);
        match self.safety.gate {
            Gate::None => None,
            Gate::Relationship => Some(HarmQuestion {
                question: text(QUESTION),
                help: text(HELP),
                no: text(NO),
                not_sure: text(NOT_SURE),
                yes: text(YES),
                support: text(SUPPORT),
                go_on: text(GO_ON),
                instead: &INSTEAD,
            }),
        }
    }
}
