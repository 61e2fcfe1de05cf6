//! The question before an exercise that touches another person, and the answers to it. What each opens is the device's to say.

use std::fmt;
use std::str::FromStr;

use haven_core::answers::ExerciseId;

/// Whether doing an exercise could lead to anyone hurting, threatening or punishing the person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HarmQuestion {
    /// The question.
    pub question: String,
    /// What to think of while answering.
    pub help: String,
    /// The only answer at which the exercise goes on at once.
    pub no: String,
    /// An answer at which support is shown first, and then a way on.
    pub not_sure: String,
    /// The answer at which it stays closed.
    pub yes: String,
    /// What to say at the last two.
    pub support: String,
    /// The way on for somebody who was not sure.
    pub go_on: String,
    /// The exercises to offer instead.
    pub instead: Vec<ExerciseId>,
}

/// An answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CouldHarm {
    /// It could not.
    No,
    /// Perhaps.
    NotSure,
    /// It could.
    Yes,
}

/// A word that answers nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("none of the three answers; write no, not-sure or yes")
    }
}

impl std::error::Error for NoAnswer {}

impl FromStr for CouldHarm {
    type Err = NoAnswer;

    fn from_str(text: &str) -> Result<Self, NoAnswer> {
        match text {
            "no" => Ok(Self::No),
            "not-sure" => Ok(Self::NotSure),
            "yes" => Ok(Self::Yes),
            _ => Err(NoAnswer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_three_words_are_answers() {
        for (word, answer) in
            [("no", CouldHarm::No), ("not-sure", CouldHarm::NotSure), ("yes", CouldHarm::Yes)]
        {
            assert_eq!(word.parse::<CouldHarm>(), Ok(answer), "{word}");
        }
        for word in ["", "n", "No", "nope", "y"] {
            assert_eq!(word.parse::<CouldHarm>(), Err(NoAnswer), "{word}");
        }
    }
}
