//! From the text of a file to helplines. What a row says has a form; whether it is right, only a person can tell.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::{Basis, Country, Helpline, Kind, Support, Wide};
use crate::definition::{Place, Report, parse};
use crate::fault::{Fault, shown};
use crate::limits::{HELPLINE_CHARS_MAX, HELPLINES_BYTES_MAX, HELPLINES_MAX, PHONE_DIGITS_MAX};
use crate::time::Date;

/// The schema this loader reads.
const SCHEMA: u32 = 1;

/// The fewest digits of a number to call; some countries have lines of three, and 10 would be none.
const PHONE_DIGITS_MIN: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    schema: Spanned<u32>,
    members: Vec<Spanned<String>>,
    #[serde(default)]
    wide: Vec<RawWide>,
    #[serde(default)]
    line: Vec<Spanned<RawLine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWide {
    phone: Spanned<String>,
    places: Spanned<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    country: Spanned<String>,
    name: Spanned<String>,
    kind: Spanned<String>,
    phone: Option<Spanned<String>>,
    text: Option<Spanned<String>>,
    send: Option<Spanned<String>>,
    hours: Option<Spanned<String>>,
    #[serde(default)]
    languages: Vec<Spanned<String>>,
    basis: Option<Spanned<String>>,
    source: Spanned<String>,
    source_url: Option<Spanned<String>>,
    quote: Option<Spanned<String>>,
    copy_on: Option<Spanned<String>>,
}

impl Support {
    /// Reads helplines, without the words round them.
    ///
    /// # Errors
    /// Every [`Fault`] that could be found; a file that is no TOML or holds an unknown key has one.
    pub fn load(toml_text: &str) -> Result<Self, Vec<Fault>> {
        let raw: RawFile = parse(toml_text, HELPLINES_BYTES_MAX)?;
        let mut reader = Reader { text: toml_text, report: Report::default(), seen: BTreeSet::new() };
        reader.check_head(&raw);
        let members = raw.members.iter().filter_map(|code| reader.form(code, "country")).collect();
        let lines = raw.line.iter().filter_map(|line| reader.line(line)).collect();
        let wide = raw.wide.iter().filter_map(|wide| reader.wide(wide)).collect();
        reader.report.finish()?;
        Ok(Self { lines, members, wide, ..Self::default() })
    }
}

/// Reads the rows, each with the line it stands on.
struct Reader<'a> {
    text: &'a str,
    report: Report,
    /// The numbers read so far, by country.
    seen: BTreeSet<(Country, String)>,
}

impl Reader<'_> {
    fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        Place::new(self.text, &spanned.span())
    }

    fn fault<T>(&mut self, at: &Spanned<T>, what: impl Into<String>, next: impl Into<String>) {
        let place = self.place(at);
        self.report.add(&place, what, next);
    }

    fn form<T: FromStr<Err: std::fmt::Display>>(&mut self, text: &Spanned<String>, noun: &str) -> Option<T> {
        let place = self.place(text);
        self.report.form(&place, text.get_ref(), noun)
    }

    /// Reads a text that may be missing.
    fn some_form<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        text: Option<&Spanned<String>>,
        noun: &str,
    ) -> Option<T> {
        self.form(text?, noun)
    }

    fn check_head(&mut self, raw: &RawFile) {
        if *raw.schema.get_ref() != SCHEMA {
            let what = format!("schema {} is not known", raw.schema.get_ref());
            self.fault(&raw.schema, what, format!("write schema = {SCHEMA}, or use a newer Haven"));
        }
        if let Some(line) = raw.line.get(HELPLINES_MAX) {
            let what = format!("there are {} lines", raw.line.len());
            self.fault(line, what, format!("keep at most {HELPLINES_MAX}"));
        }
    }

    fn line(&mut self, spanned: &Spanned<RawLine>) -> Option<Helpline> {
        let raw = spanned.get_ref();
        let country: Option<Country> = self.form(&raw.country, "country");
        let kind_place = self.place(&raw.kind);
        let kind = self.report.word(&kind_place, raw.kind.get_ref());
        if raw.name.get_ref().trim().is_empty() {
            self.fault(&raw.name, "the line has no name", "write what people know it as");
        }
        let words = [Some(&raw.name), raw.hours.as_ref(), raw.send.as_ref()];
        words.into_iter().flatten().for_each(|words| self.check_words(words));
        self.check_numbers(spanned, country);
        let languages: Vec<_> =
            raw.languages.iter().filter_map(|code| self.form::<Language>(code, "language")).collect();
        let basis: Option<Basis> = match &raw.basis {
            Some(word) => {
                let place = self.place(word);
                self.report.word(&place, word.get_ref())
            }
            None => None,
        };
        let copy_on: Option<Date> = self.some_form(raw.copy_on.as_ref(), "date");
        self.check_source(raw, basis, kind);
        Some(Helpline {
            country: country?,
            name: raw.name.get_ref().clone(),
            kind: kind?,
            phone: text(raw.phone.as_ref()),
            text: text(raw.text.as_ref()),
            send: text(raw.send.as_ref()),
            hours: text(raw.hours.as_ref()),
            languages: languages.into_iter().map(|language| language.0).collect(),
            basis,
            source: raw.source.get_ref().clone(),
            source_url: raw.source_url.as_ref().map(|url| url.get_ref().clone()),
            quote: text(raw.quote.as_ref()),
            copy_on,
        })
    }

    fn wide(&mut self, raw: &RawWide) -> Option<Wide> {
        let _: Number = self.form(&raw.phone, "number to call")?;
        self.check_words(&raw.places);
        Some(Wide { phone: raw.phone.get_ref().clone(), places: raw.places.get_ref().clone() })
    }

    fn check_words(&mut self, words: &Spanned<String>) {
        let text = words.get_ref();
        if text.chars().count() > HELPLINE_CHARS_MAX || text.chars().any(char::is_control) {
            let next = format!("use one line of at most {HELPLINE_CHARS_MAX} characters");
            self.fault(words, format!("\"{}\" does not fit a line", shown(text)), next);
        }
    }

    /// There is a number, each has the form of one, and no row repeats one.
    fn check_numbers(&mut self, line: &Spanned<RawLine>, country: Option<Country>) {
        let raw = line.get_ref();
        let phone: Option<Number> = self.some_form(raw.phone.as_ref(), "number to call");
        let written: Option<Number> = self.some_form(raw.text.as_ref(), "number to write to");
        let at = raw.phone.as_ref().or(raw.text.as_ref());
        let Some(at) = at else {
            return self.fault(line, "the line has no number", "give phone, text or both");
        };
        if raw.send.is_some() && raw.text.is_none() {
            self.fault(
                line,
                "there is a word to send and no number to send it to",
                "give text, or remove send",
            );
        }
        let (Some(country), Some(number)) = (country, phone.or(written)) else { return };
        if !self.seen.insert((country, number.0)) {
            let what = format!("{country} has \"{}\" already", shown(at.get_ref()));
            self.fault(at, what, "remove one of the two rows");
        }
    }

    /// Every row says where it is from. A law that fixes an emergency number needs no line quoted; whatever else is called
    /// official does, with its page.
    fn check_source(&mut self, raw: &RawLine, basis: Option<Basis>, kind: Option<Kind>) {
        if raw.source.get_ref().trim().is_empty() {
            self.fault(
                &raw.source,
                "the row does not say where it is from",
                "write what was read, or that nothing was",
            );
        }
        if let Some(url) = &raw.source_url
            && !is_address(url.get_ref())
        {
            self.fault(
                url,
                "the source_url is no address of a page",
                "give the page that was read, or leave it out",
            );
        }
        let is_quoted = raw.quote.as_ref().is_some_and(|quote| !quote.get_ref().trim().is_empty());
        let has_page = is_quoted && raw.source_url.is_some();
        let is_plain_law = basis == Some(Basis::Law) && kind == Some(Kind::Emergency);
        if let Some(word) = raw.basis.as_ref().filter(|_| basis.is_some() && !is_plain_law && !has_page) {
            self.fault(
                word,
                "nothing is quoted for this row",
                "give quote and source_url, or leave basis out",
            );
        }
        if let Some(copy) = raw.copy_on.as_ref().filter(|_| basis.is_none()) {
            self.fault(
                copy,
                "the row has the day of a copy and no page",
                "write basis = \"page\", or remove copy_on",
            );
        }
    }
}

fn text(raw: Option<&Spanned<String>>) -> String {
    raw.map(|text| text.get_ref().clone()).unwrap_or_default()
}

fn is_address(url: &str) -> bool {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    is_web && !url.contains(char::is_whitespace)
}

/// The digits of a number, with its plus or star: what two spellings of one number share.
#[derive(Debug, PartialEq, Eq)]
struct Number(String);

#[derive(Debug, Error)]
#[error(
    "write {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits, with single spaces or hyphens between and perhaps a plus or a star before"
)]
struct NoNumber;

impl FromStr for Number {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let local = text.strip_prefix(['+', '*']).unwrap_or(text);
        let parts_fit = local
            .split([' ', '-'])
            .all(|part| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_digit()));
        let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        let count = digits.trim_start_matches(['+', '*']).len();
        let fits = parts_fit && (PHONE_DIGITS_MIN..=PHONE_DIGITS_MAX).contains(&count);
        fits.then_some(Self(digits)).ok_or(NoNumber)
    }
}

/// A language by its code.
struct Language(String);

#[derive(Debug, Error)]
#[error("write two or three small letters, such as de")]
struct NoLanguage;

impl FromStr for Language {
    type Err = NoLanguage;

    fn from_str(text: &str) -> Result<Self, NoLanguage> {
        let fits = matches!(text.len(), 2 | 3) && text.bytes().all(|letter| letter.is_ascii_lowercase());
        fits.then(|| Self(text.to_owned())).ok_or(NoLanguage)
    }
}
