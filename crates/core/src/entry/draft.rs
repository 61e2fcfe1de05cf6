//! What a client wants to write.

use std::collections::BTreeSet;
use std::fmt;

use super::{EntryError, EntryKind, Limits, Tag, Words};
use crate::answers::{Answers, ExerciseRef};
use crate::id::PersonId;
use crate::limits::DRAFT_BYTES_MAX;
use crate::time::CivilTime;

/// An entry that does not exist yet: everything the person decides, nothing a device adds.
#[derive(Clone, PartialEq)]
pub struct Draft {
    /// What it will be.
    pub kind: EntryKind,
    /// When it happened.
    pub at: CivilTime,
    /// Its title, perhaps empty.
    pub title: String,
    /// Its text, perhaps empty.
    pub text: String,
    /// Its tags.
    pub tags: BTreeSet<Tag>,
    /// The people it is about.
    pub people: BTreeSet<PersonId>,
    /// The exercise or measure it answers.
    pub exercise: Option<ExerciseRef>,
    /// The answers, already checked against that exercise.
    pub answers: Answers,
    /// The SHA-256 of the imported line it comes from.
    pub import_id: Option<[u8; 32]>,
}

impl Draft {
    /// Makes an entry of it, written and last changed at the same moment.
    #[cfg(test)]
    pub(crate) fn into_entry(self, id: crate::id::EntryId, now: crate::time::Timestamp) -> super::Entry {
        let Self { kind, at, title, text, tags, people, exercise, answers, import_id } = self;
        super::Entry {
            id,
            kind,
            at,
            title,
            text,
            tags,
            people,
            exercise,
            answers,
            import_id,
            created: now,
            modified: now,
            trashed: None,
        }
    }

    /// Begins an empty draft.
    pub fn new(kind: EntryKind, at: CivilTime) -> Self {
        Self {
            kind,
            at,
            title: String::new(),
            text: String::new(),
            tags: BTreeSet::new(),
            people: BTreeSet::new(),
            exercise: None,
            answers: Answers::new(),
            import_id: None,
        }
    }

    /// Tells whether nothing was written, chosen or answered.
    pub fn is_blank(&self) -> bool {
        let no_words = self.title.trim().is_empty() && self.text.trim().is_empty();
        no_words && self.tags.is_empty() && self.people.is_empty() && self.exercise.is_none()
    }

    /// Checks what is still being written against the one limit that it has: how many bytes its words take together. What is too
    /// much for an entry is kept as a draft until it is split.
    ///
    /// # Errors
    /// [`EntryError::DraftTooLarge`].
    pub fn check_unfinished(&self) -> Result<(), EntryError> {
        let tags: usize = self.tags.iter().map(|tag| tag.as_str().len()).sum();
        let bytes = super::words_bytes(&self.title, &self.text, &self.answers).saturating_add(tags);
        if bytes > DRAFT_BYTES_MAX { Err(EntryError::DraftTooLarge { bytes }) } else { Ok(()) }
    }

    /// Checks the draft against every limit.
    ///
    /// # Errors
    /// The first [`EntryError`] found.
    pub fn validate(&self) -> Result<(), EntryError> {
        if self.is_blank() && self.answers.is_empty() && self.import_id.is_none() {
            return Err(EntryError::Blank);
        }
        self.words().check(Limits::WRITTEN)
    }

    /// Checks a draft that was imported against every limit; whether it is blank its line has said.
    ///
    /// # Errors
    /// The first [`EntryError`] found.
    pub fn validate_imported(&self) -> Result<(), EntryError> {
        self.words().check(Limits::WRITTEN)
    }

    /// Checks a draft that an export wrote: whatever was in a journal must be able to come back, and two devices that went up
    /// to a limit apart leave an entry beyond it.
    ///
    /// # Errors
    /// The first [`EntryError`] found.
    pub fn validate_exported(&self) -> Result<(), EntryError> {
        self.words().check(Limits::EXPORTED)
    }

    fn words(&self) -> Words<'_> {
        Words {
            title: &self.title,
            text: &self.text,
            tags: self.tags.len(),
            people: self.people.len(),
            answers: &self.answers,
            has_exercise: self.exercise.is_some(),
        }
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Draft({}, {} bytes)",
            self.kind,
            super::words_bytes(&self.title, &self.text, &self.answers)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answer;
    use crate::limits::{ENTRY_BYTES_MAX, TEXT_BYTES_MAX};

    fn draft(change: impl FnOnce(&mut Draft)) -> Draft {
        let mut draft = Draft::new(EntryKind::Note, "2026-11-24".parse().unwrap());
        change(&mut draft);
        draft
    }

    fn answered(texts: &[usize]) -> Draft {
        draft(|draft| {
            draft.exercise = Some("thought-check@1".parse().unwrap());
            for (index, bytes) in texts.iter().enumerate() {
                draft.answers.insert(format!("t{index}").parse().unwrap(), Answer::Text("x".repeat(*bytes)));
            }
        })
    }

    #[test]
    fn a_draft_with_anything_in_it_can_be_saved() {
        let cases = [
            draft(|d| d.title = "ä".repeat(500)),
            draft(|d| d.text = "line\nline\u{0}".into()),
            draft(|d| d.text = "x".repeat(TEXT_BYTES_MAX)),
            draft(|d| d.tags = ["calm".parse().unwrap()].into()),
            draft(|d| d.people = [PersonId::from_bytes([7; 16])].into()),
            draft(|d| d.import_id = Some([0; 32])),
            answered(&[]),
            answered(&[TEXT_BYTES_MAX, TEXT_BYTES_MAX]),
        ];
        for case in cases {
            assert_eq!(case.validate(), Ok(()), "{case:?}");
        }
    }

    #[test]
    fn a_draft_beyond_a_limit_is_refused() {
        let tags = |count: usize| (0..count).map(|index| format!("t{index}").parse().unwrap()).collect();
        let people = |count: u8| (0..count).map(|index| PersonId::from_bytes([index; 16])).collect();
        let cases = [
            (draft(|_| ()), EntryError::Blank),
            (draft(|d| d.text = " \n ".into()), EntryError::Blank),
            (draft(|d| d.title = "ä".repeat(501)), EntryError::TitleTooLong { chars: 501 }),
            (draft(|d| d.title = "a\nb".into()), EntryError::TitleNotOneLine),
            (
                draft(|d| d.text = "x".repeat(TEXT_BYTES_MAX + 1)),
                EntryError::TextTooLong { bytes: TEXT_BYTES_MAX + 1 },
            ),
            (answered(&[TEXT_BYTES_MAX + 1]), EntryError::TextTooLong { bytes: TEXT_BYTES_MAX + 1 }),
            (
                answered(&[TEXT_BYTES_MAX, TEXT_BYTES_MAX, 1]),
                EntryError::EntryTooLarge { bytes: ENTRY_BYTES_MAX + 1 },
            ),
            (draft(|d| d.tags = tags(65)), EntryError::TooManyTags { count: 65 }),
            (draft(|d| d.people = people(65)), EntryError::TooManyPeople { count: 65 }),
            (answered(&[1; 129]), EntryError::TooManyAnswers { count: 129 }),
            (
                draft(|d| d.answers = [("a".parse().unwrap(), Answer::Bool(true))].into()),
                EntryError::AnswersWithoutExercise,
            ),
        ];
        for (case, expected) in cases {
            assert_eq!(case.validate(), Err(expected));
        }
    }

    #[test]
    fn what_is_being_written_may_be_more_than_an_entry_holds() {
        let cases = [
            (draft(|d| d.text = "x".repeat(TEXT_BYTES_MAX + 1)), Ok(())),
            (draft(|d| d.title = "a\nb".into()), Ok(())),
            (draft(|d| d.text = "x".repeat(DRAFT_BYTES_MAX)), Ok(())),
            (
                draft(|d| (d.title, d.text) = ("x".into(), "x".repeat(DRAFT_BYTES_MAX))),
                Err(EntryError::DraftTooLarge { bytes: DRAFT_BYTES_MAX + 1 }),
            ),
        ];
        for (case, expected) in cases {
            assert_eq!(case.check_unfinished(), expected);
        }
    }

    #[test]
    fn debug_shows_no_word() {
        let shown = format!("{:?}", draft(|d| d.title = "secret".into()));
        assert_eq!(shown, "Draft(note, 6 bytes)");
    }
}
