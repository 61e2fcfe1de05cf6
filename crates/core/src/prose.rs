//! Prose: a text read as a tree that can be drawn as it is, with no markup in it, nothing that loads and nothing that runs.
//!
//! It is Markdown as CommonMark has it, with struck words, and gentle where people type lines and not Markdown: a line break stays
//! one, and no word is ever hidden (docs/decisions/0030).

mod plain;
mod reader;

use std::fmt;

pub use plain::plain;

/// A text as a tree. Debug shows its size, never a word.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// What it is made of, in order.
    pub blocks: Vec<Block>,
}

/// A paragraph or the like.
#[derive(Clone, PartialEq, Eq)]
pub enum Block {
    /// Words.
    Paragraph(Vec<Span>),
    /// A heading.
    Heading {
        /// Its level, 1 to 6.
        level: u8,
        /// Its words.
        words: Vec<Span>,
    },
    /// A list.
    List {
        /// The number of the first item; none where the items have no numbers.
        start: Option<u64>,
        /// The items.
        items: Vec<Prose>,
    },
    /// Words of somebody else.
    Quote(Prose),
    /// Words whose blanks count.
    Code(String),
    /// A line across.
    Rule,
}

/// A piece of a line.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// How they look.
    pub look: Look,
    /// The address that was written to them, if any. It is text; nobody follows it unasked.
    pub address: Option<String>,
    /// Whether a new line begins after them.
    pub breaks: bool,
}

/// How words look.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Look {
    /// Whether they are stressed.
    pub emphasis: bool,
    /// Whether they are stressed more.
    pub strong: bool,
    /// Whether their blanks count.
    pub code: bool,
    /// Whether they are struck out.
    pub struck: bool,
}

impl Prose {
    /// Reads a text. Every text can be read, and in a time that grows with its length.
    pub fn read(text: &str) -> Self {
        reader::read(text)
    }
}

impl fmt::Debug for Prose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prose({} blocks)", self.blocks.len())
    }
}

#[cfg(test)]
mod tests;
