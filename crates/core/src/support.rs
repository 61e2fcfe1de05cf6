//! Support: who could be reached when things are very low, and the person's own plan for such times.
//!
//! All of it works without a journal: the helplines and the words are data that come with the program, and the card is
//! a pure function of them, a country, a date and what is known of the plan. Nobody is watched here and nothing is sent.

mod card;
mod country;
mod helpline;
mod load;
mod plan;
mod readable;

use std::collections::BTreeMap;

use crate::content::Unusable;
use crate::definition::{Texts, fill};
use crate::fault::Fault;

pub use card::{Asked, Card, Shown, Word};
pub use country::{Country, HELP_COUNTRY, NoCountry};
pub use helpline::{Basis, EMERGENCY_PLACE, Helpline, Kind, State, Wide};
pub use plan::{PLAN, Plan, PlanLine, PlanPart, PlanState};
pub use readable::{ChoiceFault, Chosen, READABLE_FILE, Readable, Unreadable};

/// The helplines that come with Haven.
const LINES: &str = include_str!("../content/helplines.toml");

/// The words that come with Haven.
const WORDS: &str = include_str!("../content/support.toml");

/// The helplines and the words of the support card. Whoever holds them decides how long they live; there is no global.
#[derive(Clone, Debug, Default)]
pub struct Support {
    lines: Vec<Helpline>,
    members: Vec<Country>,
    wide: Vec<Wide>,
    words: Texts,
}

impl Support {
    /// Reads what comes with Haven.
    ///
    /// # Errors
    /// [`Unusable`] when a file in the program is damaged; the tests load both.
    pub fn built_in() -> Result<Self, Unusable> {
        let unusable = |name: &str, faults| Unusable { name: name.to_owned(), faults };
        let mut support = Self::load(LINES).map_err(|faults| unusable("helplines.toml", faults))?;
        let words: Result<BTreeMap<String, BTreeMap<String, String>>, _> = toml::from_str(WORDS);
        let damaged = |error: toml::de::Error| vec![Fault::new(error.message(), "reinstall Haven")];
        support.words =
            Texts::new(words.map_err(damaged).map_err(|faults| unusable("support.toml", faults))?);
        Ok(support)
    }

    /// Returns every helpline, as they stand in the file.
    pub fn lines(&self) -> &[Helpline] {
        &self.lines
    }

    /// Returns the lines to show in a country: emergency, crisis, abuse, each kind in the order of the file. Those of the
    /// European Union stand behind the country's own of their kind, without a number that is there already.
    pub fn lines_of(&self, country: Country) -> Vec<&Helpline> {
        let own: Vec<&Helpline> = self.lines.iter().filter(|line| line.country == country).collect();
        let shared = self.lines.iter().filter(|line| {
            line.country.is_union()
                && self.members.contains(&country)
                && !own.iter().any(|own| own.kind == line.kind && own.phone == line.phone)
        });
        let mut lines: Vec<&Helpline> = own.iter().copied().chain(shared).collect();
        lines.sort_by_key(|line| line.kind);
        lines
    }

    /// Returns the emergency numbers that hold widely.
    pub fn wide(&self) -> &[Wide] {
        &self.wide
    }

    /// Returns what to call in an emergency, in words that fit after "call": the numbers of the country, else the local one.
    pub fn emergency(&self, country: Option<Country>, language: &str) -> String {
        let says = |word: Word| self.words.get(language, word.as_str());
        let lines = country.map(|country| self.lines_of(country)).unwrap_or_default();
        let lines = lines.into_iter().filter(|line| line.kind == Kind::Emergency && !line.phone.is_empty());
        let numbers: Vec<String> = lines.map(|line| line.in_a_sentence()).collect();
        if numbers.is_empty() {
            return says(Word::EmergencyLocal).to_owned();
        }
        numbers.join(&format!(" {} ", says(Word::Or)))
    }

    /// Returns what to call in an emergency, in a line of its own: the numbers of the country, else one that holds widely.
    pub fn emergency_line(&self, country: Option<Country>, language: &str) -> String {
        let numbers = self.emergency(country, language);
        let is_local = numbers == self.words.get(language, Word::EmergencyLocal.as_str());
        let (word, number) = match self.wide.first().filter(|_| is_local) {
            Some(wide) => (Word::EmergencyCallWide, &wide.phone),
            None => (Word::EmergencyCall, &numbers),
        };
        fill(self.words.get(language, word.as_str()), |_| number.clone())
    }

    /// Returns the countries for which there are lines, in order.
    pub fn countries(&self) -> Vec<Country> {
        let own = self.lines.iter().map(|line| line.country).filter(|country| !country.is_union());
        let mut countries: Vec<Country> = own.chain(self.members.iter().copied()).collect();
        countries.sort_unstable();
        countries.dedup();
        countries
    }
}

#[cfg(test)]
mod tests;
