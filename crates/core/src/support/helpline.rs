//! Numbers to call, and whether somebody has looked lately that they are right.

use super::Country;
use crate::definition::word_enum;
use crate::time::Date;

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

/// One number to call or write to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Helpline {
    /// Where it can be reached from.
    pub country: Country,
    /// What it is called; neutral words where its own name was not verified.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// The number to call; empty if it only takes messages.
    pub phone: String,
    /// The number to write to; empty if it only takes calls.
    pub text: String,
    /// When somebody answers, in words; empty if that is not known.
    pub hours: String,
    /// The languages it answers in, such as `de`; empty if that is not known.
    pub languages: Vec<String>,
    /// The page of whoever answers, on which the row was verified.
    pub source_url: Option<String>,
    /// The day on which a person has verified the row; none if nobody has.
    pub verified_on: Option<Date>,
    /// The last day on which that still counts.
    pub expires_on: Option<Date>,
}

impl Helpline {
    /// Tells whether the number has to be checked before anybody relies on it: nobody has verified it, or not lately, or the
    /// date of today is not known.
    pub fn needs_check(&self, today: Option<Date>) -> bool {
        let (Some(today), Some(verified), Some(expires)) = (today, self.verified_on, self.expires_on) else {
            return true;
        };
        today < verified || today > expires
    }
}
