//! What differs between two versions: paragraph by paragraph with a sign before each, and word by word in colour where colours
//! are welcome.

use std::fmt::Write as _;

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::text::Style;

/// What was taken away, and what came.
const SIGNS: (&str, &str) = ("-", "+");

/// What changed of one part of an entry.
pub(super) struct Change {
    /// The part: title, text, a question.
    pub(super) field: String,
    lines: Vec<Line>,
}

/// A paragraph that went, that came, or that became another one.
enum Line {
    Gone(Vec<Piece>),
    Come(Vec<Piece>),
}

/// Words of a paragraph, and whether they are what differs.
struct Piece {
    words: String,
    differs: bool,
}

/// Compares the parts of two versions, by their names. A part that is missing counts as empty.
pub(super) fn changes(before: &[(String, String)], after: &[(String, String)]) -> Vec<Change> {
    let of = |parts: &[(String, String)], field: &str| {
        parts.iter().find(|(name, _)| name == field).map(|(_, words)| words.clone()).unwrap_or_default()
    };
    let gone = before.iter().filter(|(field, _)| after.iter().all(|(name, _)| name != field));
    let fields = after.iter().chain(gone).map(|(field, _)| field);
    fields
        .map(|field| Change { field: field.clone(), lines: lines(&of(before, field), &of(after, field)) })
        .filter(|change| !change.lines.is_empty())
        .collect()
}

impl Change {
    /// The change with signs only.
    pub(super) fn plain(&self) -> String {
        let lines: Vec<_> = self.lines.iter().map(|line| line.shown(|piece| piece.words.clone())).collect();
        lines.join("\n")
    }

    /// The change as a person reads it.
    pub(super) fn in_words(&self, style: Style) -> String {
        let mut words = format!("  {}\n", style.faint(&style.line(&self.field)));
        for line in &self.lines {
            let dress = |piece: &Piece| {
                let words = style.line(&piece.words);
                match (line, piece.differs) {
                    (Line::Gone(_), true) => style.gone(&words),
                    (Line::Come(_), true) => style.come(&words),
                    (_, false) => words,
                }
            };
            let _ = writeln!(words, "  {}", line.shown(dress));
        }
        words
    }
}

impl Line {
    fn shown(&self, dress: impl Fn(&Piece) -> String) -> String {
        let (sign, pieces) = match self {
            Self::Gone(pieces) => (SIGNS.0, pieces),
            Self::Come(pieces) => (SIGNS.1, pieces),
        };
        let words: String = pieces.iter().map(dress).collect();
        if words.is_empty() { sign.to_owned() } else { format!("{sign} {words}") }
    }
}

/// The paragraphs that differ, in order.
fn lines(before: &str, after: &str) -> Vec<Line> {
    let (old, new): (Vec<_>, Vec<_>) = (before.lines().collect(), after.lines().collect());
    let mut found = Vec::new();
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        match op {
            DiffOp::Equal { .. } => {}
            DiffOp::Delete { old_index, old_len, .. } => {
                found.extend(old[old_index..old_index + old_len].iter().map(|line| Line::Gone(all(line))));
            }
            DiffOp::Insert { new_index, new_len, .. } => {
                found.extend(new[new_index..new_index + new_len].iter().map(|line| Line::Come(all(line))));
            }
            DiffOp::Replace { old_index, old_len, new_index, new_len } => {
                let (old, new) = (&old[old_index..old_index + old_len], &new[new_index..new_index + new_len]);
                replaced(old, new, &mut found);
            }
        }
    }
    found
}

/// Paragraphs that became others: side by side as far as both go, then the rest.
fn replaced(old: &[&str], new: &[&str], found: &mut Vec<Line>) {
    for at in 0..old.len().max(new.len()) {
        match (old.get(at), new.get(at)) {
            (Some(old), Some(new)) => {
                let (gone, come) = pieces(old, new);
                found.extend([Line::Gone(gone), Line::Come(come)]);
            }
            (Some(old), None) => found.push(Line::Gone(all(old))),
            (None, new) => found.extend(new.map(|line| Line::Come(all(line)))),
        }
    }
}

fn all(line: &str) -> Vec<Piece> {
    if line.is_empty() { Vec::new() } else { vec![Piece { words: line.to_owned(), differs: true }] }
}

/// The words of two paragraphs, and which of them differ.
fn pieces(old: &str, new: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (words(old), words(new));
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Patience, &old, &new) {
        let differs = !matches!(op, DiffOp::Equal { .. });
        let piece = |words: &[&str]| Piece { words: words.concat(), differs };
        gone.extend((!op.old_range().is_empty()).then(|| piece(&old[op.old_range()])));
        come.extend((!op.new_range().is_empty()).then(|| piece(&new[op.new_range()])));
    }
    (gone, come)
}

/// Words and what stands between them.
fn words(line: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let is_blank = first.is_whitespace();
        let end = rest.find(|letter: char| letter.is_whitespace() != is_blank).unwrap_or(rest.len());
        let (word, more) = rest.split_at(end);
        words.push(word);
        rest = more;
    }
    words
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
