//! Which page of a walk somebody is at, as clients carry it along.

use std::fmt;
use std::str::FromStr;

use haven_api::error::ApiError;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// What it is for.
    Intro(Start),
    /// What has to be clear first.
    Gate(Start),
    /// Support for somebody who is not sure, and a way on.
    Unsure(Start),
    /// It does not go on.
    Held(Before),
    /// A question, by the id of its answer.
    Question(String),
    /// Words after the answer to a question.
    Notice {
        /// The question.
        after: String,
        /// Whether no question comes after it.
        is_last: bool,
    },
    /// The support card after the answer to an item.
    Support(String),
    /// Everything was asked.
    End,
}

/// Where the questions begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// With the first.
    First,
    /// After the last one that was answered, or with the first that is needed and open.
    Open,
}

/// What came before the page that says it does not go on, and can be gone back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Before {
    /// Nothing: whom it is about was said at the beginning.
    Nothing,
    /// The question of what has to be clear first.
    Gate(Start),
    /// A question that was answered with somebody who is marked as not safe.
    Question(String),
}

const INTRO: &str = "intro";
const GATE: &str = "gate";
const UNSURE: &str = "unsure";
const HELD: &str = "held";
const HELD_AT_GATE: &str = "held-at-gate";
const HELD_AT: &str = "held-at";
const QUESTION: &str = "question";
const NOTICE: &str = "notice";
const LAST: &str = "last";
const SUPPORT: &str = "support";
const END: &str = "end";
/// Behind a page before the questions: they begin with what is open.
const GOES_ON: &str = "goes-on";

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, behind) = match self {
            Self::Intro(start) => (INTRO, start.behind()),
            Self::Gate(start) => (GATE, start.behind()),
            Self::Unsure(start) => (UNSURE, start.behind()),
            Self::Held(Before::Nothing) => (HELD, ""),
            Self::Held(Before::Gate(start)) => (HELD_AT_GATE, start.behind()),
            Self::Held(Before::Question(id)) => (HELD_AT, id.as_str()),
            Self::Question(id) => (QUESTION, id.as_str()),
            Self::Notice { after, is_last: false } => (NOTICE, after.as_str()),
            Self::Notice { after, is_last: true } => (LAST, after.as_str()),
            Self::Support(id) => (SUPPORT, id.as_str()),
            Self::End => (END, ""),
        };
        f.write_str(name)?;
        if behind.is_empty() { Ok(()) } else { write!(f, ":{behind}") }
    }
}

impl FromStr for Place {
    type Err = ApiError;

    fn from_str(text: &str) -> Result<Self, ApiError> {
        let (name, behind) = text.split_once(':').unwrap_or((text, ""));
        let start = || Start::read(behind);
        let id = || (!behind.is_empty()).then(|| behind.to_owned());
        let read = match name {
            INTRO => start().map(Self::Intro),
            GATE => start().map(Self::Gate),
            UNSURE => start().map(Self::Unsure),
            HELD if behind.is_empty() => Some(Self::Held(Before::Nothing)),
            HELD_AT_GATE => start().map(|start| Self::Held(Before::Gate(start))),
            HELD_AT => id().map(|id| Self::Held(Before::Question(id))),
            QUESTION => id().map(Self::Question),
            NOTICE => id().map(|after| Self::Notice { after, is_last: false }),
            LAST => id().map(|after| Self::Notice { after, is_last: true }),
            SUPPORT => id().map(Self::Support),
            END if behind.is_empty() => Some(Self::End),
            _ => None,
        };
        read.ok_or_else(no_such_page)
    }
}

impl Start {
    fn behind(self) -> &'static str {
        match self {
            Self::First => "",
            Self::Open => GOES_ON,
        }
    }

    fn read(behind: &str) -> Option<Self> {
        match behind {
            "" => Some(Self::First),
            GOES_ON => Some(Self::Open),
            _ => None,
        }
    }
}

impl Place {
    /// The question that the page belongs to.
    pub(super) fn question(&self) -> Option<&str> {
        match self {
            Self::Question(id) | Self::Support(id) | Self::Held(Before::Question(id)) => Some(id),
            Self::Notice { after, .. } => Some(after),
            Self::Intro(_) | Self::Gate(_) | Self::Unsure(_) | Self::Held(_) | Self::End => None,
        }
    }
}

/// Says that a walk came back changed.
pub(super) fn no_such_page() -> ApiError {
    ApiError::invalid("it can't go on from here", "there's no such page")
        .with_next("Send the walk back as it came, or begin again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_it_was_written() {
        let id = || "rerate@P7D".to_owned();
        let mut places = vec![Place::Held(Before::Nothing), Place::Held(Before::Question(id())), Place::End];
        for start in [Start::First, Start::Open] {
            places.extend([Place::Intro(start), Place::Gate(start), Place::Unsure(start)]);
            places.push(Place::Held(Before::Gate(start)));
        }
        places.extend([Place::Question(id()), Place::Support(id())]);
        places.extend([true, false].map(|is_last| Place::Notice { after: id(), is_last }));
        for place in places {
            assert_eq!(place.to_string().parse::<Place>(), Ok(place));
        }
        for text in ["", "Intro", "intro:x", "question", "question:", "held:x", "end:x", "nowhere", ":"] {
            assert!(text.parse::<Place>().is_err(), "{text}");
        }
    }
}
