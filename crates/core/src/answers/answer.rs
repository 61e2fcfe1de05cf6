//! One answer, typed by the kind of its question.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::FieldId;
use crate::id::{EntryId, PersonId};
use crate::limits::DURATION_SECONDS_MAX;
use crate::time::{CivilTime, Date};

/// The answers of one entry, by field.
pub type Answers = BTreeMap<FieldId, Answer>;

/// One answer. Debug shows its kind and its size, never its words.
#[derive(Clone, PartialEq, Eq)]
pub enum Answer {
    /// Words, to a `text` or `long_text`.
    Text(String),
    /// A point on a scale.
    Scale(i32),
    /// The id of the option chosen.
    Choice(String),
    /// The ids of the options chosen, in the order chosen.
    Multi(Vec<String>),
    /// Items, in the order written.
    List(Vec<Item>),
    /// Feelings and how strong they were, in the order named.
    Emotions(Vec<Emotion>),
    /// Somebody from the journal.
    Person(PersonId),
    /// A time.
    DateTime(CivilTime),
    /// A date.
    Date(Date),
    /// How long something took or lasted.
    Duration(Seconds),
    /// Yes or no.
    Bool(bool),
    /// How long a timer ran.
    Timer(Seconds),
    /// Another entry.
    Link(EntryId),
    /// Whether the person agreed.
    Consent(bool),
}

/// One item of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct Item {
    /// What the item is.
    pub value: ItemValue,
    /// How much it weighs, in lists that ask for it.
    pub weight: Option<i32>,
}

/// What an item of a list is.
#[derive(Clone, PartialEq, Eq)]
pub enum ItemValue {
    /// Words.
    Text(String),
    /// Somebody from the journal.
    Person(PersonId),
    /// Another entry.
    Link(EntryId),
}

/// A feeling and how strong it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Emotion {
    /// The word for it.
    pub name: String,
    /// How strong, within the range of the question.
    pub strength: i32,
}

impl Answer {
    /// Returns the words the person wrote themselves: what search finds and limits count.
    pub fn words(&self) -> Vec<&str> {
        match self {
            Self::Text(text) => vec![text],
            Self::List(items) => items.iter().filter_map(Item::text).collect(),
            Self::Emotions(emotions) => emotions.iter().map(|emotion| emotion.name.as_str()).collect(),
            _ => Vec::new(),
        }
    }

    /// Everybody it names.
    pub fn people(&self) -> impl Iterator<Item = PersonId> {
        let (one, items): (_, &[Item]) = match self {
            Self::Person(id) => (Some(*id), &[]),
            Self::List(items) => (None, items),
            _ => (None, &[]),
        };
        let named = |item: &Item| if let ItemValue::Person(id) = item.value { Some(id) } else { None };
        one.into_iter().chain(items.iter().filter_map(named))
    }

    /// Names everybody by the id that `meant` gives for theirs.
    pub fn rename_people(&mut self, meant: impl Fn(PersonId) -> PersonId) {
        match self {
            Self::Person(id) => *id = meant(*id),
            Self::List(items) => {
                for item in items {
                    if let ItemValue::Person(id) = &mut item.value {
                        *id = meant(*id);
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns the size of those words, in bytes.
    pub fn bytes(&self) -> usize {
        self.words().into_iter().map(str::len).sum()
    }

    /// Returns the word for its kind.
    pub fn kind_str(&self) -> &'static str {
        match self {
            Self::Text(_) => "text",
            Self::Scale(_) => "scale",
            Self::Choice(_) => "choice",
            Self::Multi(_) => "multi",
            Self::List(_) => "list",
            Self::Emotions(_) => "emotions",
            Self::Person(_) => "person",
            Self::DateTime(_) => "datetime",
            Self::Date(_) => "date",
            Self::Duration(_) => "duration",
            Self::Bool(_) => "bool",
            Self::Timer(_) => "timer",
            Self::Link(_) => "link",
            Self::Consent(_) => "consent",
        }
    }
}

impl Item {
    /// Makes an item of words without a weight.
    pub fn words(text: impl Into<String>) -> Self {
        Self { value: ItemValue::Text(text.into()), weight: None }
    }

    /// Returns the words of the item, when it is made of words.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            ItemValue::Text(text) => Some(text),
            ItemValue::Person(_) | ItemValue::Link(_) => None,
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answer({}, {} bytes)", self.kind_str(), self.bytes())
    }
}

impl fmt::Debug for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Item({:?})", self.value)
    }
}

impl fmt::Debug for ItemValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "{} bytes", text.len()),
            Self::Person(id) => id.fmt(f),
            Self::Link(id) => id.fmt(f),
        }
    }
}

impl fmt::Debug for Emotion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Emotion({} bytes)", self.name.len())
    }
}

/// A whole number of seconds, at most thirty days, written as in `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seconds(u32);

/// A text that is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a duration of whole seconds up to 30 days; write 90s, 5m or 1h30m")]
pub struct SecondsError;

impl Seconds {
    /// Makes a duration.
    ///
    /// # Errors
    /// [`SecondsError`] beyond thirty days.
    pub const fn new(seconds: u32) -> Result<Self, SecondsError> {
        if seconds <= DURATION_SECONDS_MAX { Ok(Self(seconds)) } else { Err(SecondsError) }
    }

    /// Returns the number of seconds.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl FromStr for Seconds {
    type Err = SecondsError;

    fn from_str(text: &str) -> Result<Self, SecondsError> {
        let duration: jiff::SignedDuration = text.parse().map_err(|_| SecondsError)?;
        if duration.subsec_nanos() != 0 {
            return Err(SecondsError);
        }
        u32::try_from(duration.as_secs()).map_err(|_| SecondsError).and_then(Self::new)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.0 / 3_600, 'h'), (self.0 / 60 % 60, 'm'), (self.0 % 60, 's')];
        if self.0 == 0 {
            return f.write_str("0s");
        }
        parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .try_for_each(|(count, unit)| write!(f, "{count}{unit}"))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_duration_is_read_as_people_write_it() {
        let cases = [
            ("5m", "5m"),
            ("90s", "1m30s"),
            ("1h30m", "1h30m"),
            ("1h 30m", "1h30m"),
            ("PT5M", "5m"),
            ("pt5m", "5m"),
            ("0s", "0s"),
            ("5 minutes", "5m"),
            ("720h", "720h"),
        ];
        for (text, expected) in cases {
            assert_eq!(
                text.parse::<Seconds>().map(|seconds| seconds.to_string()),
                Ok(expected.into()),
                "{text}"
            );
        }
        for text in
            ["", "5", "-5m", "5m ago", "1.5s", "500ms", "721h", "five", "P1M", "99999999999999999999s"]
        {
            assert_eq!(text.parse::<Seconds>(), Err(SecondsError), "{text}");
        }
    }

    #[test]
    fn only_words_of_the_person_are_words() {
        let emotion = Emotion { name: "sad".into(), strength: 3 };
        let link = Item { value: ItemValue::Link(EntryId::from_bytes([1; 16])), weight: None };
        let cases = [
            (Answer::Text("one two".into()), vec!["one two"]),
            (Answer::List(vec![Item::words("a"), link, Item::words("b")]), vec!["a", "b"]),
            (Answer::Emotions(vec![emotion]), vec!["sad"]),
            (Answer::Choice("reach".into()), vec![]),
            (Answer::Scale(4), vec![]),
        ];
        for (answer, expected) in cases {
            assert_eq!(answer.words(), expected);
        }
    }

    #[test]
    fn debug_shows_no_word() {
        assert_eq!(format!("{:?}", Answer::Text("secret".into())), "Answer(text, 6 bytes)");
    }

    proptest! {
        #[test]
        fn every_duration_round_trips(seconds in 0..=DURATION_SECONDS_MAX) {
            let seconds = Seconds::new(seconds).unwrap();
            prop_assert_eq!(seconds.to_string().parse(), Ok(seconds));
        }
    }
}
