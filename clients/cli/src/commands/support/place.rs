//! Where the person is, and how that is known.

use std::env;

use haven_api::support::Country;

use super::disk;
use crate::args::HelpNowArgs;

/// How another country is chosen.
const CHOOSE: &str =
    "For another country: haven help-now --country CC, with its two letters, such as DE or GB.";

/// How one is chosen where none is known.
const CHOOSE_FIRST: &str =
    "For the lines of a country: haven help-now --country CC, with its two letters, such as DE or GB.";

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
        let typed: Vec<&String> =
            args.country.iter().chain(&args.rest).filter(|text| !text.is_empty()).collect();
        let said = typed.iter().find_map(|text| Country::typed(text));
        if said.is_some() {
            return Self { country: said, unknown: None, known: Known::Said };
        }
        let is_no_country = |text: &&&String| text.as_str() != "--no-plan";
        let unknown = typed.iter().find(is_no_country).map(|text| (*text).clone());
        match disk::country() {
            Some(set) => Self { country: Some(set), unknown, known: Known::Set },
            None => Self { country: guess(), unknown, known: Known::Guessed },
        }
    }

    /// Whether the person has said so now.
    pub(super) fn is_said(&self) -> bool {
        self.known == Known::Said
    }

    /// What is said of it: a number of the wrong country helps nobody.
    pub(super) fn says(&self) -> Vec<String> {
        let unknown = self.unknown.as_ref().map(|text| {
            let text: String = text.chars().filter(|letter| !letter.is_control()).take(40).collect();
            format!("\"{text}\" is no country that is known here.")
        });
        let how = match self.known {
            Known::Said => None,
            Known::Set => Some("as you set it"),
            Known::Guessed => Some("guessed from the settings of this machine"),
        };
        let known = self.country.zip(how);
        let known = known.map(|(country, how)| format!("The lines here are for {country}, {how}."));
        let choose = if self.country.is_some() { CHOOSE } else { CHOOSE_FIRST };
        unknown.into_iter().chain(known).chain([choose.to_owned()]).collect()
    }
}

/// The country of this machine's locale.
fn guess() -> Option<Country> {
    let set = |name: &str| env::var(name).ok().filter(|locale| !locale.is_empty());
    Country::of_locale(&set("LC_ALL").or_else(|| set("LANG"))?)
}
