//! The feelings that entries name, and which of them somebody means by a word: its id, what it is called in any language, or the
//! person's own word.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use thiserror::Error;

use crate::answers::Answer;
use crate::content::Library;
use crate::entry::{Entry, EntryKind, Tag};
use crate::exercise::{Choice, Exercise, Shape};
use crate::fold::fold;
use crate::limits::FEELING_CHARS_MAX;

/// The feelings that exercises offer, with what they are called.
#[derive(Default)]
pub struct Feelings<'a> {
    /// The options, by id, each with an exercise that offers it.
    offered: BTreeMap<&'a str, (&'a Exercise, &'a Choice)>,
    /// Their ids, by all that they are called, folded.
    by_word: BTreeMap<String, &'a str>,
}

/// A feeling that is asked for. Debug shows no word.
#[derive(Clone, PartialEq, Eq)]
pub struct Feeling {
    word: String,
    /// All that it is called, folded.
    spellings: BTreeSet<String>,
}

/// A text that names no feeling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a feeling has 1 to {FEELING_CHARS_MAX} characters")]
pub struct FeelingFault;

/// The feelings that an entry names, in the order named: those of its answers. A check-in that answers no exercise keeps them as
/// its tags.
pub fn named(entry: &Entry) -> impl Iterator<Item = &str> {
    let is_bare = entry.kind == EntryKind::Checkin && entry.exercise.is_none();
    let emotions = entry.answers.values().filter_map(|answer| match answer {
        Answer::Emotions(emotions) => Some(emotions),
        _ => None,
    });
    let answered = emotions.flatten().map(|emotion| emotion.name.as_str());
    answered.chain(entry.tags.iter().filter(move |_| is_bare).map(Tag::as_str))
}

impl<'a> Feelings<'a> {
    /// Gathers what all of the exercises offer, also those that were taken back. Haven's own say first what a feeling is called.
    pub fn of(library: &'a Library) -> Self {
        let (added, own): (Vec<_>, Vec<_>) =
            library.all().partition(|exercise| library.is_custom(&exercise.id));
        let mut feelings = Self::default();
        for exercise in own.into_iter().chain(added) {
            let shapes = exercise.fields.iter().map(|field| &field.shape);
            let options =
                shapes.filter(|shape| matches!(shape, Shape::Emotions { .. })).flat_map(Shape::options);
            options.for_each(|option| {
                feelings.offered.entry(&option.id).or_insert((exercise, option));
            });
        }
        for id in feelings.offered.keys() {
            feelings.by_word.insert(fold(id), id);
        }
        for (id, (exercise, option)) in &feelings.offered {
            let Some(label) = &option.label else { continue };
            for (_, _, text) in exercise.texts.iter().filter(|(_, key, _)| key == label) {
                feelings.by_word.entry(fold(text.trim())).or_insert(id);
            }
        }
        feelings
    }

    /// The feeling that a word means.
    ///
    /// # Errors
    /// [`FeelingFault`] where a word is no name of a feeling: there is none, or it is too long.
    pub fn asked(&self, word: &str) -> Result<Feeling, FeelingFault> {
        let word = word.trim();
        let folded = fold(word);
        if folded.trim().is_empty() || word.chars().count() > FEELING_CHARS_MAX {
            return Err(FeelingFault);
        }
        let spellings = match self.by_word.get(&folded) {
            Some(id) => {
                self.by_word.iter().filter(|(_, known)| *known == id).map(|(word, _)| word.clone()).collect()
            }
            None => [folded].into(),
        };
        Ok(Feeling { word: word.to_owned(), spellings })
    }

    /// The id of the feeling that a word names; none for the person's own.
    pub fn id(&self, word: &str) -> Option<&'a str> {
        self.by_word.get(&fold(word.trim())).copied()
    }

    /// What two words that name one feeling have in common.
    pub fn key(&self, word: &str) -> String {
        self.id(word).map_or_else(|| fold(word.trim()), str::to_owned)
    }

    /// What a feeling is called in the language, else in English; none if nothing offers it.
    pub fn label(&self, id: &str, language: &str) -> Option<&'a str> {
        self.offered.get(id).map(|(exercise, option)| exercise.option_label(option, language))
    }
}

impl Feeling {
    /// The word that it was asked for by.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// Tells whether the entry names it.
    pub fn is_named_in(&self, entry: &Entry) -> bool {
        named(entry).any(|name| self.is_called(name))
    }

    /// Tells whether a word names it.
    pub fn is_called(&self, name: &str) -> bool {
        self.spellings.contains(&fold(name.trim()))
    }
}

impl fmt::Debug for Feeling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Feeling({} spellings)", self.spellings.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Emotion;
    use crate::entry::Draft;
    use crate::id::EntryId;
    use crate::time::Timestamp;

    fn entry(kind: EntryKind, names: &[&str], tags: &[&str]) -> Entry {
        let mut draft = Draft::new(kind, "2026-11-24".parse().unwrap());
        draft.tags = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        let emotions = names.iter().map(|name| Emotion { name: (*name).to_owned(), strength: 3 });
        if !names.is_empty() {
            draft.answers = [("emotions".parse().unwrap(), Answer::Emotions(emotions.collect()))].into();
        }
        draft.into_entry(EntryId::from_bytes([1; 16]), Timestamp::default())
    }

    #[test]
    fn a_feeling_is_found_by_its_id_by_what_it_is_called_and_by_ones_own_word() {
        let library = Library::built_in().unwrap();
        let feelings = Feelings::of(&library);
        for (asked, named, expected) in [
            ("sad", "sad", true),
            ("SAD", "sad", true),
            ("sad", "Sad ", true),
            ("sad", "sadness", false),
            ("left-out", "left-out", true),
            ("left out", "left-out", true),
            ("left-out", "Left out", true),
            (" Left Out ", "left-out", true),
            ("wistful", "Wistful", true),
            ("décalée", "decalee", true),
            ("wistful", "sad", false),
        ] {
            let entry = entry(EntryKind::Exercise, &["calm", named], &[]);
            assert_eq!(feelings.asked(asked).unwrap().is_named_in(&entry), expected, "{asked} in {named}");
        }
        assert_eq!((feelings.id("Left out"), feelings.id("wistful")), (Some("left-out"), None));
        assert_eq!(feelings.label("left-out", "en"), Some("left out"));
        assert_eq!(feelings.label("wistful", "en"), None);
        for word in ["", " ", "\u{301}", &"a".repeat(65)] {
            assert_eq!(feelings.asked(word), Err(FeelingFault), "{word:?}");
        }
    }

    #[test]
    fn a_bare_check_in_names_its_feelings_as_tags_and_nothing_else_does() {
        let of = |kind, names, tags| named(&entry(kind, names, tags)).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(of(EntryKind::Checkin, &[], &["sad"]), ["sad"]);
        assert!(of(EntryKind::Note, &[], &["sad"]).is_empty());
        assert_eq!(of(EntryKind::Exercise, &["calm", "sad"], &["work"]), ["calm", "sad"]);
    }

    #[test]
    fn debug_shows_no_word() {
        let library = Library::default();
        let asked = Feelings::of(&library).asked("secret").unwrap();
        assert_eq!(format!("{asked:?}"), "Feeling(1 spellings)");
    }
}
