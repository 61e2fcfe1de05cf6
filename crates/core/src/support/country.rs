//! Countries by their two letters.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;

use crate::fold::fold;
use crate::nearest::nearest;

/// What countries are called, by their codes: those that ISO 3166-1 assigns, and the Union.
const CALLED: &str = include_str!("../../content/countries.toml");

/// The code of the European Union, which ISO 3166-1 keeps for it.
const UNION: &str = "EU";

/// The setting of a device that says in which country its person looks for help.
pub const HELP_COUNTRY: &str = "help.country";

/// Countries that take "the" within a sentence, besides those whose name tells.
const WITH_THE: [&str; 5] = ["Bahamas", "Comoros", "Gambia", "Maldives", "Philippines"];

/// A country of ISO 3166-1 by its two letters, or the European Union.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that names no country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write the two capital letters of ISO 3166, such as DE, or GB for the United Kingdom")]
pub struct NoCountry;

/// The names of countries, and what people type besides.
#[derive(Default, Deserialize)]
struct Called {
    name: BTreeMap<String, String>,
    also: BTreeMap<String, String>,
}

impl Called {
    /// Reads the names. A test reads them too; were the file damaged all the same, no country would be known.
    fn built_in() -> Self {
        toml::from_str(CALLED).unwrap_or_default()
    }
}

impl Country {
    /// Reads what a person types: a code or a name in English, in any letters, or what people say for it, such as USA.
    pub fn typed(text: &str) -> Option<Self> {
        let (called, typed) = (Called::built_in(), fold(text.trim()));
        let typed = typed.strip_prefix("the ").unwrap_or(&typed);
        let is_typed = |name: &str| fold(name) == typed;
        let by_name = called.name.iter().find(|(code, name)| is_typed(code) || is_typed(name));
        let code = by_name.map(|(code, _)| code);
        let other = || called.also.iter().find(|(name, _)| is_typed(name)).map(|(_, code)| code);
        code.or_else(other)?.parse().ok()
    }

    /// Returns the names of the countries that are near to what was typed and names none.
    pub fn near(text: &str) -> Vec<String> {
        let called = Called::built_in();
        let names = called.name.values().chain(called.also.keys()).map(String::as_str);
        nearest(text, names).into_iter().map(str::to_owned).collect()
    }

    /// Returns what it is called in English.
    pub fn name(self) -> String {
        Called::built_in().name.remove(self.as_str()).unwrap_or_else(|| self.to_string())
    }

    /// Returns what it is called within a sentence: with "the" where English says so.
    pub fn spoken(self) -> String {
        let name = self.name();
        let parts = ["United ", "Union", "Republic", "Islands", "Territor", "Netherlands", "Isle of"];
        let takes_the = parts.iter().any(|part| name.contains(part)) || WITH_THE.contains(&name.as_str());
        if takes_the { format!("the {name}") } else { name }
    }

    /// Guesses from the name of a locale, such as `de_AT.UTF-8` or `pt-BR`; none for `C` and for a language alone.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let name = locale.split(['.', '@']).next().unwrap_or_default();
        name.split(['_', '-']).skip(1).find_map(|part| part.parse().ok())
    }

    /// Tells whether this is the European Union.
    pub fn is_union(self) -> bool {
        self.as_str() == UNION
    }

    /// Returns the two letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two capital letters are UTF-8")
    }
}

impl FromStr for Country {
    type Err = NoCountry;

    fn from_str(text: &str) -> Result<Self, NoCountry> {
        let letters: [u8; 2] = text.as_bytes().try_into().map_err(|_| NoCountry)?;
        // A line of the file, without reading all of it for every code.
        let is_known = CALLED.contains(&format!("\n{text} = \""));
        is_known.then_some(Self(letters)).ok_or(NoCountry)
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Country({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_two_letters_that_are_assigned() {
        let called: Called = toml::from_str(CALLED).unwrap();
        assert_eq!(called.name.len(), 250, "249 that are assigned, and the Union");
        assert!(called.also.values().all(|code| called.name.contains_key(code)));
        for (text, known) in [
            ("DE", true),
            ("EU", true),
            ("GB", true),
            ("UK", false),
            ("de", false),
            ("DEU", false),
            ("", false),
            ("XX", false),
            ("D ", false),
            ("é", false),
        ] {
            assert_eq!(text.parse::<Country>().is_ok(), known, "{text}");
        }
        for (typed, read) in [
            ("de", Some("DE")),
            (" uk ", Some("GB")),
            ("USA", Some("US")),
            ("Germany", Some("DE")),
            ("the netherlands", Some("NL")),
            ("Türkiye", Some("TR")),
            ("Turkey", Some("TR")),
            ("Narnia", None),
            ("", None),
        ] {
            assert_eq!(Country::typed(typed), read.map(|code| code.parse().unwrap()), "{typed}");
        }
        for (typed, near) in
            [("Germny", &["Germany"][..]), ("Swizterland", &["Switzerland"]), ("Narnia", &[])]
        {
            assert_eq!(Country::near(typed), near, "{typed}");
        }
    }

    #[test]
    fn within_a_sentence_some_countries_take_the() {
        for (code, spoken) in [
            ("US", "the United States"),
            ("GB", "the United Kingdom"),
            ("NL", "the Netherlands"),
            ("PH", "the Philippines"),
            ("EU", "the European Union"),
            ("CD", "the Democratic Republic of the Congo"),
            ("DE", "Germany"),
            ("IR", "Iran"),
            ("IE", "Ireland"),
        ] {
            assert_eq!(code.parse::<Country>().unwrap().spoken(), spoken);
        }
    }

    #[test]
    fn a_locale_names_a_country_or_none() {
        for (locale, read) in [
            ("de_AT.UTF-8", Some("AT")),
            ("en_US", Some("US")),
            ("pt-BR", Some("BR")),
            ("zh-Hans-CN", Some("CN")),
            ("ca_ES@valencia", Some("ES")),
            ("C.UTF-8", None),
            ("C", None),
            ("POSIX", None),
            ("de", None),
            ("en_150", None),
            ("", None),
            ("_", None),
        ] {
            assert_eq!(Country::of_locale(locale), read.map(|code| code.parse().unwrap()), "{locale}");
        }
    }
}
