//! A short piece of an entry round the first thing that was found.

use std::fmt;
use std::ops::Range;

use super::Query;
use crate::fold::FoldedMap;
use crate::limits::SNIPPET_CHARS;
use crate::prose::plain;

/// The characters shown before the first hit, so that a reader sees how the sentence begins.
const LEAD_CHARS: usize = 40;

/// A piece of a text and what was found in it. Debug shows its size, never its words.
#[derive(Clone, PartialEq, Eq)]
pub struct Snippet {
    /// About 160 characters of the original on one line, with `…` where it was cut.
    pub text: String,
    /// The parts that were found, as ranges of bytes of `text`, in order and apart from each other.
    pub highlights: Vec<Range<usize>>,
}

impl fmt::Debug for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Snippet({} bytes, {} highlights)", self.text.len(), self.highlights.len())
    }
}

/// Returns the piece of the text, in plain words, round the first word or phrase found, or its beginning when none is in it.
pub fn snippet(text: &str, query: &Query) -> Snippet {
    let text = &*plain(text);
    let hits = hits(text, query);
    let window = window(text, hits.first());
    let mut snippet = Snippet { text: String::new(), highlights: Vec::new() };
    if window.start > 0 {
        snippet.text.push('…');
    }
    let mut position = window.start;
    for hit in hits.iter().filter(|hit| hit.start >= window.start && hit.end <= window.end) {
        push_line(&text[position..hit.start], &mut snippet.text);
        let start = snippet.text.len();
        push_line(&text[hit.clone()], &mut snippet.text);
        snippet.highlights.push(start..snippet.text.len());
        position = hit.end;
    }
    push_line(&text[position..window.end], &mut snippet.text);
    if window.end < text.len() {
        snippet.text.push('…');
    }
    snippet
}

/// Finds every word and phrase in the original, in order, overlapping ones joined.
fn hits(text: &str, query: &Query) -> Vec<Range<usize>> {
    let map = FoldedMap::new(text);
    let found = query.finders().iter().flat_map(|finder| {
        let length = finder.needle().len();
        finder.find_iter(map.folded.as_bytes()).map(move |start| start..start + length)
    });
    let mut hits: Vec<Range<usize>> = found.filter_map(|range| map.origin(&range)).collect();
    hits.sort_by_key(|hit| (hit.start, hit.end));
    hits.dedup_by(|next, kept| {
        let overlaps = next.start < kept.end;
        if overlaps {
            kept.end = kept.end.max(next.end);
        }
        overlaps
    });
    hits
}

/// Chooses the piece to show: it begins a little before the hit, at a word if one begins there.
fn window(text: &str, hit: Option<&Range<usize>>) -> Range<usize> {
    let at = hit.map_or(0, |hit| hit.start);
    let lead = text[..at].char_indices().rev().take(LEAD_CHARS).last().map_or(at, |(start, _)| start);
    let start = if lead == 0 { 0 } else { word_start(text, lead, at) };
    let end =
        text[start..].char_indices().nth(SNIPPET_CHARS).map_or(text.len(), |(length, _)| start + length);
    start..hit.map_or(end, |hit| end.max(hit.end))
}

fn word_start(text: &str, lead: usize, at: usize) -> usize {
    let blank = text[lead..at].find(char::is_whitespace);
    let word =
        blank.and_then(|blank| text[lead + blank..at].find(|c: char| !c.is_whitespace()).map(|w| blank + w));
    word.map_or(lead, |word| lead + word)
}

/// Appends a piece as part of one line: a line break or a tab would break a list of results.
fn push_line(piece: &str, line: &mut String) {
    line.extend(piece.chars().map(|c| if c.is_control() { ' ' } else { c }));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::content::Library;
    use crate::feeling::Feelings;
    use crate::person::ResolveError;
    use crate::search::Meanings;

    fn parse(query: &str) -> Query {
        let (none, nobody) =
            (Library::default(), |_: &str| Err(ResolveError::NotFound { perhaps: Vec::new() }));
        let (feelings, untitled) = (Feelings::of(&none), |_: &str| Ok(None));
        Query::parse(query, Meanings { feelings: &feelings, person: &nobody, exercise: &untitled }).unwrap()
    }

    fn shown(text: &str, query: &str) -> String {
        let query = parse(query);
        let snippet = snippet(text, &query);
        let mut marked = snippet.text.clone();
        for range in snippet.highlights.iter().rev() {
            marked.insert(range.end, ']');
            marked.insert(range.start, '[');
        }
        marked
    }

    #[test]
    fn what_was_found_is_marked_in_the_original() {
        let cases = [
            ("An evening at the Café.", "cafe", "An evening at the [Café]."),
            ("one two one", "one two", "[one] [two] [one]"),
            ("abcdef", "bcd cde", "a[bcde]f"),
            ("first\nsecond\tthird", "\"first second\"", "[first second] third"),
            ("Don’t wait…", "don't", "[Don’t] wait…"),
            ("ﬁne", "in", "[ﬁn]e"),
            ("nothing here", "tag:x", "nothing here"),
            ("nothing here", "absent", "nothing here"),
            ("", "absent", ""),
            ("Straße", "strasse", "[Straße]"),
            ("# A **long** evening\n- [ ] call *Mum*", "long mum", "A [long] evening call [Mum]"),
            ("> so *it* is", "it", "so [it] is"),
        ];
        for (text, query, expected) in cases {
            assert_eq!(shown(text, query), expected, "{query}");
        }
    }

    #[test]
    fn a_long_text_is_cut_round_the_first_hit() {
        let text = format!("{}and then the needle lay there. {}", "hay ".repeat(100), "straw ".repeat(100));
        let marked = shown(&text, "needle");
        assert!(
            marked.starts_with("…hay hay hay hay hay hay and then the [needle] lay there. straw"),
            "{marked}"
        );
        assert!(marked.ends_with('…'));
        assert_eq!(marked.chars().count(), SNIPPET_CHARS + 4);
        let beginning = shown(&text, "absent");
        assert!(beginning.starts_with("hay hay") && beginning.ends_with('…'));
    }

    #[test]
    fn debug_shows_no_word() {
        let snippet = Snippet { text: "secret".into(), highlights: Vec::new() };
        assert_eq!(format!("{snippet:?}"), "Snippet(6 bytes, 0 highlights)");
    }

    proptest! {
        #[test]
        fn highlights_are_whole_characters_in_order(text in "[a-cäé’💚ﬁ\n ]{0,300}", query in "[a-cäé]{1,3}( [a-cé]{1,2})?") {
            let query = parse(&query);
            let snippet = snippet(&text, &query);
            let mut end = 0;
            for range in &snippet.highlights {
                prop_assert!(range.start >= end && range.end > range.start);
                prop_assert!(snippet.text.get(range.clone()).is_some());
                end = range.end;
            }
            prop_assert!(snippet.text.chars().count() <= SNIPPET_CHARS + 4);
            prop_assert!(!snippet.text.contains('\n'));
        }
    }
}
