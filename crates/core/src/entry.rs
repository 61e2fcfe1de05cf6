//! Entries: what a person wrote, what they want to write, and what they want to change.

mod draft;
mod edit;
mod tag;

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::answers::{Answer, Answers, ExerciseRef};
use crate::id::{EntryId, PersonId};
use crate::label;
use crate::limits::{
    ANSWERS_MAX, DRAFT_BYTES_MAX, ENTRY_BYTES_MAX, EXPORTED_TIMES, OPENING_CHARS_MAX, OPENING_READ_CHARS,
    PEOPLE_MAX, TAGS_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX,
};
use crate::prose::plain;
use crate::time::{CivilTime, Timestamp};

pub use draft::Draft;
pub use edit::Edit;
pub use tag::{Tag, TagError};

/// Tells whether nobody would see anything of a text: it is empty, or holds blanks and characters that only steer others.
pub fn says_nothing(text: &str) -> bool {
    text.chars().all(|c| c.is_whitespace() || c.is_control() || label::is_layout(c) || label::is_joiner(c))
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntryKind {
    /// Free writing.
    Note,
    /// A few feelings and perhaps a line.
    Checkin,
    /// A finished or unfinished exercise.
    Exercise,
    /// An answered measure.
    Measure,
    /// Something from a session with a therapist.
    Session,
}

impl EntryKind {
    /// Every kind, in the order of the vocabulary.
    pub const ALL: [Self; 5] = [Self::Note, Self::Checkin, Self::Exercise, Self::Measure, Self::Session];

    /// Returns the word for the kind, as it is written on disk and by people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Checkin => "checkin",
            Self::Exercise => "exercise",
            Self::Measure => "measure",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for EntryKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not a kind of entry; the kinds are note, checkin, exercise, measure and session")]
pub struct UnknownKind;

impl FromStr for EntryKind {
    type Err = UnknownKind;

    fn from_str(text: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(UnknownKind)
    }
}

/// One entry of the journal, as every device sees it.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Its id, the same on every device.
    pub id: EntryId,
    /// What it is.
    pub kind: EntryKind,
    /// When it happened, as the person says.
    pub at: CivilTime,
    /// Its title, perhaps empty.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// The people it is about.
    pub people: BTreeSet<PersonId>,
    /// The exercise or measure it answers, with the version it was made with.
    pub exercise: Option<ExerciseRef>,
    /// The answers to that exercise.
    pub answers: Answers,
    /// The SHA-256 of the imported line it came from.
    pub import_id: Option<[u8; 32]>,
    /// When a device first wrote it down.
    pub created: Timestamp,
    /// When a device last changed it.
    pub modified: Timestamp,
    /// When it was put into the trash; none while it is in the journal.
    pub trashed: Option<Timestamp>,
}

impl Entry {
    /// The beginning of its first written line, for lists that show an entry without a title.
    pub fn opening(&self) -> String {
        opening(&self.text)
    }

    /// Everybody it names, in its people and in its answers.
    pub fn people_named(&self) -> impl Iterator<Item = PersonId> {
        self.people.iter().copied().chain(self.answers.values().flat_map(Answer::people))
    }

    /// Names everybody by the id that `meant` gives for theirs.
    pub fn rename_people(&mut self, meant: impl Fn(PersonId) -> PersonId) {
        self.people = self.people.iter().map(|id| meant(*id)).collect();
        self.answers.values_mut().for_each(|answer| answer.rename_people(&meant));
    }

    /// Returns the size of all its words together, in bytes.
    pub fn words_bytes(&self) -> usize {
        words_bytes(&self.title, &self.text, &self.answers)
    }
}

/// The beginning of a text's first written line in plain words, with `…` where the text goes on. Only a word that fills it
/// alone is cut.
pub fn opening(text: &str) -> String {
    let text = text.trim();
    // Lists open with a few of a text's first lines; the rest of a long one need not be read for that.
    let end = text.char_indices().nth(OPENING_READ_CHARS).map_or(text.len(), |(at, _)| at);
    let (head, goes_on) = (plain(&text[..end]), end < text.len());
    let text = head.trim();
    let line = text.lines().next().unwrap_or_default().trim_end();
    let end = line.char_indices().nth(OPENING_CHARS_MAX).map_or(line.len(), |(at, _)| at);
    let is_within = line[end..].starts_with(|next: char| !next.is_whitespace());
    let end = line[..end].rfind(char::is_whitespace).filter(|_| is_within).unwrap_or(end);
    let shown = line[..end].trim_end();
    match goes_on || shown.len() < text.len() {
        true if !shown.ends_with('…') => format!("{shown} …"),
        _ => shown.to_owned(),
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {} bytes)", self.id, self.words_bytes())
    }
}

/// Why a draft or an edit cannot be saved. No variant holds a word of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum EntryError {
    /// There is no title, no text, no tag, no person and no answer.
    #[error("there is nothing to save yet; write a title or a text")]
    Blank,
    /// The title is too long.
    #[error("the title has {chars} characters, at most {TITLE_CHARS_MAX}; move the rest into the text")]
    TitleTooLong {
        /// The characters found.
        chars: usize,
    },
    /// The title holds a line break or another control character.
    #[error("a title is one line without control characters; move the rest into the text")]
    TitleNotOneLine,
    /// The text or one answer is too long.
    #[error("one text has {bytes} bytes, at most {TEXT_BYTES_MAX}; split it into two entries")]
    TextTooLong {
        /// The bytes found.
        bytes: usize,
    },
    /// All words together are too long.
    #[error("the entry has {bytes} bytes, at most {ENTRY_BYTES_MAX}; split it into two entries")]
    EntryTooLarge {
        /// The bytes found.
        bytes: usize,
    },
    /// A draft's words together are too long.
    #[error("the draft has {bytes} bytes, at most {DRAFT_BYTES_MAX}; split it into two drafts")]
    DraftTooLarge {
        /// The bytes found.
        bytes: usize,
    },
    /// There are too many tags.
    #[error("the entry has {count} tags, at most {TAGS_MAX}")]
    TooManyTags {
        /// The tags found.
        count: usize,
    },
    /// There are too many people.
    #[error("the entry names {count} people, at most {PEOPLE_MAX}")]
    TooManyPeople {
        /// The people found.
        count: usize,
    },
    /// There are too many answers.
    #[error("the entry has {count} answers, at most {ANSWERS_MAX}")]
    TooManyAnswers {
        /// The answers found.
        count: usize,
    },
    /// There are answers and no exercise that asked.
    #[error("answers need the exercise they belong to")]
    AnswersWithoutExercise,
}

/// What all entries, drafts and edited entries have to keep to.
struct Words<'a> {
    title: &'a str,
    text: &'a str,
    tags: usize,
    people: usize,
    answers: &'a Answers,
    has_exercise: bool,
}

impl Words<'_> {
    fn check(&self, limits: Limits) -> Result<(), EntryError> {
        limits.title(self.title)?;
        limits.text(self.text)?;
        limits.answers(self.answers.values())?;
        limits.counts(self.tags, self.people, self.answers.len())?;
        if !self.answers.is_empty() && !self.has_exercise {
            return Err(EntryError::AnswersWithoutExercise);
        }
        match words_bytes(self.title, self.text, self.answers) {
            bytes if bytes > limits.times * ENTRY_BYTES_MAX => Err(EntryError::EntryTooLarge { bytes }),
            _ => Ok(()),
        }
    }
}

/// The limits of an entry, so many times as large.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    times: usize,
}

impl Limits {
    /// What a person may write.
    pub(crate) const WRITTEN: Self = Self { times: 1 };
    /// What an export may hold.
    pub(crate) const EXPORTED: Self = Self { times: EXPORTED_TIMES };

    pub(crate) fn title(self, title: &str) -> Result<(), EntryError> {
        let chars = title.chars().count();
        if chars > self.times * TITLE_CHARS_MAX {
            return Err(EntryError::TitleTooLong { chars });
        }
        if title.chars().any(char::is_control) { Err(EntryError::TitleNotOneLine) } else { Ok(()) }
    }

    pub(crate) fn text(self, text: &str) -> Result<(), EntryError> {
        match text.len() {
            bytes if bytes > self.times * TEXT_BYTES_MAX => Err(EntryError::TextTooLong { bytes }),
            _ => Ok(()),
        }
    }

    fn answers<'a>(self, mut answers: impl Iterator<Item = &'a Answer>) -> Result<(), EntryError> {
        answers.try_for_each(|answer| answer.words().into_iter().try_for_each(|words| self.text(words)))
    }

    pub(crate) fn counts(self, tags: usize, people: usize, answers: usize) -> Result<(), EntryError> {
        if tags > self.times * TAGS_MAX {
            return Err(EntryError::TooManyTags { count: tags });
        }
        if people > self.times * PEOPLE_MAX {
            return Err(EntryError::TooManyPeople { count: people });
        }
        if answers > self.times * ANSWERS_MAX {
            return Err(EntryError::TooManyAnswers { count: answers });
        }
        Ok(())
    }
}

fn words_bytes(title: &str, text: &str, answers: &Answers) -> usize {
    title.len() + text.len() + answers.values().map(Answer::bytes).sum::<usize>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_word_of_its_own() {
        for kind in EntryKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        for text in ["", "Note", "diary"] {
            assert_eq!(text.parse::<EntryKind>(), Err(UnknownKind));
        }
    }

    fn secret() -> Entry {
        Entry {
            id: EntryId::from_bytes([1; 16]),
            kind: EntryKind::Note,
            at: "2026-11-24".parse().unwrap(),
            title: "secret".into(),
            text: "secret".into(),
            tags: ["secret".parse().unwrap()].into(),
            people: BTreeSet::new(),
            exercise: None,
            answers: Answers::new(),
            import_id: None,
            created: Timestamp::default(),
            modified: Timestamp::default(),
            trashed: None,
        }
    }

    #[test]
    fn an_opening_is_the_beginning_of_the_first_written_line() {
        let opening = |text: &str| Entry { text: text.into(), ..secret() }.opening();
        assert_eq!(opening("\n  \r\n  One line. \nAnother."), "One line. …", "it says that there's more");
        assert_eq!(opening("\n  One line. \n \n"), "One line.");
        assert_eq!(opening("and so …\nmore"), "and so …");
        assert_eq!(opening(" \n"), "");
        assert_eq!(opening("---\n\n# **Rain**, and\nmore"), "Rain, and …", "in plain words");
        assert_eq!(opening("- [ ] call *Mum*"), "call Mum");
        assert_eq!(opening(&"ü ".repeat(100)), format!("{}…", "ü ".repeat(40)));
        let sentence = format!("{}. And more", "a".repeat(79));
        assert_eq!(opening(&sentence), format!("{}. …", "a".repeat(79)));
        let walk = "Long walk by the canal. The heron was on its post again, as if it were paid by the hour.";
        let whole = "Long walk by the canal. The heron was on its post again, as if it were paid by …";
        assert_eq!(opening(walk), whole, "no word is cut");
        assert_eq!(opening(&"a".repeat(90)), format!("{} …", "a".repeat(80)), "unless it's all there is");
    }

    #[test]
    fn debug_shows_the_size_and_no_word() {
        let entry = secret();
        assert_eq!(format!("{entry:?}"), "Entry(01010101010101010101010101010101, 12 bytes)");
    }
}
