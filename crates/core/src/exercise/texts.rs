//! The texts of a definition, by language and key.

use std::collections::BTreeMap;

/// The language every text exists in.
pub const DEFAULT_LANGUAGE: &str = "en";

/// Texts by language and key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts(pub(super) BTreeMap<String, BTreeMap<String, String>>);

impl Texts {
    /// Returns a text in the language, else in English, else the key itself.
    pub fn get<'a>(&'a self, language: &str, key: &'a str) -> &'a str {
        self.find(language, key).or_else(|| self.find(DEFAULT_LANGUAGE, key)).unwrap_or(key)
    }

    /// Returns a text in exactly this language.
    pub fn find(&self, language: &str, key: &str) -> Option<&str> {
        self.0.get(language)?.get(key).map(String::as_str)
    }

    /// Iterates over language, key and text.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.0.iter().flat_map(|(language, texts)| {
            texts.iter().map(move |(key, text)| (language.as_str(), key.as_str(), text.as_str()))
        })
    }
}

/// Iterates over the `{field}` places of a template.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_back_to_english_and_to_its_key() {
        let english = BTreeMap::from([("a".to_owned(), "one".to_owned()), ("b".into(), "two".into())]);
        let german = BTreeMap::from([("a".to_owned(), "eins".to_owned())]);
        let texts = Texts([("en".to_owned(), english), ("de".to_owned(), german)].into());
        let cases = [("de", "a", "eins"), ("de", "b", "two"), ("fr", "a", "one"), ("de", "c", "c")];
        for (language, key, expected) in cases {
            assert_eq!(texts.get(language, key), expected);
        }
        assert_eq!(texts.iter().count(), 3);
    }

    #[test]
    fn places_are_found_and_filled() {
        assert_eq!(places("I felt {feel}, so {ask}."), [Ok("feel"), Ok("ask")]);
        assert_eq!(places("none"), []);
        assert_eq!(places("{a} } {b {c}"), [Ok("a"), Err(4), Err(6), Ok("c")]);
        assert_eq!(fill("I felt {feel}.", |place| place.to_uppercase()), "I felt FEEL.");
    }
}
