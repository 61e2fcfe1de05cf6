//! The fields of an exercise: what is asked, when, and which answers fit.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::words::{FieldKind, ItemKind, Phase};
use crate::answers::{ExerciseId, FieldId, Seconds};
use crate::limits::DELAY_HOURS_MAX;

/// The key of a text of the definition.
pub type TextKey = String;

/// One field.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Its id, which never changes its meaning.
    pub id: FieldId,
    /// When it is asked.
    pub phase: Phase,
    /// Whether an entry counts in progress only with an answer. It never keeps anybody from saving.
    pub required: bool,
    /// The question.
    pub label: TextKey,
    /// More about the question.
    pub help: Option<TextKey>,
    /// For a later field: how long after the exercise it is asked, once for each.
    pub after: Vec<Delay>,
    /// For a later field: the field whose date is the day on which it is asked.
    pub on: Option<FieldId>,
    /// For a later field: the earlier words that are shown again beside the question, so that nobody has to remember them.
    pub recall: Vec<FieldId>,
    /// For a text: the earlier list whose items are offered as answers. Other words may be written.
    pub from: Option<FieldId>,
    /// Which answers fit.
    pub shape: Shape,
}

impl Field {
    /// Returns the kind of the field.
    pub fn kind(&self) -> FieldKind {
        self.shape.kind()
    }

    /// Tells whether the field is asked on several later occasions, so that its answers are named `id@P7D`.
    pub fn repeats(&self) -> bool {
        self.after.len() > 1
    }
}

/// Which answers fit a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A line or a few, up to so many characters.
    Text {
        /// The most characters.
        max_chars: usize,
    },
    /// As much as the person wants, up to the limit of a text or so many characters.
    LongText {
        /// The most characters, when the exercise sets fewer than the limit of a text.
        max_chars: Option<usize>,
    },
    /// A whole number.
    Scale(Scale),
    /// One option.
    Choice(Vec<Choice>),
    /// Any options.
    Multi {
        /// The options.
        options: Vec<Choice>,
        /// How many may be chosen.
        count: Count,
    },
    /// Several items.
    List {
        /// What the items are.
        of: ItemKind,
        /// How many there may be.
        count: Count,
        /// The most characters of an item of words.
        max_chars: usize,
        /// The weights of the items, when the list asks for them.
        weight: Option<Weight>,
    },
    /// Feelings and their strength.
    Emotions {
        /// The range of the strength.
        strength: Scale,
        /// Words to choose from; others may be written.
        suggestions: Vec<Choice>,
        /// How many there may be.
        count: Count,
    },
    /// Somebody from the journal.
    Person,
    /// A time.
    DateTime,
    /// A date.
    Date {
        /// How long after the exercise the suggested date lies.
        suggest: Option<Delay>,
    },
    /// How long something took.
    Duration,
    /// Yes or no.
    Bool {
        /// The answer at which to stop, and the text that says so.
        stop: Option<Stop>,
    },
    /// A timer.
    Timer {
        /// How long it is meant to run; none when the person decides.
        suggested: Option<Seconds>,
    },
    /// A sentence from earlier answers, in the text with this key: `{field}` stands for an answer.
    Derived {
        /// The key of the sentence.
        template: TextKey,
    },
    /// Another entry, of one exercise if it is named.
    Link {
        /// The exercise whose entries are offered.
        to: Option<ExerciseId>,
    },
    /// An agreement.
    Consent,
}

impl Shape {
    /// Returns the kind of the shape.
    pub fn kind(&self) -> FieldKind {
        match self {
            Self::Text { .. } => FieldKind::Text,
            Self::LongText { .. } => FieldKind::LongText,
            Self::Scale(_) => FieldKind::Scale,
            Self::Choice(_) => FieldKind::Choice,
            Self::Multi { .. } => FieldKind::Multi,
            Self::List { .. } => FieldKind::List,
            Self::Emotions { .. } => FieldKind::Emotions,
            Self::Person => FieldKind::Person,
            Self::DateTime => FieldKind::DateTime,
            Self::Date { .. } => FieldKind::Date,
            Self::Duration => FieldKind::Duration,
            Self::Bool { .. } => FieldKind::Bool,
            Self::Timer { .. } => FieldKind::Timer,
            Self::Derived { .. } => FieldKind::Derived,
            Self::Link { .. } => FieldKind::Link,
            Self::Consent => FieldKind::Consent,
        }
    }

    /// Returns the options to choose from, if there are any.
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Choice(options) | Self::Multi { options, .. } => options,
            Self::Emotions { suggestions, .. } => suggestions,
            _ => &[],
        }
    }
}

/// Whole numbers from one end to the other in equal steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// The lower end.
    pub min: i32,
    /// The upper end.
    pub max: i32,
    /// The distance between two points.
    pub step: i32,
    /// What some points are called.
    pub anchors: BTreeMap<i32, TextKey>,
    /// The answers at which to stop.
    pub stop: Option<Bounds>,
}

impl Scale {
    /// Tells whether the number is a point of the scale.
    pub fn holds(&self, number: i32) -> bool {
        (self.min..=self.max).contains(&number) && (number - self.min) % self.step == 0
    }

    /// Tells whether both scales have the same points.
    pub fn same_points(&self, other: &Self) -> bool {
        (self.min, self.max, self.step) == (other.min, other.max, other.step)
    }
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its id, which answers keep.
    pub id: String,
    /// What it is called; without one the id is shown.
    pub label: Option<TextKey>,
    /// What is said when it is chosen.
    pub notice: Option<TextKey>,
    /// What stands over it and its kin; none where options stand by themselves.
    pub group: Option<TextKey>,
}

/// How many items make an answer complete, and how many are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The fewest for the answer to count as given.
    pub min: usize,
    /// The most that are taken.
    pub max: usize,
}

/// The weights of a list's items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    /// The least weight.
    pub min: i32,
    /// The greatest weight.
    pub max: i32,
    /// What all weights add up to in a complete answer.
    pub sum: Option<i32>,
}

/// When to stop an exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The answer that means stop.
    pub when: bool,
    /// What is said then.
    pub notice: TextKey,
    /// The exercise that is offered instead.
    pub instead: Option<ExerciseId>,
}

/// Between which answers an exercise goes on; at others it is better to stop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Less than this means stop.
    pub below: Option<i32>,
    /// More than this means stop.
    pub above: Option<i32>,
    /// What is said then.
    pub notice: TextKey,
    /// The exercise that is offered instead.
    pub instead: Option<ExerciseId>,
}

impl Bounds {
    /// Tells whether the answer means stop.
    pub fn stops(&self, number: i32) -> bool {
        self.below.is_some_and(|least| number < least) || self.above.is_some_and(|most| number > most)
    }
}

/// How long after an exercise something is asked: whole hours, days or weeks, as in `PT3H`, `P7D`, `P2W`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    text: String,
    hours: u32,
}

impl Delay {
    /// Returns the delay in hours.
    pub fn hours(&self) -> u32 {
        self.hours
    }

    /// Returns the delay as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// A text that is no delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a delay is written as PT3H, P7D or P2W and lies between an hour and a year")]
pub struct DelayError;

impl FromStr for Delay {
    type Err = DelayError;

    fn from_str(text: &str) -> Result<Self, DelayError> {
        let amount = text.strip_prefix('P').ok_or(DelayError)?;
        let (digits, hours_each) = if let Some(hours) = amount.strip_prefix('T') {
            (hours.strip_suffix('H').ok_or(DelayError)?, 1)
        } else if let Some(days) = amount.strip_suffix('D') {
            (days, 24)
        } else {
            (amount.strip_suffix('W').ok_or(DelayError)?, 7 * 24)
        };
        let plain = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !plain || digits.starts_with('0') {
            return Err(DelayError);
        }
        let count: u32 = digits.parse().map_err(|_| DelayError)?;
        match count * hours_each {
            hours if hours <= DELAY_HOURS_MAX => Ok(Self { text: text.to_owned(), hours }),
            _ => Err(DelayError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_is_whole_hours_days_or_weeks() {
        let cases = [("PT3H", 3), ("P7D", 168), ("P28D", 672), ("P2W", 336), ("P366D", 366 * 24)];
        for (text, hours) in cases {
            assert_eq!(text.parse::<Delay>().unwrap().hours(), hours, "{text}");
        }
        for text in [
            "", "P", "7D", "P7", "P0D", "P07D", "P-7D", "P+7D", "PT", "PTH", "P367D", "P1M", "P1Y", "p7d",
            "P1D12H", "P9999W", "P99999D",
        ] {
            assert_eq!(text.parse::<Delay>(), Err(DelayError), "{text}");
        }
    }

    #[test]
    fn a_scale_holds_its_points() {
        let scale = Scale { min: -10, max: 10, step: 5, anchors: BTreeMap::new(), stop: None };
        for (number, holds) in
            [(-10, true), (0, true), (5, true), (10, true), (3, false), (15, false), (-15, false)]
        {
            assert_eq!(scale.holds(number), holds, "{number}");
        }
    }

    #[test]
    fn an_answer_outside_the_bounds_means_stop() {
        let bounds = |below, above| Bounds { below, above, notice: "n".into(), instead: None };
        let cases = [
            (bounds(Some(6), None), 5, true),
            (bounds(Some(6), None), 6, false),
            (bounds(None, Some(80)), 80, false),
            (bounds(None, Some(80)), 81, true),
            (bounds(Some(2), Some(8)), 1, true),
            (bounds(Some(2), Some(8)), 5, false),
        ];
        for (bounds, number, stops) in cases {
            assert_eq!(bounds.stops(number), stops, "{number}");
        }
    }
}
