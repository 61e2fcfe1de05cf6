//! What a person changed in a text, as few splices as is quick to find.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// More words than this are compared by lines, more lines as one block: the comparison is quadratic at worst.
const UNITS_MAX: usize = 4096;

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
        if a.len() <= UNITS_MAX && b.len() <= UNITS_MAX {
            return by_units(start, &a, &b);
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

/// A word and the gap before it. Units are the same if their words are; a gap can change alone.
#[derive(Clone, Copy)]
struct Unit<'a> {
    gap: &'a str,
    word: &'a str,
}

fn by_units(start: usize, old: &[Unit<'_>], new: &[Unit<'_>]) -> Vec<Splice> {
    let words = |units: &[Unit<'_>]| units.iter().map(|unit| unit.word.to_owned()).collect::<Vec<_>>();
    let mut found = Vec::new();
    let mut at = start;
    // Patience holds on to words that occur once: a word that stayed is not taken out and put back, which would undo
    // somebody else's removal of it.
    for op in capture_diff_slices(Algorithm::Patience, &words(old), &words(new)) {
        let (old, new) = (&old[op.old_range()], &new[op.new_range()]);
        if matches!(op, DiffOp::Equal { .. }) {
            for (old, new) in old.iter().zip(new) {
                push(&mut found, &mut at, old.gap, new.gap);
                at += old.word.chars().count();
            }
        } else {
            let (old, new) = (text(old), text(new));
            // A word that takes another's place keeps the gap that was there.
            let gap = gap_of(&old).filter(|gap| gap_of(&new) == Some(gap)).map_or(0, str::len);
            at += old[..gap].chars().count();
            push(&mut found, &mut at, &old[gap..], &new[gap..]);
        }
    }
    found
}

/// Replaces `old` by `new` at `at`, and moves past `old`.
fn push(found: &mut Vec<Splice>, at: &mut usize, old: &str, new: &str) {
    let delete = old.chars().count();
    if old != new {
        found.push(Splice { at: *at, delete, insert: new.to_owned() });
    }
    *at += delete;
}

fn gap_of(text: &str) -> Option<&str> {
    text.find(|c: char| !c.is_whitespace()).map(|end| &text[..end])
}

fn text(units: &[Unit<'_>]) -> String {
    units.iter().flat_map(|unit| [unit.gap, unit.word]).collect()
}

/// The words of a text with their gaps; white space at the end is a gap before an empty word.
fn words(text: &str) -> Vec<Unit<'_>> {
    let mut units = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (gap, after) = rest.split_at(rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len()));
        let (word, after) = after.split_at(after.find(char::is_whitespace).unwrap_or(after.len()));
        units.push(Unit { gap, word });
        rest = after;
    }
    units
}

fn lines(text: &str) -> Vec<Unit<'_>> {
    text.split_inclusive('\n').map(|word| Unit { gap: "", word }).collect()
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
    fn a_word_that_stays_is_not_put_back_when_others_move() {
        let found = splices("one two three ", "two four three ");
        assert!(found.iter().all(|splice| !splice.insert.contains("two")), "{found:?}");
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
