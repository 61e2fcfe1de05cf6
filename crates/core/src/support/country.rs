//! Countries by their two letters.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The codes that ISO 3166-1 assigns.
const ASSIGNED: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV \
    BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA \
    GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI \
    KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA \
    NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK \
    SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS \
    YE YT ZA ZM ZW";

/// The code of the European Union, which ISO 3166-1 keeps for it.
const UNION: &str = "EU";

/// The setting of a device that says in which country its person looks for help.
pub const HELP_COUNTRY: &str = "help.country";

/// A country of ISO 3166-1 by its two letters, or the European Union.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

/// A text that names no country.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("write the two capital letters of ISO 3166, such as DE, or GB for the United Kingdom")]
pub struct NoCountry;

impl Country {
    /// Reads what a person types: small letters will do, and UK means GB.
    pub fn typed(text: &str) -> Option<Self> {
        let upper = text.trim().to_ascii_uppercase();
        if upper == "UK" { "GB" } else { &upper }.parse().ok()
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
        let is_known = text == UNION || ASSIGNED.split_ascii_whitespace().any(|code| code == text);
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
        assert_eq!(ASSIGNED.split_ascii_whitespace().count(), 249);
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
        for (typed, read) in [("de", Some("DE")), (" uk ", Some("GB")), ("Germany", None), ("", None)] {
            assert_eq!(Country::typed(typed), read.map(|code| code.parse().unwrap()), "{typed}");
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
