//! One thing that is wrong with a definition or with answers, told so that a person can put it right.

use std::error::Error;
use std::fmt;

/// What is wrong, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, from 1, when there is a file.
    pub line: Option<usize>,
    /// The id of the field concerned.
    pub field: Option<String>,
    /// What is wrong: lower case, no full stop.
    pub what: String,
    /// What to do next: lower case, no full stop.
    pub next: String,
}

impl Fault {
    /// Makes a fault of the whole, without a line or a field.
    pub fn new(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self { line: None, field: None, what: what.into(), next: next.into() }
    }

    /// Names the field concerned.
    #[must_use]
    pub fn of_field(mut self, id: &str) -> Self {
        self.field = Some(shown(id));
        self
    }

    /// Names the line concerned.
    #[must_use]
    pub fn at_line(mut self, line: usize) -> Self {
        self.line = Some(line);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}, ")?;
        }
        if let Some(field) = &self.field {
            write!(f, "field {field}: ")?;
        }
        write!(f, "{}; {}", self.what, self.next)
    }
}

impl Error for Fault {}

/// Lists what would do: `a, b or c`.
pub fn either<T: AsRef<str>>(words: &[T]) -> String {
    let words: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

/// The most characters of a foreign name that a message repeats.
const SHOWN_CHARS: usize = 40;

/// Makes a foreign name fit for a message: one line, no control characters, not long.
pub(crate) fn shown(name: &str) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = name.chars().take(SHOWN_CHARS).map(visible).collect();
    if name.chars().nth(SHOWN_CHARS).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_where_what_and_what_next() {
        let fault = Fault::new("the scale has no end", "add max");
        assert_eq!(fault.to_string(), "the scale has no end; add max");
        let placed = fault.of_field("suds").at_line(12);
        assert_eq!(placed.to_string(), "line 12, field suds: the scale has no end; add max");
    }

    #[test]
    fn a_foreign_name_is_made_fit_for_a_message() {
        assert_eq!(shown("a\nb\u{1b}c"), "a\u{fffd}b\u{fffd}c");
        assert_eq!(shown(&"x".repeat(50)), format!("{}…", "x".repeat(40)));
    }
}
