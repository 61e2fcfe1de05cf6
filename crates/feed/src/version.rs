//! Versions: what this build reads, and the fault of meeting something newer or older.

use std::fmt;

use thiserror::Error;

/// The version of every format in this room. Formats are succeeded, never edited.
pub const FORMAT: u8 = 1;

/// A part of a format that says what it takes to understand the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The version byte of a record or link.
    Version,
    /// The suite byte of keys, a wrap or a record.
    Suite,
    /// The flags of a record; all of them are critical.
    Flags,
    /// The kind of a link: a link that is not understood may have removed somebody.
    LinkKind,
    /// The kind of a space.
    SpaceKind,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "version",
            Self::Suite => "suite",
            Self::Flags => "flags",
            Self::LinkKind => "link kind",
            Self::SpaceKind => "space kind",
        })
    }
}

/// Made by a version this build does not understand: an update is needed, the bytes are not damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("update needed: {part} {found} is not understood")]
pub struct Incompatible {
    /// The part that was not understood.
    pub part: Part,
    /// What it said.
    pub found: u32,
}

impl Incompatible {
    pub(crate) fn unless_equal(part: Part, found: u8, known: u8) -> Result<(), Self> {
        if found == known { Ok(()) } else { Err(Self { part, found: u32::from(found) }) }
    }
}
