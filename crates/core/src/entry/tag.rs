//! Tags: short labels a person invents.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::label::{differ_in_case_only, is_joiner, spelt};
use crate::limits::TAG_CHARS_MAX;

/// Why a text is not a tag. The text itself stays out of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum TagError {
    /// Nothing is left once blanks and the leading `#` are gone.
    #[error("a tag needs at least one character")]
    Empty,
    /// The tag is too long.
    #[error("a tag has at most {TAG_CHARS_MAX} characters, this has {chars}")]
    TooLong {
        /// The characters found.
        chars: usize,
    },
    /// A comma or a control character is in the tag.
    #[error("a tag holds no comma, no line break and no control character")]
    Character,
}

/// A tag: 1 to 64 characters, kept and compared as written but for how its letters are spelt, without the leading `#`.
///
/// Two tags that look alike are one: NFC, single blanks, no character that nobody sees. Case counts.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tag(String);

impl Tag {
    /// Makes a tag from what a person typed, without surrounding blanks and leading `#`.
    ///
    /// # Errors
    /// [`TagError`] when nothing is left, too much is left, or a character would break a list of tags.
    pub fn new(text: &str) -> Result<Self, TagError> {
        let spelt = spelt(text);
        let tag = spelt.trim_start_matches(|c: char| c == '#' || c.is_whitespace() || is_joiner(c));
        let chars = tag.chars().count();
        match chars {
            0 => Err(TagError::Empty),
            _ if tag.contains(|c: char| c == ',' || c.is_control()) => Err(TagError::Character),
            1..=TAG_CHARS_MAX => Ok(Self(tag.to_owned())),
            _ => Err(TagError::TooLong { chars }),
        }
    }

    /// Returns the tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether another tag differs in case only.
    pub fn differs_in_case_only(&self, other: &Self) -> bool {
        differ_in_case_only(&self.0, &other.0)
    }
}

impl FromStr for Tag {
    type Err = TagError;

    fn from_str(text: &str) -> Result<Self, TagError> {
        Self::new(text)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tag({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tag_is_kept_as_written_without_its_mark() {
        let cases = [
            ("work", "work"),
            ("#work", "work"),
            ("  ## Work life ", "Work life"),
            ("C#", "C#"),
            ("Ärger", "Ärger"),
            ("💚", "💚"),
            ("a:b", "a:b"),
            ("cafe\u{301}", "café"),
            ("\u{200b}#two\u{a0} words\n", "two words"),
            ("#\u{200d}#work", "work"),
        ];
        for (text, expected) in cases {
            assert_eq!(Tag::new(text).unwrap().as_str(), expected, "{text}");
        }
        assert_ne!(Tag::new("Work"), Tag::new("work"));
    }

    #[test]
    fn what_would_break_a_list_of_tags_is_refused() {
        let cases = [
            (String::new(), TagError::Empty),
            (" # ".into(), TagError::Empty),
            ("a,b".into(), TagError::Character),
            ("a\nb".into(), TagError::Character),
            ("a\u{0}".into(), TagError::Character),
            ("a\u{85}b".into(), TagError::Character),
            ("\u{200b}#\u{feff}".into(), TagError::Empty),
            ("ä".repeat(65), TagError::TooLong { chars: 65 }),
        ];
        for (text, expected) in cases {
            assert_eq!(Tag::new(&text), Err(expected));
        }
        assert!(Tag::new(&"ä".repeat(64)).is_ok());
    }

    proptest! {
        #[test]
        fn a_tag_parses_to_itself(text in ".{0,70}") {
            if let Ok(tag) = Tag::new(&text) {
                prop_assert_eq!(Tag::new(tag.as_str()), Ok(tag));
            }
        }
    }
}
