//! Numbers to call, and what is known of each: fixed by law, read on a page of a certain day, or neither.

use super::Country;
use crate::definition::word_enum;
use crate::time::Date;

/// For how many days a page that was read still speaks for a number: eighteen months.
const PAGE_DAYS: i32 = 548;

/// What a number is called that reaches everybody who helps.
const EMERGENCY: &str = "Emergency number";

/// Where a text of an exercise says what to call in an emergency.
pub const EMERGENCY_PLACE: &str = "{emergency}";

word_enum!(
    /// What a line is for, in the order in which lines are shown.
    Kind, "kind of line" {
        /// When somebody is in danger now.
        Emergency = "emergency",
        /// For anybody who is at the end of their strength.
        Crisis = "crisis",
        /// For people whom somebody close frightens or hurts.
        Abuse = "abuse",
    }
);

word_enum!(
    /// What speaks for a number.
    Basis, "basis of a line" {
        /// The law or a numbering authority fixes it.
        Law = "law",
        /// It stood on a page of the operator or of a public service.
        Page = "page",
    }
);

word_enum!(
    /// How far a number can be relied on.
    State, "state of a line" {
        /// By law, or by a page that was read and is not old.
        Official = "official",
        /// By a page that is too old.
        Expired = "expired",
        /// By nothing that could be shown.
        Unchecked = "unchecked",
    }
);

/// One number to call or write to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Helpline {
    /// Where it can be reached from.
    pub country: Country,
    /// What people know it as.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The number to call; empty if it only takes messages.
    pub phone: String,
    /// The number to write to; empty if it only takes calls.
    pub text: String,
    /// The word to write to it first; empty if any will do.
    pub send: String,
    /// When somebody answers, in words; empty if that was not read.
    pub hours: String,
    /// The languages it answers in, such as `de`; empty if that was not read.
    pub languages: Vec<String>,
    /// What speaks for the number; none if nothing does.
    pub basis: Option<Basis>,
    /// Where the number is from, in words.
    pub source: String,
    /// The page it was read on; none if none was.
    pub source_url: Option<String>,
    /// The line that was read there; empty if none was.
    pub quote: String,
    /// The day that the copy which was read gives for itself.
    pub copy_on: Option<Date>,
}

impl Helpline {
    /// Tells how far the number can be relied on. Without a day of today a page speaks for nothing.
    pub fn state(&self, today: Option<Date>) -> State {
        match (self.basis, self.copy_on, today) {
            (Some(Basis::Law), _, _) => State::Official,
            (Some(Basis::Page), Some(copy), Some(today)) if copy <= today => {
                if today.days_since(copy) > PAGE_DAYS { State::Expired } else { State::Official }
            }
            _ => State::Unchecked,
        }
    }
}

impl Helpline {
    /// Returns an emergency number within a sentence: alone, or with whom it reaches where a country has several.
    pub(super) fn in_a_sentence(&self) -> String {
        if self.name == EMERGENCY {
            return self.phone.clone();
        }
        let mut letters = self.name.chars();
        let first = letters.next().map(char::to_lowercase).into_iter().flatten();
        format!("{} ({})", self.phone, first.chain(letters).collect::<String>())
    }
}

/// An emergency number that holds in several places, for whoever has named none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wide {
    /// The number to call.
    pub phone: String,
    /// Where it holds, in words.
    pub places: String,
}
