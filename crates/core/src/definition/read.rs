//! From the text of a file to its keys and values, with the parser's complaints in our own words.

use serde::de::DeserializeOwned;

use super::report::line_of;
use crate::fault::{Fault, shown};

/// Keys in which other formats put code. They get an answer of their own.
const CODE_KEYS: [&str; 16] = [
    "regex",
    "regexp",
    "pattern",
    "match",
    "validate",
    "validation",
    "script",
    "code",
    "eval",
    "exec",
    "expr",
    "expression",
    "formula",
    "condition",
    "function",
    "javascript",
];

/// Reads a definition of at most so many bytes.
///
/// # Errors
/// One [`Fault`]: the file is too large, is no TOML, or holds a key or value that its form does not know.
pub(crate) fn parse<T: DeserializeOwned>(text: &str, bytes_max: usize) -> Result<T, Vec<Fault>> {
    if text.len() > bytes_max {
        let what = format!("the definition has {} bytes, at most {bytes_max}", text.len());
        return Err(vec![Fault::new(what, "shorten its texts or make two of it")]);
    }
    toml::from_str(text).map_err(|error| {
        let (what, next) = explain(error.message());
        let fault = Fault::new(what, next);
        vec![match error.span() {
            Some(span) => fault.at_line(line_of(text, span.start)),
            None => fault,
        }]
    })
}

/// Turns the parser's message into what is wrong and what to do.
fn explain(message: &str) -> (String, String) {
    let quoted = |after: &str| message.strip_prefix(after)?.split('`').next().map(shown);
    if let Some(key) = quoted("unknown field `") {
        if CODE_KEYS.contains(&key.as_str()) {
            let next = "remove it; a definition holds no code and no pattern";
            return (format!("\"{key}\" would be code"), next.into());
        }
        let known =
            message.split_once("expected ").map_or("", |(_, known)| known.trim_start_matches("one of "));
        let next = format!("remove it; known here are {}", known.replace('`', ""));
        return (format!("\"{key}\" is no key here"), next);
    }
    if let Some(key) = quoted("missing field `") {
        return (format!("\"{key}\" is missing"), format!("add {key}"));
    }
    let what = message.lines().next().unwrap_or_default();
    (what.to_owned(), "correct this line".into())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only reading it is tested")]
    struct Small {
        one: u32,
    }

    #[test]
    fn a_complaint_says_the_line_what_and_what_next() {
        let cases = [
            ("one = 1\ntwo = 2", "line 2, \"two\" is no key here; remove it; known here are one"),
            ("one = 1\nscript = 2", "line 2, \"script\" would be code; remove it"),
            ("\n", "\"one\" is missing; add one"),
            ("one = \"x\"", "line 1, invalid type"),
            ("one = ", "line 1, "),
            ("one = 123456789012345678901234567890", "the definition has 36 bytes, at most 30"),
        ];
        for (text, expected) in cases {
            let faults = parse::<Small>(text, 30).unwrap_err();
            assert!(faults[0].to_string().contains(expected), "{text}: {}", faults[0]);
        }
    }
}
