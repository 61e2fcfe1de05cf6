//! The numbers of a country, one a line.

use std::fmt::Write as _;

use haven_api::support::Shown;

use super::NO_BREAK;
use crate::text::Style;

/// Stands beside a number that has to be checked: in words at every line, it taught people to read over it.
const MARK: &str = "*";

/// What the mark means, once below the numbers.
const MARK_MEANS: &str = "not confirmed lately. If it doesn't connect, try the next.";

/// The columns of a screen that does not say.
const COLUMNS_USUAL: usize = 80;

/// What languages are called; a language that is not here is shown by its code.
const LANGUAGES: [(&str, &str); 5] =
    [("en", "English"), ("fr", "French"), ("lv", "Latvian"), ("nl", "Dutch"), ("ru", "Russian")];

/// The numbers under what they are for; `whole`: with everything known of each, also where a line gets long.
pub(super) fn in_words(lines: &[Shown], whole: bool, style: Style) -> String {
    let mut words = String::new();
    for (index, line) in lines.iter().enumerate() {
        if index == 0 || lines[index - 1].heading != line.heading {
            let _ = writeln!(words, "{}", style.bold(&line.heading));
        }
        let _ = writeln!(words, "  {}", one(line, whole, style));
    }
    if lines.iter().any(Shown::check) {
        let _ = writeln!(words, "{MARK} {MARK_MEANS}");
    }
    words
}

fn one(line: &Shown, whole: bool, style: Style) -> String {
    let mark = if line.check() { format!(" {MARK}") } else { String::new() };
    let name = beside(&line.name, &line.phone);
    let reach = format!("{}{mark}", line.reach);
    let facts = [reach, name.to_owned(), spoken(&line.languages)];
    let mut words = facts.iter().filter(|fact| !fact.is_empty()).map(|fact| unbroken(fact));
    let mut words = [words.next().unwrap_or_default(), words.collect::<Vec<_>>().join("  ")]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("  ");
    let since = if line.since.is_empty() { String::new() } else { format!("({})", line.since) };
    // Two blanks stand before the line.
    let room = style.columns.unwrap_or(COLUMNS_USUAL).saturating_sub(2);
    let mut taken = words.chars().count();
    for fact in [&line.hours, &since].into_iter().filter(|fact| !fact.is_empty()) {
        let length = fact.chars().count() + 2;
        if whole || taken + length <= room {
            taken += length;
            let _ = write!(words, "  {}", style.faint(&unbroken(fact)));
        }
    }
    words
}

/// The same words, kept on one line; a comma lets them part.
fn unbroken(words: &str) -> String {
    words.replace(' ', &NO_BREAK.to_string()).replace(&format!(",{NO_BREAK}"), ", ")
}

/// In which languages somebody answers.
fn spoken(codes: &[String]) -> String {
    let name = |code: &String| {
        let known = LANGUAGES.iter().find(|(known, _)| known == code);
        known.map_or(code.as_str(), |(_, name)| name).to_owned()
    };
    let names: Vec<String> = codes.iter().map(name).collect();
    if names.is_empty() { String::new() } else { format!("in {}", names.join(", ")) }
}

/// The name of a line beside its number: some are called by it, and nobody has to read it twice.
fn beside<'a>(name: &'a str, phone: &str) -> &'a str {
    let is_number = |letter: char| letter.is_ascii_digit() || matches!(letter, ' ' | '-');
    let rest = name.trim_start_matches(is_number);
    let rest = rest.trim_start_matches([',', ' ']);
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let called = digits(&name[..name.len() - rest.len()]);
    if !called.is_empty() && called == digits(phone) { rest } else { name }
}

#[cfg(test)]
mod tests {
    use haven_core::support::{Asked, PlanState, Support};

    use super::*;

    #[test]
    fn a_line_that_is_called_by_its_number_says_it_once() {
        for (name, phone, shown) in [
            ("988 Suicide & Crisis Lifeline", "988", "Suicide & Crisis Lifeline"),
            ("9-8-8 Suicide Crisis Helpline", "988", "Suicide Crisis Helpline"),
            ("3114, prévention du suicide", "3114", "prévention du suicide"),
            ("1800RESPECT", "1800 737 732", "1800RESPECT"),
            ("116 016", "116 016", ""),
            ("113 Zelfmoordpreventie", "0800-0113", "113 Zelfmoordpreventie"),
            ("Samaritans", "116 123", "Samaritans"),
            ("1737", "", "1737"),
        ] {
            assert_eq!(beside(name, phone), shown);
        }
    }

    fn told(country: &str, whole: bool, columns: usize) -> String {
        let support = Support::built_in().unwrap();
        let today = Some("2026-11-29".parse().unwrap());
        let country = Some(country.parse().unwrap());
        let card = support.card(Asked { country, today, language: "en", plan: PlanState::NoJournal });
        let style = Style { colors: false, terminal: true, columns: Some(columns) };
        super::super::whole_numbers(&in_words(&card.lines, whole, style), style)
    }

    #[test]
    fn a_line_says_what_it_has_room_for_and_a_mark_is_explained_once() {
        for (country, columns, line) in [
            ("GB", 80, "  call 116 123  Samaritans  (fixed by law)\n"),
            ("GB", 80, "  text 85258 *  Shout\n"),
            ("GB", 80, "  call 0808 2000 247 *  National Domestic Abuse Helpline  day and night\n"),
            ("GB", 40, "  call 116 123  Samaritans\n"),
            ("US", 80, "  call or text 988  Suicide & Crisis Lifeline  day and night  (as of March 2021)\n"),
            ("ES", 80, "  call 016 *  Helpline\n"),
            ("ES", 80, "  call 024  Línea 024  (fixed by law)\n"),
            ("BE", 80, "  call 1813 *  Zelfmoordlijn  in Dutch\n"),
        ] {
            let said = told(country, false, columns);
            assert!(said.contains(line), "{country}: {said}");
        }
        for country in ["GB", "US", "BE", "DE"] {
            let said = told(country, false, 80);
            assert_eq!(said.matches("* not confirmed lately.").count(), 1, "{said}");
            assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
        }
        assert!(!told("LU", false, 80).contains(MARK), "nothing there has to be checked");
        let whole = told("FR", true, 80);
        assert!(
            whole.contains("3114 *  prévention du suicide  day and night  (as of September 2021)"),
            "{whole}"
        );
    }

    #[test]
    fn every_line_is_called_something_and_its_languages_have_names() {
        for line in Support::built_in().unwrap().lines() {
            assert!(!beside(&line.name, &line.phone).is_empty(), "{line:?}");
            assert!(!line.name.contains("(in "), "{line:?}");
            let known = |code: &String| LANGUAGES.iter().any(|(known, _)| known == code);
            assert!(line.languages.iter().all(known), "{line:?}");
        }
    }
}
