//! The fictional journal is a journal like any other, and fills every view.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{CAST, Page, pages};
use crate::entry::{Draft, Entry};
use crate::id::{EntryId, PersonId};
use crate::person::Person;
use crate::progress::{Frame, Topic, told};
use crate::sentence::Speaker;
use crate::shelf::Shelf;
use crate::time::{CivilTime, Date, Timestamp};

fn cast() -> [PersonId; CAST.len()] {
    std::array::from_fn(|index| PersonId::from_bytes([index as u8 + 1; 16]))
}

fn today() -> Date {
    "2026-11-24".parse().unwrap()
}

/// The page as an entry, its answers checked as those of a client are.
fn entry(shelf: &Shelf, number: usize, page: &Page) -> Entry {
    let at: CivilTime = page.date.to_string().parse().unwrap();
    let mut draft = Draft::new(page.kind, at);
    draft.text = page.text.clone();
    draft.title = page.title.clone();
    draft.people = page.people.iter().copied().collect();
    if let Some(id) = &page.answers_to {
        let asked = shelf.find(id, None).unwrap();
        draft.exercise = Some(asked.reference());
        draft.answers =
            asked.check_answers(&page.answers).unwrap_or_else(|faults| panic!("{id}: {faults:?}"));
        assert!(asked.is_complete(&draft.answers), "{id}");
        assert_eq!(asked.entry_kind(), page.kind, "{id}");
    }
    draft.validate().unwrap();
    let number = u128::try_from(number).unwrap();
    draft.into_entry(EntryId::from_bytes(number.to_be_bytes()), Timestamp::default())
}

#[test]
fn the_same_seed_gives_the_same_journal_and_another_gives_another() {
    let write = |seed| pages(seed, 6, today(), &cast());
    assert!(write(1) == write(1));
    assert!(write(1) != write(2));
}

#[test]
fn six_months_make_every_view_meaningful() {
    let shelf = Shelf::built_in().unwrap();
    for seed in [1, 2, 3] {
        let pages = pages(seed, 6, today(), &cast());
        let entries: Vec<Entry> =
            pages.iter().enumerate().map(|(number, page)| entry(&shelf, number, page)).collect();
        let people: Vec<Person> = cast()
            .iter()
            .zip(CAST)
            .map(|(id, role)| Person::new(*id, role.name.parse().unwrap(), Timestamp::default()))
            .collect();
        let Shelf { exercises, measures, sayings } = &shelf;
        let frame = Frame { people: &people, exercises, measures, today: today() };
        let name = |id| people.iter().find(|person| person.id == id).map(|person| person.name.to_string());
        let speaker = Speaker { sayings, language: "en", exercises, measures, name: &name };
        for topic in Topic::ALL {
            let told = told(*topic, &frame, &entries, None, &speaker);
            let unknown: Vec<String> = members(&told.data).into_iter().filter(|it| !is_listed(it)).collect();
            assert!(unknown.is_empty(), "{topic}: docs/PROGRESS.md does not know {unknown:?}");
            assert!(told.enough, "seed {seed}, {topic}: {}", told.says);
            assert!(!told.says.is_empty() && !told.says.contains('…'), "{topic}: {}", told.says);
        }
    }
}

/// What clients are told about the members of views.
const LISTED: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/PROGRESS.md"));

fn is_listed(member: &str) -> bool {
    LISTED.contains(&format!("`{member}`"))
}

/// The names of all members, but for those that are the ids of scores.
fn members(data: &Value) -> BTreeSet<String> {
    let by_score = |name: &str| ["scores", "since_first"].contains(&name);
    match data {
        Value::Object(object) => {
            let deeper = object.iter().filter(|(name, _)| !by_score(name)).flat_map(|(_, it)| members(it));
            object.keys().cloned().chain(deeper).collect()
        }
        Value::Array(items) => items.iter().flat_map(members).collect(),
        _ => BTreeSet::new(),
    }
}

#[test]
fn every_name_says_that_it_is_made_up() {
    assert!(CAST.iter().all(|role| role.name.contains("fictional")));
    assert!(pages(1, 1, today(), &cast())[0].text.contains("made up"));
}
