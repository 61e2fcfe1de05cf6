//! Where the person is, and how that is known.

use std::env;

use haven_api::support::Country;

use super::disk;
use crate::args::HelpNowArgs;

/// How another country is chosen.
const CHOOSE: &str = "For another country: haven help-now COUNTRY, such as Germany or DE.";

/// How one is chosen where none is known.
const CHOOSE_FIRST: &str = "For the numbers of a country: haven help-now COUNTRY, such as Germany or DE.";

/// The most letters of a name that leaves room on a line of forty; the others stand there by their two letters.
const NAME_CHARS_MAX: usize = 12;

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

    /// Where the numbers are good, in one short line, and how to see more: a number of the wrong country helps nobody.
    pub(super) fn in_short(&self) -> String {
        let unknown = self.unknown();
        let unknown = unknown.map(|words| format!("{words}\n")).unwrap_or_default();
        let Some(country) = self.country else {
            return format!("{unknown}For your country: haven help-now DE");
        };
        let name = country.name();
        let name = if name.chars().count() > NAME_CHARS_MAX { country.to_string() } else { name };
        let how = match self.known {
            Known::Said => "",
            Known::Set => ", as you set it",
            Known::Guessed => " (a guess)",
        };
        format!("{unknown}For {name}{how}. More: --more")
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
            known.map(|(country, how)| format!("The numbers here are for {}: {how}.", country.name()));
        let choose = if self.country.is_some() { CHOOSE } else { CHOOSE_FIRST };
        self.unknown().into_iter().chain(known).chain([choose.to_owned()]).collect()
    }

    fn unknown(&self) -> Option<String> {
        let text = self.unknown.as_ref()?;
        let text: String = text.chars().filter(|letter| !letter.is_control()).take(TYPED_CHARS_MAX).collect();
        Some(format!("\"{text}\" is no country on this list."))
    }
}

/// The country of this machine's locale.
fn guess() -> Option<Country> {
    let set = |name: &str| env::var(name).ok().filter(|locale| !locale.is_empty());
    Country::of_locale(&set("LC_ALL").or_else(|| set("LANG"))?)
}
