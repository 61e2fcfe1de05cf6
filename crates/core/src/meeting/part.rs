//! What a version that met says otherwise.

/// One part of an entry in which a version that met differs from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetPart {
    /// Which.
    pub part: Part,
    /// Whether this version only takes away there: sentences that another one changed, an answer, or the entry itself.
    pub takes_away: bool,
}

/// A part of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The title.
    Title,
    /// The text.
    Text,
    /// When it happened.
    Time,
    /// The answer with this id.
    Answer(String),
    /// Whether it is in the trash.
    Trash,
}
