//! The languages that a call asks for: RFC 9110, 12.5.4, looked up as RFC 4647, 3.4 does.

/// The header that names them.
pub const ACCEPT_LANGUAGE: &str = "accept-language";

/// Bytes of the header. A browser with a dozen languages sends a third of this; nobody is answered better for more.
pub const ACCEPT_LANGUAGE_BYTES_MAX: usize = 512;

/// Finds the first of the languages a header asks for that is there, as `there` writes it. `None` if none is, if any will do, and
/// for a header that is malformed or too long: whoever asks in a way that nobody understands is answered all the same.
pub fn first_there<'a>(header: &str, there: impl Fn(&str) -> Option<&'a str>) -> Option<&'a str> {
    for asked in wanted(header)? {
        if asked == "*" {
            return None;
        }
        let found = broader(asked).find_map(&there);
        if found.is_some() {
            return found;
        }
    }
    None
}

/// The ranges of a header, the most wanted first; those with a weight of 0 are not wanted.
fn wanted(header: &str) -> Option<Vec<&str>> {
    if header.len() > ACCEPT_LANGUAGE_BYTES_MAX {
        return None;
    }
    let parts = header.split(',').map(str::trim).filter(|part| !part.is_empty());
    let mut ranges = parts.map(range).collect::<Option<Vec<_>>>()?;
    ranges.retain(|(weight, _)| *weight > 0);
    ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    Some(ranges.into_iter().map(|(_, range)| range).collect())
}

/// A range and its weight in thousandths.
fn range(part: &str) -> Option<(u16, &str)> {
    let (range, weight) = part.split_once(';').map_or((part, None), |(range, weight)| (range, Some(weight)));
    let range = range.trim_end();
    let is_subtag =
        |tag: &str| (1..=8).contains(&tag.len()) && tag.bytes().all(|b| b.is_ascii_alphanumeric());
    if range != "*" && !range.split('-').all(is_subtag) {
        return None;
    }
    let thousandths = weight.map_or(Some(1_000), |weight| {
        let weight = weight.trim();
        thousandths(weight.strip_prefix("q=").or_else(|| weight.strip_prefix("Q="))?)
    });
    Some((thousandths?, range))
}

/// Reads `0`, `1`, or either with up to three digits behind a point.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, digits) = text.split_once('.').unwrap_or((text, ""));
    let is_number = digits.len() <= 3 && digits.bytes().all(|digit| digit.is_ascii_digit());
    let part = is_number.then(|| format!("{digits:0<3}").parse::<u16>().ok()).flatten()?;
    match whole {
        "0" => Some(part),
        "1" => (part == 0).then_some(1_000),
        _ => None,
    }
}

/// A range and what it lies in: `zh-Hant-TW`, `zh-Hant`, `zh`.
fn broader(range: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(range), |range| {
        let (broader, _) = range.rsplit_once('-')?;
        // A single letter only introduces what was cut off.
        Some(broader.rsplit_once('-').filter(|(_, last)| last.len() == 1).map_or(broader, |(whole, _)| whole))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_is_there_is_found_and_what_nobody_understands_finds_none() {
        let there = |asked: &str| ["de", "en", "pt-BR"].into_iter().find(|it| it.eq_ignore_ascii_case(asked));
        for (header, expected) in [
            ("de", Some("de")),
            ("DE", Some("de")),
            ("de-AT", Some("de")),
            ("pt-br", Some("pt-BR")),
            ("pt", None),
            ("de-x-old", Some("de")),
            ("fr, de", Some("de")),
            ("fr;q=1.0, en;q=0.5, de;q=0.8", Some("de")),
            ("en;q=0.5,de ; q=0.501", Some("de")),
            ("en;q=0.5,de;Q=0.500", Some("en")),
            ("de;q=0, en", Some("en")),
            ("de;q=0.000", None),
            ("*", None),
            ("fr, *;q=0.1", None),
            ("*;q=0.1, de;q=0.2", Some("de")),
            (" , de,", Some("de")),
            ("", None),
            ("de;q=2", None),
            ("de;q=1.001", None),
            ("de;q=0.1234", None),
            ("de;q=", None),
            ("de;level=1", None),
            ("de;q=-1", None),
            ("d\u{e9}", None),
            ("de_AT", None),
            ("-de", None),
            ("de--AT", None),
            ("languages", None),
            ("de, ;", None),
        ] {
            assert_eq!(first_there(header, there), expected, "{header}");
        }
    }

    #[test]
    fn a_header_that_is_too_long_is_not_read() {
        let there = |asked: &str| (asked == "de").then_some("de");
        let long = |bytes: usize| format!("{:>bytes$}", "de");
        assert_eq!(first_there(&long(ACCEPT_LANGUAGE_BYTES_MAX), there), Some("de"));
        assert_eq!(first_there(&long(ACCEPT_LANGUAGE_BYTES_MAX + 1), there), None);
    }
}
