//! What a client wants to change in an entry.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Entry, EntryError, Limits, Tag, Words};
use crate::answers::{Answer, FieldId};
use crate::id::PersonId;
use crate::time::CivilTime;

/// A change to an entry: what is absent stays as it is.
///
/// Tags and people are added and removed one by one, so that two devices which edit apart both keep their changes.
/// Something that is added and removed at once is removed.
#[derive(Clone, Default, PartialEq)]
pub struct Edit {
    /// The new title.
    pub title: Option<String>,
    /// The new text.
    pub text: Option<String>,
    /// The new time.
    pub at: Option<CivilTime>,
    /// Tags to add.
    pub add_tags: BTreeSet<Tag>,
    /// Tags to remove.
    pub remove_tags: BTreeSet<Tag>,
    /// People to add.
    pub add_people: BTreeSet<PersonId>,
    /// People to remove.
    pub remove_people: BTreeSet<PersonId>,
    /// Answers to set; none takes an answer back.
    pub answers: BTreeMap<FieldId, Option<Answer>>,
}

impl Edit {
    /// Tells whether the edit changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Checks what can be checked without the entry.
    ///
    /// # Errors
    /// The first [`EntryError`] found.
    pub fn validate(&self) -> Result<(), EntryError> {
        let limits = Limits::WRITTEN;
        self.title.as_deref().map_or(Ok(()), |title| limits.title(title))?;
        self.text.as_deref().map_or(Ok(()), |text| limits.text(text))?;
        limits.answers(self.answers.values().flatten())?;
        limits.counts(self.add_tags.len(), self.add_people.len(), self.answers.len())
    }

    /// Returns the entry after the edit, leaving its stamps as they are.
    ///
    /// # Errors
    /// The first [`EntryError`] of the edited entry. A limit the entry already exceeds, after two devices added apart, is
    /// reported only when the edit touches what exceeds it or adds to it.
    pub fn applied(&self, entry: &Entry) -> Result<Entry, EntryError> {
        self.validate()?;
        let mut edited = entry.clone();
        edited.title.clone_from(self.title.as_ref().unwrap_or(&entry.title));
        edited.text.clone_from(self.text.as_ref().unwrap_or(&entry.text));
        edited.at.clone_from(self.at.as_ref().unwrap_or(&entry.at));
        edited.tags.extend(self.add_tags.iter().cloned());
        edited.tags.retain(|tag| !self.remove_tags.contains(tag));
        edited.people.extend(self.add_people.iter().copied());
        edited.people.retain(|person| !self.remove_people.contains(person));
        for (field, answer) in &self.answers {
            match answer {
                Some(answer) => edited.answers.insert(field.clone(), answer.clone()),
                None => edited.answers.remove(field),
            };
        }
        match words(&edited).check(Limits::WRITTEN) {
            Err(fault) if !grew(entry, &edited, fault) => Ok(edited),
            checked => checked.map(|()| edited),
        }
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts = [self.title.as_ref(), self.text.as_ref()];
        let answers = self.answers.values().flatten().map(Answer::bytes);
        let bytes = texts.into_iter().flatten().map(String::len).chain(answers).sum::<usize>();
        write!(f, "Edit({bytes} bytes)")
    }
}

fn words(entry: &Entry) -> Words<'_> {
    Words {
        title: &entry.title,
        text: &entry.text,
        tags: entry.tags.len(),
        people: entry.people.len(),
        answers: &entry.answers,
        has_exercise: entry.exercise.is_some(),
    }
}

/// Tells whether the edit is to blame: an entry that two devices made too large together must still be editable,
/// or nobody could ever make it smaller.
fn grew(before: &Entry, after: &Entry, fault: EntryError) -> bool {
    match fault {
        EntryError::TooManyTags { .. } => after.tags.len() > before.tags.len(),
        EntryError::TooManyPeople { .. } => after.people.len() > before.people.len(),
        EntryError::TooManyAnswers { .. } => after.answers.len() > before.answers.len(),
        EntryError::TitleTooLong { .. } | EntryError::TitleNotOneLine => after.title != before.title,
        EntryError::AnswersWithoutExercise => after.answers != before.answers,
        EntryError::TextTooLong { .. }
        | EntryError::EntryTooLarge { .. }
        | EntryError::DraftTooLarge { .. } => after.words_bytes() > before.words_bytes(),
        EntryError::Blank => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::Answers;
    use crate::entry::EntryKind;
    use crate::id::EntryId;
    use crate::limits::TEXT_BYTES_MAX;
    use crate::time::Timestamp;

    fn entry() -> Entry {
        Entry {
            id: EntryId::from_bytes([1; 16]),
            kind: EntryKind::Note,
            at: "2026-11-24".parse().unwrap(),
            title: "old".into(),
            text: "old text".into(),
            tags: tags(&["a", "b"]),
            people: [person(1)].into(),
            exercise: None,
            answers: Answers::new(),
            import_id: Some([3; 32]),
            created: Timestamp::from_millis(1),
            modified: Timestamp::from_millis(2),
            trashed: None,
        }
    }

    fn tags(names: &[&str]) -> BTreeSet<Tag> {
        names.iter().map(|name| name.parse().unwrap()).collect()
    }

    fn person(byte: u8) -> PersonId {
        PersonId::from_bytes([byte; 16])
    }

    #[test]
    fn an_empty_edit_changes_nothing() {
        assert!(Edit::default().is_empty());
        assert!(Edit::default().applied(&entry()).unwrap() == entry());
    }

    #[test]
    fn an_edit_changes_only_what_it_names() {
        let edit = Edit {
            title: Some("new".into()),
            at: Some("1660-01-01".parse().unwrap()),
            add_tags: tags(&["c", "d"]),
            remove_tags: tags(&["a", "d", "never there"]),
            add_people: [person(2)].into(),
            remove_people: [person(1)].into(),
            ..Edit::default()
        };
        let edited = edit.applied(&entry()).unwrap();
        let expected = Entry {
            title: "new".into(),
            at: "1660-01-01".parse().unwrap(),
            tags: tags(&["b", "c"]),
            people: [person(2)].into(),
            ..entry()
        };
        assert!(!edit.is_empty());
        assert!(edited == expected);
    }

    #[test]
    fn an_answer_is_set_or_taken_back() {
        let field = |id: &str| id.parse::<FieldId>().unwrap();
        let answered = Entry {
            exercise: Some("slow-breath@1".parse().unwrap()),
            answers: [(field("a"), Answer::Scale(1)), (field("b"), Answer::Scale(2))].into(),
            ..entry()
        };
        let edit = Edit {
            answers: [(field("a"), None), (field("c"), Some(Answer::Bool(true)))].into(),
            ..Edit::default()
        };
        let expected: Answers = [(field("b"), Answer::Scale(2)), (field("c"), Answer::Bool(true))].into();
        assert!(edit.applied(&answered).unwrap().answers == expected);
        assert_eq!(edit.applied(&entry()).unwrap_err(), EntryError::AnswersWithoutExercise);
    }

    #[test]
    fn an_edit_beyond_a_limit_is_refused() {
        let many: BTreeSet<Tag> = (0..63).map(|index| format!("t{index}").parse().unwrap()).collect();
        let long = "x".repeat(TEXT_BYTES_MAX + 1);
        let cases = [
            (Edit { title: Some("a\tb".into()), ..Edit::default() }, EntryError::TitleNotOneLine),
            (
                Edit { title: Some("x".repeat(501)), ..Edit::default() },
                EntryError::TitleTooLong { chars: 501 },
            ),
            (
                Edit { text: Some(long.clone()), ..Edit::default() },
                EntryError::TextTooLong { bytes: long.len() },
            ),
            (Edit { add_tags: many, ..Edit::default() }, EntryError::TooManyTags { count: 65 }),
        ];
        for (edit, expected) in cases {
            assert_eq!(edit.applied(&entry()).unwrap_err(), expected, "{edit:?}");
        }
    }

    #[test]
    fn an_entry_two_devices_made_too_large_can_be_made_smaller() {
        let large =
            Entry { tags: (0..80).map(|index| format!("t{index}").parse().unwrap()).collect(), ..entry() };
        let fewer = Edit { remove_tags: tags(&["t0"]), ..Edit::default() };
        assert_eq!(fewer.applied(&large).unwrap().tags.len(), 79);
        let more = Edit { add_tags: tags(&["new"]), ..Edit::default() };
        assert_eq!(more.applied(&large).unwrap_err(), EntryError::TooManyTags { count: 81 });
    }

    #[test]
    fn debug_shows_no_word() {
        let edit = Edit { title: Some("secret".into()), ..Edit::default() };
        assert_eq!(format!("{edit:?}"), "Edit(6 bytes)");
    }
}
