//! Looking for words in files that must not hold them.

use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::Entry;

/// Shorter words would turn up in random bytes or in a program's own.
const LETTERS_MIN: usize = 9;
/// How many of the diary's words are looked for.
const WORDS: usize = 400;
/// How many bytes of a word are looked up before it is compared whole.
const STEM: usize = 4;

/// Words to look for, by their first letters.
pub(super) struct Words(BTreeMap<[u8; STEM], Vec<String>>);

impl Words {
    /// The diary's most frequent long words that begin with a capital letter (mostly names, which no program says by
    /// itself), and these besides.
    pub(super) fn of(diary: &[Entry], besides: &[&str]) -> Self {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let words = diary.iter().flat_map(|entry| entry.text.split(|c: char| !c.is_ascii_alphabetic()));
        for word in words.filter(|word| word.len() >= LETTERS_MIN && word.starts_with(char::is_uppercase)) {
            *counts.entry(word).or_default() += 1;
        }
        let mut words: Vec<(&str, usize)> = counts.into_iter().collect();
        words.sort_by_key(|(word, count)| (std::cmp::Reverse(*count), *word));
        let chosen = words.iter().take(WORDS).map(|(word, _)| *word).chain(besides.iter().copied());
        let mut stems: BTreeMap<[u8; STEM], Vec<String>> = BTreeMap::new();
        for word in chosen {
            if let Some(stem) = word.as_bytes().first_chunk() {
                stems.entry(*stem).or_default().push(word.to_owned());
            }
        }
        Self(stems)
    }

    /// How many words are looked for.
    pub(super) fn count(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Those that are in the bytes.
    pub(super) fn found_in<'a>(&'a self, bytes: &[u8]) -> BTreeSet<&'a str> {
        let mut found = BTreeSet::new();
        for (at, stem) in bytes.windows(STEM).enumerate() {
            let words = stem.first_chunk().and_then(|stem| self.0.get(stem));
            let here = words.into_iter().flatten().filter(|word| bytes[at..].starts_with(word.as_bytes()));
            found.extend(here.map(String::as_str));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_wherever_they_stand() {
        let entry = |text: &str| Entry { date: String::new(), title: String::new(), text: text.to_owned() };
        let diary = [entry("To Westminster, and Whitehall; Westminster again, with everybody.")];
        let words = Words::of(&diary, &["kept for us"]);
        assert_eq!(words.count(), 3, "names and ours, nothing else");
        let found = words.found_in(b"\0\xffxWestminsterx kept for us, Whitehal");
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["Westminster", "kept for us"]);
        assert!(words.found_in(b"").is_empty());
    }
}
