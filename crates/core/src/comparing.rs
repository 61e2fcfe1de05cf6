//! In which words two texts differ, for a person who wants to see what somebody changed.
//!
//! This is for reading only, and no part of the format: what edits that met become is decided in [`crate::meeting`], by
//! sentences. Here a paragraph stays a paragraph, and within one that changed the words do.

mod parts;

use std::fmt;
use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

pub use parts::{Part, Reading, What, parts};

/// The most pairs of paragraphs, or of words in one, that are held against each other: 2,000 by 2,000 take some 50 ms. What was
/// rewritten beyond that went whole, and something else came.
const PAIRS_MAX: usize = 2_000 * 2_000;

/// Which of two versions something stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// In both.
    Both,
    /// In the one that is compared with.
    Base,
    /// In the one that is compared.
    Version,
}

/// A paragraph. Debug shows no words.
#[derive(Clone, PartialEq, Eq)]
pub struct Line {
    /// Which versions have it; both, though their words may differ.
    pub side: Side,
    /// Its words in order; none for an empty line.
    pub spans: Vec<Span>,
}

/// Words in a row, and the blanks between them. Debug shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct Span {
    /// The words.
    pub text: String,
    /// Which versions say them.
    pub side: Side,
}

impl Line {
    /// Whether the versions differ here.
    pub fn differs(&self) -> bool {
        self.side != Side::Both || self.spans.iter().any(|span| span.side != Side::Both)
    }

    fn whole(text: &str, side: Side) -> Self {
        let span = || Span { text: text.to_owned(), side };
        Self { side, spans: (!text.is_empty()).then(span).into_iter().collect() }
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Line({:?}, {} spans)", self.side, self.spans.len())
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Span({:?})", self.side)
    }
}

/// Compares two texts: every paragraph in order, and where one took the place of another, word by word.
pub fn compare(base: &str, version: &str) -> Vec<Line> {
    let (old, new): (Vec<_>, Vec<_>) = (base.lines().collect(), version.lines().collect());
    let mut found = Vec::new();
    for (old_at, new_at, is_same) in runs(&old, &new) {
        let (old, new) = (&old[old_at], &new[new_at]);
        if is_same {
            found.extend(new.iter().map(|line| Line::whole(line, Side::Both)));
            continue;
        }
        for at in 0..old.len().max(new.len()) {
            match (old.get(at), new.get(at)) {
                (Some(old), Some(new)) => found.push(changed(old, new)),
                (Some(old), None) => found.push(Line::whole(old, Side::Base)),
                (None, new) => found.extend(new.map(|line| Line::whole(line, Side::Version))),
            }
        }
    }
    found
}

/// A paragraph that took the place of another, word by word.
fn changed(old: &str, new: &str) -> Line {
    let (old, new) = (words(old), words(new));
    let mut spans = Vec::new();
    for (old_at, new_at, is_same) in phrases(runs(&old, &new), &new) {
        let mut push = |words: &[&str], side| {
            spans.extend((!words.is_empty()).then(|| Span { text: words.concat(), side }));
        };
        if is_same {
            push(&new[new_at], Side::Both);
        } else {
            push(&old[old_at], Side::Base);
            push(&new[new_at], Side::Version);
        }
    }
    Line { side: Side::Both, spans }
}

/// Where something is in both versions, and whether it's the same.
type Run = (Range<usize>, Range<usize>, bool);

/// Runs that stayed and runs that changed, in order.
fn runs(old: &[&str], new: &[&str]) -> Vec<Run> {
    let start = old.iter().zip(new).take_while(|(one, other)| one == other).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(one, other)| one == other).count();
    let (old_end, new_end) = (old.len() - end, new.len() - end);
    let mut found = vec![(0..start, 0..start, true)];
    if (old_end - start).saturating_mul(new_end - start) > PAIRS_MAX {
        found.push((start..old_end, start..new_end, false));
    } else {
        let shift = |range: Range<usize>| range.start + start..range.end + start;
        let ops = capture_diff_slices(Algorithm::Patience, &old[start..old_end], &new[start..new_end]);
        found
            .extend(ops.into_iter().map(|op| {
                (shift(op.old_range()), shift(op.new_range()), matches!(op, DiffOp::Equal { .. }))
            }));
    }
    found.push((old_end..old.len(), new_end..new.len(), true));
    found.retain(|(old, new, _)| !old.is_empty() || !new.is_empty());
    found
}

/// Runs of words, where blanks alone between two that changed part nothing: a phrase went, and another came.
fn phrases(runs: Vec<Run>, new: &[&str]) -> Vec<Run> {
    let mut found: Vec<Run> = Vec::new();
    for run in runs {
        match found.as_slice() {
            [.., (_, _, false), (_, blanks, true)]
                if !run.2 && new[blanks.clone()].iter().all(|word| word.trim().is_empty()) =>
            {
                found.pop();
                if let Some((old, new, _)) = found.last_mut() {
                    (old.end, new.end) = (run.0.end, run.1.end);
                }
            }
            _ => found.push(run),
        }
    }
    found
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

    /// What's compared, with `[-…-]` round what went and `[+…+]` round what came; a whole paragraph has the sign before it.
    fn told(lines: &[Line]) -> String {
        let span = |line: Side, span: &Span| match (line, span.side) {
            (Side::Both, Side::Base) => format!("[-{}-]", span.text),
            (Side::Both, Side::Version) => format!("[+{}+]", span.text),
            _ => span.text.clone(),
        };
        let sign = |side| match side {
            Side::Both => "",
            Side::Base => "-",
            Side::Version => "+",
        };
        let line = |it: &Line| {
            let words: String = it.spans.iter().map(|each| span(it.side, each)).collect();
            format!("{}{words}", sign(it.side))
        };
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn check(base: &str, version: &str, expected: &str) {
        assert_eq!(told(&compare(base, version)), expected);
        for (side, text) in [(Side::Base, base), (Side::Version, version)] {
            let is_there = |its: Side| its == Side::Both || its == side;
            let read: Vec<String> = compare(base, version)
                .iter()
                .filter(|line| is_there(line.side))
                .map(|line| {
                    line.spans.iter().filter(|span| is_there(span.side)).map(|span| &*span.text).collect()
                })
                .collect();
            assert_eq!(read, text.lines().collect::<Vec<_>>(), "both versions can be read whole");
        }
    }

    #[test]
    fn paragraphs_and_words_stay_where_they_stood() {
        check("one\ntwo\nthree", "one\n2\nthree", "one\n[-two-][+2+]\nthree");
        check("", "one\n\ntwo", "+one\n+\n+two");
        check("one\n\ntwo", "one", "one\n-\n-two");
        check("one", "one", "one");
        check("", "", "");
        check("It was a bad day.", "It was a long day.", "It was a [-bad-][+long+] day.");
        check("a b", "a  b", "a[- -][+  +]b");
        check("on the bridge at nine", "by a canal at nine", "[-on the bridge-][+by a canal+] at nine");
        check("a\nb", "c\nd\ne", "[-a-][+c+]\n[-b-][+d+]\n+e");
    }

    #[test]
    fn a_rewritten_text_of_the_longest_size_is_compared_at_once() {
        let long = |word: &str| (0..50_000).map(|at| format!("{word}{at} ")).collect::<String>();
        let (base, version) = (format!("Dear M. {}", long("a")), format!("Dear M. {}", long("b")));
        let lines = compare(&base, &version);
        let sides: Vec<_> = lines[0].spans.iter().map(|span| span.side).collect();
        assert_eq!(sides, [Side::Both, Side::Base, Side::Version, Side::Both]);
    }
}
