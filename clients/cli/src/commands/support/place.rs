//! Where the person is, and how that is known.

use std::env;

use haven_api::support::{Card, Country, Kind};
use haven_core::fault::either;

use super::disk;
use crate::args::HelpNowArgs;

/// How another country is chosen.
const CHOOSE: &str = "For another country, such as: haven help-now Germany";

/// How one is chosen where none is known.
const CHOOSE_FIRST: &str = "For the numbers of a country, such as: haven help-now Germany";

/// Where somebody reads the short card, and with it what they can type there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Reads {
    /// At the shell.
    AtShell,
    /// In the middle of questions, at a prompt that takes [`ASKS_HELP`].
    AtQuestion,
}

impl Reads {
    /// What is typed before the name of a country.
    fn typed(self) -> &'static str {
        match self {
            Self::AtShell => "haven help-now",
            Self::AtQuestion => ASKS_HELP,
        }
    }
}

/// A country to show how one is named.
const EXAMPLE: &str = "Germany";

/// What is typed at a question for the card of a country.
pub(super) const ASKS_HELP: &str = "help";

/// Said of a text that names no country: the text itself, as far as it is one.
const TYPED_CHARS_MAX: usize = 40;

/// Where the person is, and how that is known.
pub(super) struct Place {
    pub(super) country: Option<Country>,
    /// What was typed and names no country.
    unknown: Option<String>,
    known: Known,
}

/// How a country is known.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// The person says so now.
    Said,
    /// The person has set it at some time.
    Set,
    /// This machine is set up for it.
    Guessed,
}

impl Place {
    pub(super) fn of(args: &HelpNowArgs) -> Self {
        let typed = args.places();
        let said = typed.iter().find_map(|text| Country::typed(text));
        if said.is_some() {
            return Self { country: said, unknown: None, known: Known::Said };
        }
        let unknown = typed.into_iter().next();
        match disk::country() {
            Some(set) => Self { country: Some(set), unknown, known: Known::Set },
            None => Self { country: guess(), unknown, known: Known::Guessed },
        }
    }

    /// Whether it was typed.
    pub(super) fn is_said(&self) -> bool {
        self.country.is_some() && self.known == Known::Said
    }

    /// Where the numbers are good, in a short line or two, and how to see more: a number of the wrong country helps nobody, and a
    /// country that has none here is not passed over in silence.
    pub(super) fn in_short(&self, card: &Card, reads: Reads) -> String {
        let mut lines: Vec<String> = self.unknown(reads).into_iter().collect();
        match self.country {
            // Whoever typed a country has just read how.
            None if self.unknown.is_some() => {}
            None => lines.push(format!("For helplines, such as: {} {EXAMPLE}", reads.typed())),
            Some(country) => lines.push(self.holds_for(country, card)),
        }
        if reads == Reads::AtShell {
            // What was typed has to be typed again, what is set or guessed does not.
            let said = self.country.filter(|_| self.known == Known::Said);
            let said = said.map(|country| format!(" {country}")).unwrap_or_default();
            lines.push(format!("More: haven help-now{said} --more"));
        }
        lines.join("\n")
    }

    fn holds_for(&self, country: Country, card: &Card) -> String {
        let name = country.spoken();
        let how = match self.known {
            Known::Said => "",
            Known::Set => ", as you set it",
            Known::Guessed => " (a guess)",
        };
        if card.lines.is_empty() {
            return format!("We don't know any numbers for {name}{how} yet. These hold widely.");
        }
        if card.lines.iter().all(|line| line.kind == Kind::Emergency) {
            return format!("For {name}{how}; we don't know a helpline there yet.");
        }
        format!("For {name}{how}.")
    }

    /// The same at length.
    pub(super) fn says(&self) -> Vec<String> {
        let how = match self.known {
            Known::Said => None,
            Known::Set => Some("as you set it"),
            Known::Guessed => Some("a guess from the settings of this machine"),
        };
        let known = self.country.zip(how);
        let known =
            known.map(|(country, how)| format!("The numbers here are for {}: {how}.", country.spoken()));
        let choose = if self.country.is_some() { CHOOSE } else { CHOOSE_FIRST };
        self.unknown(Reads::AtShell).into_iter().chain(known).chain([choose.to_owned()]).collect()
    }

    fn unknown(&self, reads: Reads) -> Option<String> {
        let typed = self.unknown.as_ref()?;
        let text: String =
            typed.chars().filter(|letter| !letter.is_control()).take(TYPED_CHARS_MAX).collect();
        let said = format!("\"{text}\" isn't a country we know.");
        let near = Country::near(typed);
        Some(match near.first() {
            Some(first) => {
                format!("{said} Did you mean {}? {} {first}", either(&near), reads.typed())
            }
            None => format!("{said} Its English name will do, such as: {} {EXAMPLE}", reads.typed()),
        })
    }
}

/// The country of this machine's locale.
fn guess() -> Option<Country> {
    let set = |name: &str| env::var(name).ok().filter(|locale| !locale.is_empty());
    Country::of_locale(&set("LC_ALL").or_else(|| set("LANG"))?)
}
