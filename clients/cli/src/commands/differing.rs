//! What differs between two versions: paragraph by paragraph with a sign before each, and word by word in colour where colours
//! are welcome.

use std::fmt::Write as _;

use haven_core::comparing::{Line, Side, compare};

use crate::text::Style;

/// What was taken away, and what came.
const SIGNS: [(Side, &str); 2] = [(Side::Base, "-"), (Side::Version, "+")];

/// What changed of one part of an entry.
pub(super) struct Change {
    /// The part: title, text, a question.
    pub(super) field: String,
    /// The paragraphs that differ, in order.
    lines: Vec<Line>,
}

/// Compares the parts of two versions, by their names. A part that is missing counts as empty.
pub(super) fn changes(before: &[(String, String)], after: &[(String, String)]) -> Vec<Change> {
    let of = |parts: &[(String, String)], field: &str| {
        parts.iter().find(|(name, _)| name == field).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let gone = before.iter().filter(|(field, _)| after.iter().all(|(name, _)| name != field));
    let fields = after.iter().chain(gone).map(|(field, _)| field);
    let differing = |field: &String| {
        let lines = compare(&of(before, field), &of(after, field));
        lines.into_iter().filter(Line::differs).collect()
    };
    fields
        .map(|field| Change { field: field.clone(), lines: differing(field) })
        .filter(|change| !change.lines.is_empty())
        .collect()
}

impl Change {
    /// The change with signs only.
    pub(super) fn plain(&self) -> String {
        self.shown(|words, _| words.to_owned()).join("\n")
    }

    /// The change as a person reads it.
    pub(super) fn in_words(&self, style: Style) -> String {
        let mut words = format!("  {}\n", style.faint(&style.line(&self.field)));
        let dress = |text: &str, side| {
            let text = style.line(text);
            match side {
                Side::Both => text,
                Side::Base => style.gone(&text),
                Side::Version => style.come(&text),
            }
        };
        for line in self.shown(dress) {
            let _ = writeln!(words, "  {line}");
        }
        words
    }

    /// Each paragraph as it was and as it became, with its sign.
    fn shown(&self, dress: impl Fn(&str, Side) -> String) -> Vec<String> {
        let on = |line: &Line, (side, sign): (Side, &str)| {
            let is_there = |its: Side| its == Side::Both || its == side;
            let spans = line.spans.iter().filter(|span| is_there(span.side));
            let words: String = spans.map(|span| dress(&span.text, span.side)).collect();
            let shown = if words.is_empty() { sign.to_owned() } else { format!("{sign} {words}") };
            is_there(line.side).then_some(shown)
        };
        self.lines
            .iter()
            .flat_map(|line| SIGNS.iter().filter_map(|side| on(line, *side)).collect::<Vec<_>>())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, after: &str, plain: &str) {
        let part = |words: &str| [("text".to_owned(), words.to_owned())];
        let changes = changes(&part(before), &part(after));
        let shown: Vec<_> = changes.iter().map(Change::plain).collect();
        assert_eq!(shown.join("\n"), plain, "{before:?} to {after:?}");
    }

    #[test]
    fn what_changed_has_a_sign_and_what_stayed_is_left_out() {
        check("one\ntwo\nthree", "one\n2\nthree", "- two\n+ 2");
        check("", "one\ntwo", "+ one\n+ two");
        check("one\n\ntwo", "one", "-\n- two");
        check("one", "one", "");
        check("a\nb", "c\nd\ne", "- a\n+ c\n- b\n+ d\n+ e");
    }

    #[test]
    fn only_the_words_that_differ_are_coloured() {
        let part = |words: &str| [("text".to_owned(), words.to_owned())];
        let changes = changes(&part("It was a bad day."), &part("It was a long day."));
        let style = |colors| Style { colors, terminal: true, columns: None };
        assert_eq!(
            changes[0].in_words(style(true)),
            "  \x1b[2mtext\x1b[0m\n  - It was a \x1b[1;31mbad\x1b[0m day.\n  + It was a \x1b[1;32mlong\x1b[0m day.\n"
        );
        assert_eq!(
            changes[0].in_words(style(false)),
            "  text\n  - It was a bad day.\n  + It was a long day.\n"
        );
    }

    #[test]
    fn parts_that_came_or_went_are_changes() {
        let parts = |names: &[(&str, &str)]| -> Vec<(String, String)> {
            names.iter().map(|(name, words)| ((*name).to_owned(), (*words).to_owned())).collect()
        };
        let found =
            changes(&parts(&[("Q1", "yes"), ("title", "T")]), &parts(&[("title", "T"), ("Q2", "no")]));
        let told: Vec<_> = found.iter().map(|it| (it.field.as_str(), it.plain())).collect();
        assert_eq!(told, [("Q2", "+ no".to_owned()), ("Q1", "- yes".to_owned())]);
    }
}
