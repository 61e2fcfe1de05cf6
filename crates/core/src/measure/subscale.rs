//! One score of a measure: which items it counts, how, and what may be said about it.

use std::str::FromStr;

use super::ChangeRule;
use crate::definition::word_enum;
use crate::exercise::TextKey;

word_enum!(
    /// How the answers of a subscale become one number.
    Combine, "way to combine answers" {
        /// Added up.
        Sum = "sum",
        /// Added up and divided by their number.
        Mean = "mean",
    }
);

/// One score of a measure.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Subscale {
    /// Its id, unique in the measure.
    pub id: String,
    /// The key of its name.
    pub label: TextKey,
    /// The indexes of the items it counts, from 0, ascending.
    pub items: Vec<usize>,
    /// How their answers become one number.
    pub combine: Combine,
    /// What is done with that number.
    pub transform: Transform,
    /// The least and the greatest score there can be.
    pub range: (f64, f64),
    /// Named ranges, ascending; only those that a source gives.
    pub bands: Vec<Band>,
    /// When two scores differ by more than chance; none where nobody has published it.
    pub change: Option<ChangeRule>,
}

impl Subscale {
    /// Returns the middle of the range.
    pub fn middle(&self) -> f64 {
        f64::midpoint(self.range.0, self.range.1)
    }

    /// Returns the band a score lies in; none between two bands and where there are none.
    pub fn band(&self, score: f64) -> Option<&Band> {
        self.bands.iter().find(|band| band.min <= score && score <= band.max)
    }
}

/// A stretch and a shift: some measures are told in percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transform {
    /// What the number is multiplied by.
    pub times: i32,
    /// What is added then.
    pub plus: i32,
}

impl Transform {
    /// The transform that changes nothing.
    pub const NONE: Self = Self { times: 1, plus: 0 };

    /// Returns the number stretched and shifted.
    pub fn apply(self, number: f64) -> f64 {
        number * f64::from(self.times) + f64::from(self.plus)
    }
}

/// A named range of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The least score in it.
    pub min: f64,
    /// The greatest score in it.
    pub max: f64,
    /// The key of its published label.
    pub label: TextKey,
    /// Who published it.
    pub source: String,
}

/// How many items of a subscale may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// None.
    Complete,
    /// So many of a thousand; the mean of the person's own answers stands for them.
    Prorate {
        /// The greatest share, in thousandths.
        permille: u32,
    },
}

impl Missing {
    /// Returns how many of so many items may be left out.
    pub fn allowed(self, items: usize) -> usize {
        match self {
            Self::Complete => 0,
            Self::Prorate { permille } => items * permille as usize / 1_000,
        }
    }
}

/// A text that is no rule for what is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write complete, or prorate<=0.2 with a share of at most half")]
pub struct MissingError;

impl FromStr for Missing {
    type Err = MissingError;

    fn from_str(text: &str) -> Result<Self, MissingError> {
        if text == "complete" {
            return Ok(Self::Complete);
        }
        let digits = text.strip_prefix("prorate<=0.").ok_or(MissingError)?;
        let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        let permille = format!("{digits:0<3}").parse().map_err(|_| MissingError)?;
        if plain && (1..=500).contains(&permille) {
            Ok(Self::Prorate { permille })
        } else {
            Err(MissingError)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_for_what_is_missing_is_read_and_applied() {
        // A fifth of six items is one, of three none, of twelve two.
        let cases = [
            ("complete", [0, 0, 0, 0]),
            ("prorate<=0.2", [1, 0, 2, 1]),
            ("prorate<=0.25", [1, 0, 3, 1]),
            ("prorate<=0.5", [3, 1, 6, 2]),
            ("prorate<=0.334", [2, 1, 4, 1]),
        ];
        for (text, allowed) in cases {
            let rule: Missing = text.parse().unwrap();
            assert_eq!([6, 3, 12, 5].map(|items| rule.allowed(items)), allowed, "{text}");
        }
        for text in ["", "Complete", "prorate", "prorate<=1", "prorate<=0.", "prorate<=0.0", "prorate<=0.51"]
        {
            assert_eq!(text.parse::<Missing>(), Err(MissingError), "{text}");
        }
        for text in ["prorate<0.2", "prorate<=0.2000", "prorate<=0.-2", "prorate<=0.2%", "prorate<=20"] {
            assert_eq!(text.parse::<Missing>(), Err(MissingError), "{text}");
        }
    }
}
