//! Who could be reached, and the plan: core's own types, since a client that reaches no device makes the same card itself.

use std::fmt;

pub use haven_core::limits::READABLE_BYTES_MAX;
pub use haven_core::support::{
    Card, Chosen, Country, HELP_COUNTRY, Kind, Plan, PlanPart, READABLE_FILE, Shown, State, Wide,
};

/// The plan line by line. Debug shows no word of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// The lines in the order of the plan; empty if there is no plan.
    pub lines: Vec<Line>,
    /// What has to be agreed to before a line becomes readable, in paragraphs.
    pub warning: Vec<String>,
}

/// One line of the plan. Debug shows no word.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// The id of the question.
    pub field: String,
    /// The question.
    pub label: String,
    /// The words.
    pub text: String,
    /// Whether they can be read on this device while the vault is locked.
    pub readable: bool,
}

impl Line {
    /// Names the line, to choose it.
    pub fn chosen(&self) -> Chosen {
        Chosen { field: self.field.clone(), text: self.text.clone() }
    }
}

impl fmt::Debug for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Lines({:?})", self.lines)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let readable = if self.readable { ", readable" } else { "" };
        write!(f, "Line({}{readable})", self.field)
    }
}
