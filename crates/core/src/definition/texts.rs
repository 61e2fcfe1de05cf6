//! The texts of a definition, by language and key, and what may stand in one.

use std::collections::BTreeMap;

use super::report::{Place, Report};
use crate::fault::shown;
use crate::limits::LABEL_CHARS_MAX;

/// The language every text exists in.
pub const DEFAULT_LANGUAGE: &str = "en";

/// What is code in formats a text might be pasted into.
const CODE_MARKS: [&str; 7] = ["<script", "javascript:", "${", "{{", "<%", "<?", "`"];

/// Texts by language and key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(BTreeMap<String, BTreeMap<String, String>>);

impl Texts {
    /// Takes texts by key, by language.
    pub(crate) fn new(texts: BTreeMap<String, BTreeMap<String, String>>) -> Self {
        Self(texts)
    }

    /// Adds a text unless there is one under this key.
    pub(crate) fn add(&mut self, language: &str, key: &str, text: &str) {
        let texts = self.0.entry(language.to_owned()).or_default();
        texts.entry(key.to_owned()).or_insert_with(|| text.to_owned());
    }

    /// Returns a text in the language, else in English, else the key itself.
    pub fn get<'a>(&'a self, language: &str, key: &'a str) -> &'a str {
        self.find(language, key).or_else(|| self.find(DEFAULT_LANGUAGE, key)).unwrap_or(key)
    }

    /// Returns a text in exactly this language.
    pub fn find(&self, language: &str, key: &str) -> Option<&str> {
        self.0.get(language)?.get(key).map(String::as_str)
    }

    /// Returns a language that there are texts in, as it is written there, whatever its case.
    pub fn language(&self, asked: &str) -> Option<&str> {
        self.0.keys().map(String::as_str).find(|language| language.eq_ignore_ascii_case(asked))
    }

    /// Iterates over language, key and text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().flat_map(|(language, texts)| {
            texts.iter().map(move |(key, text)| (language.as_str(), key.as_str(), text.as_str()))
        })
    }
}

/// Iterates over the `{…}` places of a template.
///
/// # Errors
/// The byte at which a brace has no partner.
pub(crate) fn places(template: &str) -> Vec<Result<&str, usize>> {
    let mut places = Vec::new();
    let mut rest = template;
    while let Some(brace) = rest.find(['{', '}']) {
        let at = template.len() - rest.len() + brace;
        let inside = &rest[brace + 1..];
        let end = inside.find(['{', '}']).filter(|end| inside[*end..].starts_with('}'));
        match end.filter(|_| rest[brace..].starts_with('{')) {
            Some(end) => {
                places.push(Ok(&inside[..end]));
                rest = &inside[end + 1..];
            }
            None => {
                places.push(Err(at));
                rest = inside;
            }
        }
    }
    places
}

/// Splits the name of a place of a derived sentence: `{id.}` asks for the answer as a sentence of its own.
pub fn wanted(place: &str) -> (&str, bool) {
    place.strip_suffix('.').map_or((place, false), |id| (id, true))
}

/// Makes words a sentence: a capital first and an end. What they have of it stays as it is.
pub fn as_sentence(words: &str) -> String {
    let words = words.trim();
    let mut letters = words.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    let whole: String = first.chain(letters).collect();
    let inside = whole.trim_end_matches(['"', '\'', ')', '”', '’', '»']);
    let is_ended = inside.ends_with(['.', '?', '!', '…', ':', ';', '。', '？', '！']);
    if is_ended || whole.is_empty() { whole } else { format!("{whole}.") }
}

/// Puts values into the places of a template that has none without a partner.
pub(crate) fn fill(template: &str, mut value: impl FnMut(&str) -> String) -> String {
    let mut filled = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, tail)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((place, tail)) = tail.split_once('}') else { break };
        filled.push_str(&value(place));
        rest = tail;
    }
    filled.push_str(rest);
    filled
}

/// Checks that a text can be shown and is only text.
pub(crate) fn check_text(place: &Place, (language, key, text): (&str, &str, &str), report: &mut Report) {
    let named = format!("the text \"{}\" in {}", shown(key), shown(language));
    if text.trim().is_empty() {
        report.add(place, format!("{named} is blank"), "write it or remove the key");
    }
    if text.chars().count() > LABEL_CHARS_MAX {
        report.add(
            place,
            format!("{named} is too long"),
            format!("use at most {LABEL_CHARS_MAX} characters"),
        );
    }
    if text.chars().any(|c| c.is_control() && c != '\n') {
        report.add(place, format!("{named} holds a control character"), "remove it");
    }
    let lower = text.to_lowercase();
    if let Some(mark) = CODE_MARKS.iter().find(|mark| lower.contains(**mark)) {
        report.add(
            place,
            format!("{named} looks like code: {mark}"),
            "write plain words; a definition holds no code",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_a_sentence_and_stay_as_they_are_where_they_are_one() {
        for (words, sentence) in [
            ("you came at ten", "You came at ten."),
            ("Could you call me?", "Could you call me?"),
            ("état des lieux", "État des lieux."),
            ("you said \"never again.\"", "You said \"never again.\""),
            ("遅かった。", "遅かった。"),
            ("7 o'clock ", "7 o'clock."),
            ("", ""),
        ] {
            assert_eq!(as_sentence(words), sentence);
        }
        assert_eq!((wanted("fact."), wanted("fact")), (("fact", true), ("fact", false)));
    }

    #[test]
    fn a_text_falls_back_to_english_and_to_its_key() {
        let texts = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect()
        };
        let english = ("en".to_owned(), texts(&[("a", "one"), ("b", "two")]));
        let texts = Texts::new([english, ("de".to_owned(), texts(&[("a", "eins")]))].into());
        for (language, key, expected) in
            [("de", "a", "eins"), ("de", "b", "two"), ("fr", "a", "one"), ("de", "c", "c")]
        {
            assert_eq!(texts.get(language, key), expected);
        }
        assert_eq!(texts.iter().count(), 3);
        assert_eq!((texts.language("DE"), texts.language("d")), (Some("de"), None));
    }

    #[test]
    fn places_are_found_and_filled() {
        assert_eq!(places("I felt {feel}, so {ask}."), [Ok("feel"), Ok("ask")]);
        assert_eq!(places("none"), []);
        assert_eq!(places("{a} } {b {c}"), [Ok("a"), Err(4), Err(6), Ok("c")]);
        assert_eq!(fill("I felt {feel}.", |place| place.to_uppercase()), "I felt FEEL.");
    }
}
