//! Versions: what this build speaks, and the fault of meeting something newer or older.

use std::fmt;

use thiserror::Error;

/// The version of every format in this room. Formats are succeeded, never edited.
pub const FORMAT: u8 = 1;

/// The oldest protocol this build speaks. It is compiled in: nothing a server says lowers it.
pub const PROTOCOL_MIN: u32 = 1;

/// The newest protocol this build speaks.
pub const PROTOCOL_MAX: u32 = 1;

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
    /// The protocol versions a server offers.
    Protocol,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Version => "version",
            Self::Suite => "suite",
            Self::Flags => "flags",
            Self::LinkKind => "link kind",
            Self::SpaceKind => "space kind",
            Self::Protocol => "protocol",
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

/// Picks the protocol version to speak with a server that offers `minimum` to `maximum`: the newest both know.
///
/// A server that offers only what is older than [`PROTOCOL_MIN`] is refused, whatever reason it gives.
pub fn agree(minimum: u32, maximum: u32) -> Result<u32, Incompatible> {
    let newest = maximum.min(PROTOCOL_MAX);
    if newest < PROTOCOL_MIN || newest < minimum {
        let found = if maximum < PROTOCOL_MIN { maximum } else { minimum };
        return Err(Incompatible { part: Part::Protocol, found });
    }
    Ok(newest)
}
