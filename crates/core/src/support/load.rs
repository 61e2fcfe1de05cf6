//! From the text of a file to helplines. What a row says has a form; whether it is right, only a person can tell.

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::Deserialize;
use thiserror::Error;
use toml::Spanned;

use super::{Country, Helpline, Support};
use crate::definition::{Place, Report, Texts, parse};
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
    line: Vec<Spanned<RawLine>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLine {
    country: Spanned<String>,
    name: Spanned<String>,
    kind: Spanned<String>,
    phone: Spanned<String>,
    text: Spanned<String>,
    hours: Spanned<String>,
    languages: Vec<Spanned<String>>,
    source_url: Spanned<String>,
    verified_on: Spanned<String>,
    expires_on: Spanned<String>,
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
        reader.report.finish()?;
        Ok(Self { lines, members, words: Texts::default() })
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

    /// Reads a text that may be empty; an empty one is fine and nothing.
    fn some_form<T: FromStr<Err: std::fmt::Display>>(
        &mut self,
        text: &Spanned<String>,
        noun: &str,
    ) -> Option<T> {
        if text.get_ref().is_empty() { None } else { self.form(text, noun) }
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
            self.fault(&raw.name, "the line has no name", "write neutral words, such as Crisis line");
        }
        self.check_words(&raw.name);
        self.check_words(&raw.hours);
        self.check_numbers(spanned, country);
        let languages: Vec<_> =
            raw.languages.iter().filter_map(|code| self.form::<Language>(code, "language")).collect();
        self.check_source(&raw.source_url);
        let verified_on: Option<Date> = self.some_form(&raw.verified_on, "date");
        let expires_on: Option<Date> = self.some_form(&raw.expires_on, "date");
        self.check_dates(raw, verified_on, expires_on);
        Some(Helpline {
            country: country?,
            name: raw.name.get_ref().clone(),
            kind: kind?,
            phone: raw.phone.get_ref().clone(),
            text: raw.text.get_ref().clone(),
            hours: raw.hours.get_ref().clone(),
            languages: languages.into_iter().map(|language| language.0).collect(),
            source_url: Some(raw.source_url.get_ref().clone()).filter(|url| !url.is_empty()),
            verified_on,
            expires_on,
        })
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
        let (phone, text): (Option<Number>, Option<Number>) =
            (self.some_form(&raw.phone, "number to call"), self.some_form(&raw.text, "number to write to"));
        if raw.phone.get_ref().is_empty() && raw.text.get_ref().is_empty() {
            self.fault(line, "the line has no number", "give phone, text or both");
        }
        let (Some(country), Some(number)) = (country, phone.or(text)) else { return };
        if !self.seen.insert((country, number.0)) {
            let at = if raw.phone.get_ref().is_empty() { &raw.text } else { &raw.phone };
            let what = format!("{country} has \"{}\" already", shown(at.get_ref()));
            self.fault(at, what, "remove one of the two rows");
        }
    }

    fn check_source(&mut self, source: &Spanned<String>) {
        let url = source.get_ref();
        if !url.is_empty() && (!url.starts_with("https://") || url.contains(char::is_whitespace)) {
            let next = "give the page of whoever answers, or leave it empty";
            self.fault(source, "the source_url does not begin with https://", next);
        }
    }

    /// A verified row says by which page and until when; an unverified one pretends nothing.
    fn check_dates(&mut self, raw: &RawLine, verified: Option<Date>, expires: Option<Date>) {
        let is_verified = !raw.verified_on.get_ref().is_empty();
        if is_verified && raw.source_url.get_ref().is_empty() {
            self.fault(&raw.verified_on, "the row is verified by no page", "give the page as source_url");
        }
        if is_verified && raw.expires_on.get_ref().is_empty() {
            self.fault(&raw.verified_on, "the row is verified for ever", "give the last day as expires_on");
        }
        if !is_verified && !raw.expires_on.get_ref().is_empty() {
            let next = "give verified_on, or leave both empty";
            self.fault(&raw.expires_on, "the row expires and was never verified", next);
        }
        if let (Some(verified), Some(expires)) = (verified, expires)
            && expires < verified
        {
            let what = format!("the row expires on {expires}, before it was verified");
            self.fault(&raw.expires_on, what, "give a day after verified_on");
        }
    }
}

/// The digits of a number, with its plus: what two spellings of one number share.
#[derive(Debug, PartialEq, Eq)]
struct Number(String);

#[derive(Debug, Error)]
#[error(
    "write {PHONE_DIGITS_MIN} to {PHONE_DIGITS_MAX} digits, with single spaces or hyphens between and perhaps a plus before"
)]
struct NoNumber;

impl FromStr for Number {
    type Err = NoNumber;

    fn from_str(text: &str) -> Result<Self, NoNumber> {
        let local = text.strip_prefix('+').unwrap_or(text);
        let parts_fit = local
            .split([' ', '-'])
            .all(|part| !part.is_empty() && part.bytes().all(|letter| letter.is_ascii_digit()));
        let digits: String = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).collect();
        let count = digits.trim_start_matches('+').len();
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
