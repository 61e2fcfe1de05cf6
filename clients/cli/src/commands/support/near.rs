//! The card for somebody who is in the middle of something else, and what they can type below it.

use haven_api::support::{Card, Country, Wide};
use haven_core::support::Kind;

use super::place::{Place, Reads};
use super::{asks_help, card, in_full, in_words};
use crate::args::HelpNowArgs;
use crate::text::Style;

/// What is typed below the card for everything there is to say.
const MORE: &str = "more";

/// What brings the card back, behind the number to call.
pub(in crate::commands) const AGAIN: &str = "type `help` to see the list again";

/// The card, made once: it's read at the question, and again where the run ends.
pub(in crate::commands) struct Near {
    card: Card,
    place: Place,
}

impl Near {
    /// Makes the card for the country that was typed; without one, for the one that is known.
    pub(in crate::commands) async fn of(typed: &str) -> Self {
        let rest = typed.split_whitespace().map(str::to_owned).collect();
        let place = Place::of(&HelpNowArgs { rest, ..HelpNowArgs::default() });
        Self { card: card(&place, false).await, place }
    }

    /// Whether what was typed named the country.
    pub(in crate::commands) fn is_chosen(&self) -> bool {
        self.place.is_said()
    }

    /// A few short lines, and the numbers last.
    pub(in crate::commands) fn words(&self, reads: Reads, style: Style) -> String {
        in_words(&self.card, &self.place, reads, style)
    }

    /// All there is to say, and the numbers last.
    pub(in crate::commands) fn in_full(&self, style: Style) -> String {
        in_full(&self.card, &self.place, Reads::AtQuestion, style)
    }

    /// The number to call in an emergency, in a line that can stay above questions.
    pub(in crate::commands) fn in_a_line(&self) -> String {
        let is_emergency = |kind, phone: &str| kind == Kind::Emergency && !phone.is_empty();
        let own = self.card.lines.iter().find(|line| is_emergency(line.kind, &line.phone));
        let call = match (own, self.card.wide.first()) {
            (Some(line), _) => format!("Call {} ", line.phone),
            (None, Some(Wide { phone, .. })) => format!("Call {phone} (or your country's number) "),
            (None, None) => String::new(),
        };
        let dot = if call.is_empty() { "" } else { "· " };
        format!("{call}{dot}{AGAIN}")
    }
}

/// What somebody typed below the card.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::commands) enum AtCard<'a> {
    /// Nothing but Enter.
    GoesOn,
    /// They want all of it.
    More,
    /// They want the card again, for a country if they named one.
    Of(&'a str),
    /// Something else. It's no answer, and no wish to go on.
    Unclear,
}

impl<'a> AtCard<'a> {
    pub(in crate::commands) fn read(typed: &'a str) -> Self {
        let typed = typed.trim();
        match asks_help(typed) {
            _ if typed.is_empty() => Self::GoesOn,
            _ if typed.eq_ignore_ascii_case(MORE) => Self::More,
            Some(country) => Self::Of(country),
            None if Country::typed(typed).is_some() => Self::Of(typed),
            None => Self::Unclear,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_line_takes_the_card_away() {
        for (typed, read) in [
            ("", AtCard::GoesOn),
            ("  ", AtCard::GoesOn),
            ("more", AtCard::More),
            (" More ", AtCard::More),
            ("germany", AtCard::Of("germany")),
            ("US", AtCard::Of("US")),
            ("the Netherlands", AtCard::Of("the Netherlands")),
            ("help", AtCard::Of("")),
            ("help Germany", AtCard::Of("Germany")),
            ("help nowhere", AtCard::Of("nowhere")),
            ("ok then", AtCard::Unclear),
            ("2", AtCard::Unclear),
            ("back", AtCard::Unclear),
            ("helpless", AtCard::Unclear),
        ] {
            assert_eq!(AtCard::read(typed), read, "{typed}");
        }
    }
}
