//! A text as a row of sentences with the gaps between them.

use super::signs::{breaks_line, closes, ends, ends_wide, is_space};

/// A sentence and the white space before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit<'a> {
    /// The white space between it and what stands before it.
    pub gap: &'a str,
    /// The sentence, which neither begins nor ends with white space.
    pub sentence: &'a str,
}

/// The sentences of a text. Put together again with their gaps they are the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentences<'a> {
    /// In order.
    pub units: Vec<Unit<'a>>,
    /// The white space at the very end.
    pub tail: &'a str,
}

/// Takes a text apart. A sentence ends before a line break; after a run of signs that end one, with the signs that close
/// something, where white space or the end follows; and after a full-width one whatever follows.
pub fn sentences(text: &str) -> Sentences<'_> {
    let mut units = Vec::new();
    let mut rest = text;
    loop {
        let (gap, after) = rest.split_at(rest.find(|c| !is_space(c)).unwrap_or(rest.len()));
        if after.is_empty() {
            return Sentences { units, tail: gap };
        }
        let (sentence, next) = after.split_at(length(after));
        units.push(Unit { gap, sentence });
        rest = next;
    }
}

/// Whether two texts say the same: sentence by sentence, whatever the white space between.
pub fn alike(one: &str, other: &str) -> bool {
    let words = |text| sentences(text).units.into_iter().map(|unit| unit.sentence);
    words(one).eq(words(other))
}

/// Whether a sentence that stands behind another with this gap is taken apart from it again.
pub(super) fn parts(before: &str, gap: &str, sentence: &str) -> bool {
    let joined = [before, gap, sentence].concat();
    let again = sentences(&joined).units;
    again == [Unit { gap: "", sentence: before }, Unit { gap, sentence }]
}

/// What the run of signs before this place was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    IfSpaceFollows,
    Whatever,
}

/// The length in bytes of the sentence with which a text begins. The text begins with no white space.
fn length(text: &str) -> usize {
    let (mut ended, mut end) = (Ended::No, 0);
    for (at, c) in text.char_indices() {
        if breaks_line(c) || (is_space(c) && ended != Ended::No) {
            return end;
        }
        if is_space(c) {
            continue;
        }
        ended = match ended {
            _ if ends_wide(c) => Ended::Whatever,
            Ended::No if ends(c) => Ended::IfSpaceFollows,
            ended if ends(c) || closes(c) => ended,
            Ended::Whatever => return at,
            _ => Ended::No,
        };
        end = at + c.len_utf8();
    }
    end
}
