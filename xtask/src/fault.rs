//! The one shape in which a chore fails.

use std::fmt;

/// What failed, why, and what to do next.
#[derive(Debug)]
pub struct Fault {
    /// What could not be done, in a few words.
    pub what: String,
    /// The reason, as precisely as it is known.
    pub why: String,
    /// The next step, as a sentence or a command.
    pub next: String,
}

impl Fault {
    /// Makes a fault of its three parts.
    pub fn new(what: impl Into<String>, why: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), why: why.into(), next: next.into() }
    }

    /// Describes a file or folder that could not be read or written.
    pub fn io(what: impl Into<String>, error: &std::io::Error) -> Self {
        Self::new(
            what,
            error.to_string(),
            "Check that the path exists and may be written, then run this again.",
        )
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed: {}\n   why: {}\n  next: {}", self.what, self.why, self.next)
    }
}

impl std::error::Error for Fault {}
