//! One line of an export.

use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::entry::Entry;
use crate::id::PersonId;
use crate::person::PersonName;

/// The line, in the order its keys are written.
#[derive(Serialize)]
struct Line<'a> {
    date: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    title: &'a str,
    text: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tags: Vec<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    people: Vec<String>,
    id: String,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exercise: Option<Exercise<'a>>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    answers: Map<String, Json>,
}

#[derive(Serialize)]
struct Exercise<'a> {
    id: &'a str,
    version: u32,
}

/// Writes an entry as one line without a line break, its keys always in the same order.
///
/// `name` gives the name of a person; one without a name is written as the id, which an import understands.
pub fn export_line(entry: &Entry, name: &dyn Fn(PersonId) -> Option<PersonName>) -> String {
    let person = |id: &PersonId| name(*id).map_or_else(|| id.to_string(), |name| name.to_string());
    let line = Line {
        date: entry.at.to_string(),
        title: &entry.title,
        text: &entry.text,
        tags: entry.tags.iter().map(crate::entry::Tag::as_str).collect(),
        people: entry.people.iter().map(person).collect(),
        id: entry.id.to_string(),
        kind: entry.kind.as_str(),
        exercise: entry.exercise.as_ref().map(|e| Exercise { id: e.id.as_str(), version: e.version }),
        answers: entry
            .answers
            .iter()
            .map(|(id, answer)| (id.to_string(), answer.to_value().into()))
            .collect(),
    };
    serde_json::to_string(&line).expect("a line of texts, numbers and lists is always JSON")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::answers::{Answer, Answers};
    use crate::entry::EntryKind;
    use crate::exercise::Exercise;
    use crate::id::EntryId;
    use crate::import::ImportLine;
    use crate::time::Timestamp;

    const SLOW_BREATH: &str = include_str!("../../content/exercises/slow-breath.toml");

    fn entry() -> Entry {
        Entry {
            id: EntryId::from_bytes([0xab; 16]),
            kind: EntryKind::Note,
            at: "1660-01-01".parse().unwrap(),
            title: String::new(),
            text: "Blessed \"be\"\n".into(),
            tags: BTreeSet::new(),
            people: BTreeSet::new(),
            exercise: None,
            answers: Answers::new(),
            import_id: None,
            created: Timestamp::default(),
            modified: Timestamp::default(),
            trashed: None,
        }
    }

    fn name(id: PersonId) -> Option<PersonName> {
        (id.as_bytes()[0] < 128).then(|| format!("Person {}", id.as_bytes()[0]).parse().unwrap())
    }

    #[test]
    fn a_line_has_its_keys_in_one_order_and_leaves_out_what_is_empty() {
        let hex = "ab".repeat(16);
        assert_eq!(
            export_line(&entry(), &name),
            format!(r#"{{"date":"1660-01-01","text":"Blessed \"be\"\n","id":"{hex}","kind":"note"}}"#)
        );
        let full = Entry {
            kind: EntryKind::Exercise,
            title: "T".into(),
            tags: ["b".parse().unwrap(), "a".parse().unwrap()].into(),
            people: [PersonId::from_bytes([1; 16]), PersonId::from_bytes([255; 16])].into(),
            exercise: "slow-breath@1".parse().ok(),
            answers: [
                ("suds_before".parse().unwrap(), Answer::Scale(40)),
                ("pattern".parse().unwrap(), Answer::Choice("4-6".into())),
            ]
            .into(),
            ..entry()
        };
        let expected = format!(
            r#"{{"date":"1660-01-01","title":"T","text":"Blessed \"be\"\n","tags":["a","b"],"people":["Person 1","{}"],"id":"{hex}","kind":"exercise","exercise":{{"id":"slow-breath","version":1}},"answers":{{"pattern":"4-6","suds_before":40}}}}"#,
            "ff".repeat(16)
        );
        assert_eq!(export_line(&full, &name), expected);
    }

    proptest! {
        #[test]
        fn an_exported_line_can_be_imported(
            title in "[^\\p{Cc}]{0,40}",
            text in "(.|\n|\t){0,200}",
            tags in proptest::collection::btree_set("[a-zä]{1,8}", 0..4),
            people in proptest::collection::btree_set(any::<[u8; 16]>(), 0..3),
            suds in 0_i32..=100,
        ) {
            let written = Entry {
                title: title.trim().to_owned(),
                text,
                tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
                people: people.into_iter().map(PersonId::from_bytes).collect(),
                kind: EntryKind::Exercise,
                exercise: "slow-breath@1".parse().ok(),
                answers: [("suds_before".parse().unwrap(), Answer::Scale(suds))].into(),
                ..entry()
            };
            let line = export_line(&written, &name);
            prop_assert!(!line.contains('\n'));
            let read = ImportLine::parse(line.as_bytes()).unwrap();
            prop_assert_eq!(read.id, Some(written.id));
            let names: BTreeSet<String> = read.people.iter().map(ToString::to_string).collect();
            let expected = written.people.iter().map(|id| name(*id).map_or(id.to_string(), |n| n.to_string())).collect();
            prop_assert_eq!(names, expected);
            // One exercise, since a whole library for each case would take longer than everything else here.
            let breath = Exercise::load(SLOW_BREATH, None).unwrap();
            let draft = read.draft([0; 32], written.people.clone(), Some(&breath)).unwrap();
            let same = (draft.kind, draft.at, draft.title, draft.text, draft.tags, draft.exercise, draft.answers)
                == (written.kind, written.at, written.title, written.text, written.tags, written.exercise, written.answers);
            prop_assert!(same);
        }
    }
}
