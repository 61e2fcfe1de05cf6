//! What is asked before an exercise that touches the other person, and what is said when the gate stays closed.
//!
//! The words are the same for every exercise and no definition can change the question, so that nobody is led past it by
//! a stranger's file in which it reads otherwise.

use super::{Exercise, Gate};

/// The question.
const QUESTION: &str = "gate.question";
/// What to think of while answering.
const HELP: &str = "gate.help";
/// The only answer at which the gate opens.
const YES: &str = "gate.yes";
/// An answer at which it stays closed.
const NOT_SURE: &str = "gate.not-sure";
/// The other one.
const NO: &str = "gate.no";
/// What is said then.
const HELD: &str = "gate.held";

/// The keys of the texts, which come from the shared notices.
pub(super) const GATE_KEYS: [&str; 6] = [QUESTION, HELP, YES, NOT_SURE, NO, HELD];

/// The exercises that are offered where the gate stays closed.
const INSTEAD: [&str; 2] = ["people-map", "session-prep"];

/// The relationship gate in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GateWords<'a> {
    /// The question.
    pub question: &'a str,
    /// What to think of while answering.
    pub help: &'a str,
    /// The only answer at which the exercise goes on.
    pub yes: &'a str,
    /// An answer at which it does not.
    pub not_sure: &'a str,
    /// The other one.
    pub no: &'a str,
    /// What is said then, or at once if the person concerned is marked unsafe.
    pub held: &'a str,
    /// The exercises that are offered then.
    pub instead: &'static [&'static str],
}

impl Exercise {
    /// Returns what is asked before it, in the language; none where nothing is.
    pub fn gate_words<'a>(&'a self, language: &str) -> Option<GateWords<'a>> {
        let text = |key| self.texts.get(language, key);
        match self.safety.gate {
            Gate::None => None,
            Gate::Relationship => Some(GateWords {
                question: text(QUESTION),
                help: text(HELP),
                yes: text(YES),
                not_sure: text(NOT_SURE),
                no: text(NO),
                held: text(HELD),
                instead: &INSTEAD,
            }),
        }
    }
}
