use haven_core::answers::Answer;
use haven_core::id::EntryId;
use haven_core::search::Snippet;

use super::*;

fn name_of(id: PersonId) -> Option<String> {
    match id.as_bytes()[0] {
        1 => Some("Zoe".to_owned()),
        2 => Some("Ali".to_owned()),
        _ => None,
    }
}

fn entry() -> Entry {
    Entry {
        id: EntryId::from_bytes([7; 16]),
        kind: EntryKind::Exercise,
        at: "1660-01-01".parse().unwrap(),
        title: "Title".to_owned(),
        text: "Text".to_owned(),
        tags: ["b", "a"].map(|tag| Tag::new(tag).unwrap()).into(),
        people: [1, 2, 3].map(|byte| PersonId::from_bytes([byte; 16])).into(),
        exercise: Some(ExerciseRef { id: "thought-check".parse().unwrap(), version: 3 }),
        answers: [("belief".parse().unwrap(), Answer::Scale(40))].into(),
        import_id: None,
        created: Timestamp::from_millis(1),
        modified: Timestamp::from_millis(-2),
        trashed: Some(Timestamp::from_millis(3)),
    }
}

#[test]
fn a_client_reads_what_the_device_holds() {
    let held = entry();
    let read = entry_from_pb(entry_to_pb(&held, &"ab+cd", &name_of)).unwrap();
    let summary = &read.summary;
    assert_eq!((summary.id, summary.kind, &summary.at), (held.id, held.kind, &held.at));
    assert_eq!((&summary.title, &read.text, &*read.version), (&held.title, &held.text, "ab+cd"));
    assert_eq!(summary.tags, held.tags.iter().cloned().collect::<Vec<_>>());
    assert_eq!(
        (summary.modified, summary.trashed, read.created),
        (held.modified, held.trashed, held.created)
    );
    assert_eq!((&summary.exercise, &*summary.opening), (&held.exercise, "Text"));
    assert_eq!(read.answers, [("belief".to_owned(), Value::from(40))].into());
}

#[test]
fn people_come_by_name_and_the_forgotten_are_left_out() {
    let read = summary_from_pb(summary_to_pb(&entry(), &name_of)).unwrap();
    let names: Vec<&str> = read.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ali", "Zoe"]);
}

#[test]
fn every_kind_comes_back() {
    for kind in EntryKind::ALL {
        assert_eq!(kind_from_pb(kind_to_pb(kind).into()), Ok(Some(kind)));
    }
    assert_eq!(kind_from_pb(0), Ok(None));
    assert_eq!(kind_from_pb(99).unwrap_err().name(), "INVALID_ARGUMENT");
}

#[test]
fn what_no_device_sends_is_unreadable() {
    let good = || summary_to_pb(&entry(), &name_of);
    let person = pb::PersonRef { id: "?".to_owned(), name: String::new() };
    let cases = [
        pb::EntrySummary { id: "x".to_owned(), ..good() },
        pb::EntrySummary { kind: 0, ..good() },
        pb::EntrySummary { at: "yesterday".to_owned(), ..good() },
        pb::EntrySummary { tags: vec![String::new()], ..good() },
        pb::EntrySummary { people: vec![person], ..good() },
    ];
    for case in cases {
        assert_eq!(summary_from_pb(case).unwrap_err().name(), "UNSUPPORTED");
    }
    assert!(entry_from_pb(pb::Entry::default()).is_err());
}

#[test]
fn a_snippet_is_cut_into_its_pieces() {
    check_snippet("a sad day", Some(2..5), &[("a ", false), ("sad", true), (" day", false)]);
    check_snippet("sad", Some(0..3), &[("sad", true)]);
    check_snippet("no hit", None, &[("no hit", false)]);
    check_snippet("", None, &[]);
}

fn check_snippet(text: &str, highlight: Option<std::ops::Range<usize>>, expected: &[(&str, bool)]) {
    let snippet = Snippet { text: text.to_owned(), highlights: highlight.into_iter().collect() };
    let parts = snippet_to_pb(&snippet);
    let found: Vec<_> = parts.iter().map(|part| (&*part.text, part.hit)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn no_word_of_an_entry_is_shown_by_debug() {
    let read = entry_from_pb(entry_to_pb(&entry(), &"v", &name_of)).unwrap();
    let shown = format!("{read:?} {:?} {:?}", read.summary, entry_to_pb(&entry(), &"v", &name_of));
    for word in ["Title", "Text", "Zoe"] {
        assert!(!shown.contains(word), "{shown}");
    }
}
