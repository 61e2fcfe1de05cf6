//! Where the person is, and how that is known.

use std::env;

use haven_api::support::{Card, Country, Kind};

use super::disk;
use crate::args::HelpNowArgs;

/// How another country is chosen.
const CHOOSE: &str = "For another country: haven help-now COUNTRY, such as Germany or DE.";

/// How one is chosen where none is known.
const CHOOSE_FIRST: &str = "For the numbers of a country: haven help-now COUNTRY, such as Germany or DE.";

/// Where somebody reads the short card, and with it what they can type there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::commands) enum Reads {
    /// At the shell.
    AtShell,
    /// In the middle of questions, at a prompt that takes [`ASKS_HELP`].
    AtQuestion,
}

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

    /// Where the numbers are good, in a short line or two, and how to see more: a number of the wrong country helps nobody, and a
    /// country that has none here is not passed over in silence.
    pub(super) fn in_short(&self, card: &Card, reads: Reads) -> String {
        let mut lines: Vec<String> = self.unknown().into_iter().collect();
        match (self.country, reads) {
            (None, Reads::AtShell) => lines.push("For helplines: haven help-now COUNTRY".to_owned()),
            (None, Reads::AtQuestion) => lines.push(format!("For helplines: type {ASKS_HELP} COUNTRY")),
            (Some(country), _) => lines.push(self.holds_for(country, card)),
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
        self.unknown().into_iter().chain(known).chain([choose.to_owned()]).collect()
    }

    fn unknown(&self) -> Option<String> {
        let text = self.unknown.as_ref()?;
        let text: String = text.chars().filter(|letter| !letter.is_control()).take(TYPED_CHARS_MAX).collect();
        Some(format!("\"{text}\" isn't a country we know."))
    }
}

/// The country of this machine's locale.
fn guess() -> Option<Country> {
    let set = |name: &str| env::var(name).ok().filter(|locale| !locale.is_empty());
    Country::of_locale(&set("LC_ALL").or_else(|| set("LANG"))?)
}
