//! What a person changed in a text, as few splices as is quick to find.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// More words than this are compared by lines, more lines as one block: the comparison is quadratic at worst.
const TOKENS_MAX: usize = 4096;

/// Replaces `delete` code points at `at` with `insert`. Positions count code points of the old text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) at: usize,
    pub(super) delete: usize,
    pub(super) insert: String,
}

/// The splices that turn `old` into `new`, in ascending order.
pub(super) fn splices(old: &str, new: &str) -> Vec<Splice> {
    let prefix = whole_words(old, common(old.chars(), new.chars()));
    let (old_rest, new_rest) = (&old[prefix..], &new[prefix..]);
    let suffix = common(old_rest.chars().rev(), new_rest.chars().rev());
    let suffix = whole_words_back(old_rest, suffix);
    let (old_mid, new_mid) = (&old_rest[..old_rest.len() - suffix], &new_rest[..new_rest.len() - suffix]);
    let start = old[..prefix].chars().count();
    for split in [words, lines] {
        let (a, b) = (split(old_mid), split(new_mid));
        if a.len() <= TOKENS_MAX && b.len() <= TOKENS_MAX {
            return by_tokens(start, &a, &b);
        }
    }
    vec![Splice { at: start, delete: old_mid.chars().count(), insert: new_mid.to_owned() }]
}

/// How many bytes two texts have in common from one end.
fn common(a: impl Iterator<Item = char>, b: impl Iterator<Item = char>) -> usize {
    a.zip(b).take_while(|(a, b)| a == b).map(|(a, _)| a.len_utf8()).sum()
}

/// Takes half a word off the end of a common beginning: two words that begin alike are two words, and if the letters of
/// one were kept for the other, somebody who removes the one elsewhere would take them along.
fn whole_words(text: &str, prefix: usize) -> usize {
    if prefix == text.len() {
        return prefix;
    }
    let gap = text[..prefix].char_indices().rev().find(|(_, c)| c.is_whitespace());
    gap.map_or(0, |(at, c)| at + c.len_utf8())
}

/// The same from the other end.
fn whole_words_back(text: &str, suffix: usize) -> usize {
    if suffix == text.len() {
        return suffix;
    }
    let start = text.len() - suffix;
    text[start..].find(char::is_whitespace).map_or(0, |at| suffix - at)
}

fn by_tokens(start: usize, old: &[&str], new: &[&str]) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut at = start;
    for op in capture_diff_slices(Algorithm::Myers, old, new) {
        let delete = count(&old[op.old_range()]);
        if !matches!(op, DiffOp::Equal { .. }) {
            splices.push(Splice { at, delete, insert: new[op.new_range()].concat() });
        }
        at += delete;
    }
    splices
}

fn count(tokens: &[&str]) -> usize {
    tokens.iter().map(|token| token.chars().count()).sum()
}

/// Words and the gaps between them, so that white space can change alone.
fn words(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let gap = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != gap).unwrap_or(rest.len());
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after;
    }
    tokens
}

fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn apply(old: &str, splices: &[Splice]) -> String {
        let mut chars: Vec<char> = old.chars().collect();
        for splice in splices.iter().rev() {
            chars.splice(splice.at..splice.at + splice.delete, splice.insert.chars());
        }
        chars.into_iter().collect()
    }

    #[test]
    fn a_changed_word_touches_nothing_else() {
        let found = splices("I went to the old mill today", "I ran to the new mill today");
        let touched: Vec<_> = found.iter().map(|splice| splice.insert.as_str()).collect();
        assert_eq!(touched, ["ran", "new"]);
    }

    #[test]
    fn a_word_that_begins_or_ends_like_its_neighbour_keeps_its_letters() {
        let found = splices("w1x w12x", "w1x w13x w12x");
        assert_eq!(found, [Splice { at: 4, delete: 0, insert: "w13x ".to_owned() }]);
        let found = splices("see then", "see again then");
        assert_eq!(found, [Splice { at: 4, delete: 0, insert: "again ".to_owned() }]);
    }

    #[test]
    fn a_text_rewritten_as_a_whole_is_still_found() {
        let (old, new) = ("a b ".repeat(20_000), "c d\n".repeat(20_000));
        assert_eq!(apply(&old, &splices(&old, &new)), new);
    }

    proptest! {
        #[test]
        fn splices_lead_from_old_to_new(old in "[ab ñ😀\n]{0,60}", new in "[ab ñ😀\n]{0,60}") {
            prop_assert_eq!(apply(&old, &splices(&old, &new)), new);
        }
    }
}
