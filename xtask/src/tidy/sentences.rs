//! What a device says must fit whatever shows it: a page has no command line, and nobody there writes dates as machines do.
//! A sentence with a command stands in `at_terminal(…)`, beside one without (docs/decisions/0031).

use super::Finding;
use super::source::{Source, Token};

/// The rooms whose sentences any client may show.
const ROOMS: &[&str] =
    &["crates/core/src/", "crates/engine/src/", "crates/api/src/", "crates/node/src/", "crates/daemon/src/"];

/// What is told at a terminal only, each with why.
const AT_TERMINAL: &[(&str, &str)] = &[
    ("crates/api/src/unix.rs", "no page comes by the socket"),
    ("crates/node/src/checkup.rs", "`haven doctor` alone shows it"),
    ("crates/daemon/src/doctor.rs", "`haven doctor` alone shows it"),
    ("crates/daemon/src/fault.rs", "the daemon did not start, so no page is there"),
    ("crates/core/src/import/", "whoever imports has a file before them whose dates look like that"),
];

/// What only a terminal understands. Written in pieces, so that this file may be checked by its own rule.
const COMMANDS: &[&str] = &[
    concat!("`hav", "en "),
    concat!("`hav", "en-server"),
    concat!("`hav", "end"),
    concat!("HAVEN", "_HOME"),
];

/// Checks the sentences of one file.
pub fn check(source: &Source) -> Vec<Finding> {
    let is_ours = ROOMS.iter().any(|room| source.path.starts_with(room));
    if !is_ours || AT_TERMINAL.iter().any(|(place, _)| source.path.starts_with(place)) {
        return Vec::new();
    }
    let tokens = &source.tokens;
    let said = (0..tokens.len()).filter(|at| is_said(tokens, *at) && !is_for_a_terminal(tokens, *at));
    said.filter_map(|at| found(&source.path, &tokens[at])).collect()
}

fn found(path: &str, token: &Token) -> Option<Finding> {
    let what = if COMMANDS.iter().any(|command| token.text.contains(command)) {
        "a sentence names a command, and a page may show it"
    } else if has_date(&token.text) {
        "a sentence shows a date as machines write it"
    } else {
        return None;
    };
    let next = "Say it without, and put the command into `at_terminal(…)` beside it.";
    Some(Finding::new(format!("{path}:{}", token.line), what, next))
}

/// Whether a word is a text that somebody may read: several words, no test, and no comment.
fn is_said(tokens: &[Token], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|at| tokens[at].text.as_str());
    let text = &tokens[at].text;
    let is_comment = before(1) == Some("=") && before(2) == Some("doc");
    !tokens[at].test && text.starts_with(['"', 'r']) && text.contains(' ') && !is_comment
}

fn is_for_a_terminal(tokens: &[Token], at: usize) -> bool {
    let ends_with = |words: &[&str]| {
        let start = at.checked_sub(words.len());
        start
            .is_some_and(|start| tokens[start..at].iter().map(|token| &*token.text).eq(words.iter().copied()))
    };
    ends_with(&["at_terminal", "("]) || ends_with(&["at_terminal", "(", "format", "!", "("])
}

/// Whether a text holds four digits, two and two with dashes between.
fn has_date(text: &str) -> bool {
    let is_date = |window: &[u8]| {
        window
            .iter()
            .enumerate()
            .all(|(at, sign)| if matches!(at, 4 | 7) { *sign == b'-' } else { sign.is_ascii_digit() })
    };
    text.as_bytes().windows(10).any(is_date)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        check(&Source::parse(path, text).unwrap()).len()
    }

    #[test]
    fn a_command_or_a_date_stands_in_no_sentence_that_a_page_may_show() {
        let (room, other) = ("crates/node/src/x.rs", "clients/cli/src/x.rs");
        let command = concat!("\"Run `hav", "en unlock`.\"");
        let cases = [
            (room, format!("fn f() {{ g({command}) }}"), 1),
            (room, format!("#[error({command})] struct S;"), 1),
            (room, format!("fn f() {{ e.at_terminal({command}) }}"), 0),
            (room, format!("fn f() {{ e.at_terminal(format!({command})) }}"), 0),
            (room, format!("fn f() {{ e.with_next({command}).at_terminal(\"\") }}"), 1),
            (room, format!("#[cfg(test)] mod tests {{ fn f() {{ g({command}) }} }}"), 0),
            (room, concat!("/// Run `hav", "en unlock`.\nfn f() {}").to_owned(), 0),
            (room, "fn f() { g(\"Begun on 2026-11-24.\") }".to_owned(), 1),
            (room, "fn f() { g(\"id-2026-1124\") }".to_owned(), 0),
            (other, format!("fn f() {{ g({command}) }}"), 0),
            ("crates/daemon/src/doctor.rs", format!("fn f() {{ g({command}) }}"), 0),
        ];
        for (path, text, expected) in cases {
            assert_eq!(findings(path, &text), expected, "{path}: {text}");
        }
    }
}
