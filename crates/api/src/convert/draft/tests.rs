use haven_core::answers::{Answer, Value};
use haven_core::limits::{TEXT_BYTES_MAX, TITLE_CHARS_MAX};

use super::*;
use crate::convert::{edit, filter};

fn person(spec: &str) -> Result<PersonId, ResolveError> {
    match spec {
        "Ali" => Ok(PersonId::from_bytes([2; 16])),
        "Kim" => Err(ResolveError::Ambiguous {
            could_be: vec![PersonId::from_bytes([3; 16]), PersonId::from_bytes([4; 16])],
        }),
        _ => Err(ResolveError::NotFound { perhaps: Vec::new() }),
    }
}

fn read_with<T>(read: impl FnOnce(Lookup<'_>) -> T) -> T {
    let shelf = Shelf::built_in().unwrap();
    let now = "2026-11-24T21:30:00+01:00[Europe/Berlin]".parse().unwrap();
    read(Lookup { now: &now, person: &person, shelf: &shelf })
}

fn written(draft: journal::Draft) -> Result<Draft, ApiError> {
    read_with(|lookup| from_pb(to_pb(draft), lookup))
}

fn belief(version: Option<u32>, number: i32) -> journal::Draft {
    journal::Draft {
        exercise: Some(ExerciseChoice { id: "thought-check".parse().unwrap(), version }),
        answers: [("belief_before".to_owned(), Value::from(number))].into(),
        ..journal::Draft::default()
    }
}

#[test]
fn a_draft_arrives_as_it_was_written() {
    let draft = journal::Draft {
        kind: Some(EntryKind::Checkin),
        at: Some("1660-01-01".parse().unwrap()),
        title: "Title".to_owned(),
        text: "Text".to_owned(),
        tags: vec!["#call".to_owned()],
        people: vec!["Ali".to_owned()],
        ..journal::Draft::default()
    };
    let read = written(draft).unwrap();
    assert_eq!((read.kind, read.at.to_string()), (EntryKind::Checkin, "1660-01-01".to_owned()));
    assert_eq!((&*read.title, &*read.text), ("Title", "Text"));
    assert_eq!(read.tags, [Tag::new("call").unwrap()].into());
    assert_eq!(read.people, [PersonId::from_bytes([2; 16])].into());
}

#[test]
fn what_was_left_open_is_filled_in() {
    let note = written(journal::Draft { kind: None, ..journal::Draft::note("x") }).unwrap();
    assert_eq!((note.kind, note.at.zone()), (EntryKind::Note, Some("Europe/Berlin")));
    for version in [None, Some(1)] {
        let exercise = written(belief(version, 40)).unwrap();
        assert_eq!(exercise.kind, EntryKind::Exercise);
        assert!(exercise.exercise.unwrap().version > 0);
        assert_eq!(exercise.answers, [("belief_before".parse().unwrap(), Answer::Scale(40))].into());
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_reason() {
    let note = || journal::Draft::note("x");
    let cases = [
        (journal::Draft::default(), "INVALID_ARGUMENT"),
        (journal::Draft { title: "x".repeat(TITLE_CHARS_MAX + 1), ..note() }, "TOO_LARGE"),
        (journal::Draft::note("x".repeat(TEXT_BYTES_MAX + 1)), "TOO_LARGE"),
        (journal::Draft { tags: vec!["a,b".to_owned()], ..note() }, "INVALID_ARGUMENT"),
        (journal::Draft { people: vec!["Bo".to_owned()], ..note() }, "NOT_FOUND"),
        (journal::Draft { people: vec!["Kim".to_owned()], ..note() }, "AMBIGUOUS_ID"),
        (belief(Some(99), 40), "NOT_FOUND"),
        (belief(None, 41_000), "INVALID_ARGUMENT"),
        (journal::Draft { exercise: None, ..belief(None, 40) }, "INVALID_ARGUMENT"),
    ];
    for (number, (draft, reason)) in cases.into_iter().enumerate() {
        let error = written(draft).unwrap_err();
        assert_eq!(error.name(), reason, "case {number}");
        assert!(!error.to_string().contains("Bo"), "{error}");
    }
    let error = read_with(|lookup| {
        from_pb(pb::Draft { at: "soon".to_owned(), text: "x".to_owned(), ..pb::Draft::default() }, lookup)
    });
    assert_eq!(error.unwrap_err().name(), "INVALID_ARGUMENT");
}

#[test]
fn answers_that_do_not_fit_are_named_one_by_one() {
    let mut draft = belief(None, 41_000);
    draft.answers.insert("nonsense".to_owned(), Value::from("x"));
    let error = written(draft).unwrap_err();
    let fields: Vec<_> = error.faults.iter().map(|fault| fault.field.as_deref().unwrap()).collect();
    assert_eq!(fields, ["belief_before", "nonsense"]);
}

#[test]
fn an_open_editor_may_hold_nothing_yet() {
    let (draft, people) = read_with(|lookup| unfinished_from_pb(pb::Draft::default(), lookup)).unwrap();
    assert!(draft.is_blank() && people.is_empty());
}

#[test]
fn an_open_editor_may_name_somebody_new() {
    let named = pb::Draft { people: vec!["nobody yet".to_owned()], ..Default::default() };
    let (draft, people) = read_with(|lookup| unfinished_from_pb(named, lookup)).unwrap();
    assert!(draft.people.is_empty());
    assert_eq!(people.into_iter().collect::<Vec<_>>(), ["nobody yet"]);
}

#[test]
fn a_kept_draft_comes_back_and_can_be_sent_again() {
    let mut draft = belief(Some(1), 40);
    draft.people = vec!["Ali".to_owned()];
    let kept = kept_to_pb(&written(draft).unwrap());
    let again = kept_from_pb(kept).unwrap();
    assert_eq!(
        again.exercise,
        Some(ExerciseChoice { id: "thought-check".parse().unwrap(), version: Some(1) })
    );
    assert_eq!(again.people, ["02".repeat(16)]);
    assert_eq!(again.answers, [("belief_before".to_owned(), Value::from(40))].into());
}

#[test]
fn an_edit_arrives_as_it_was_written() {
    let change = journal::Edit {
        text: Some(String::new()),
        at: Some("2026-11-24".parse().unwrap()),
        add_tags: vec!["a".to_owned()],
        remove_tags: vec!["b".to_owned()],
        remove_people: vec!["Ali".to_owned()],
        ..journal::Edit::default()
    };
    let read = edit::from_pb(edit::to_pb(change), &person, None).unwrap();
    assert_eq!((read.title, read.text.as_deref()), (None, Some("")));
    assert_eq!(read.at.unwrap().to_string(), "2026-11-24");
    assert_eq!((read.add_tags.len(), read.remove_tags.len(), read.remove_people.len()), (1, 1, 1));
}

#[test]
fn an_edit_changes_something_that_fits() {
    let one = |edit: journal::Edit| edit::from_pb(edit::to_pb(edit), &person, None).unwrap_err().name();
    assert_eq!(one(journal::Edit::default()), "INVALID_ARGUMENT");
    assert_eq!(
        one(journal::Edit { title: Some("a\nb".to_owned()), ..Default::default() }),
        "INVALID_ARGUMENT"
    );
    assert_eq!(
        one(journal::Edit { text: Some("x".repeat(TEXT_BYTES_MAX + 1)), ..Default::default() }),
        "TOO_LARGE"
    );
    assert_eq!(
        one(journal::Edit { add_people: vec!["Kim".to_owned()], ..Default::default() }),
        "AMBIGUOUS_ID"
    );
    let answers = [("belief_before".to_owned(), Value::Null)];
    assert_eq!(one(journal::Edit { answers: answers.into(), ..Default::default() }), "INVALID_ARGUMENT");
}

#[test]
fn an_answer_is_taken_back_by_nothing() {
    let change =
        journal::Edit { answers: [("belief_before".to_owned(), Value::Null)].into(), ..Default::default() };
    let shelf = Shelf::built_in().unwrap();
    let asked = shelf.find(&"thought-check".parse().unwrap(), None);
    let read = edit::from_pb(edit::to_pb(change), &person, asked).unwrap();
    assert_eq!(read.answers, [("belief_before".parse().unwrap(), None)].into());
}

#[test]
fn a_filter_arrives_as_it_was_written() {
    let wanted = journal::Filter {
        before: Some("2026-12-01".parse().unwrap()),
        after: Some("2026-11-01".parse().unwrap()),
        tags: vec!["#call".to_owned()],
        people: vec!["Ali".to_owned()],
        kind: Some(EntryKind::Note),
        trashed: true,
        met: true,
        exercise: Some("thought-check".parse().unwrap()),
        feelings: vec!["left out".to_owned()],
    };
    let read = filter::from_pb(Some(filter::to_pb(&wanted)), &person).unwrap();
    assert_eq!(
        (read.before, read.after, read.kind, read.trashed, read.met),
        (wanted.before, wanted.after, wanted.kind, true, true)
    );
    assert_eq!((read.tags.len(), read.people.len()), (1, 1));
    assert_eq!((read.exercise, read.feelings), (wanted.exercise, wanted.feelings));
    assert_eq!(filter::from_pb(None, &person), Ok(filter::Wanted::default()));
    let wrong = |wrong| filter::from_pb(Some(wrong), &person).unwrap_err().name();
    let before = pb::EntryFilter { before: "2026-11-24T10:00".to_owned(), ..Default::default() };
    let exercise = pb::EntryFilter { exercise: "Thought check".to_owned(), ..Default::default() };
    assert_eq!((wrong(before), wrong(exercise)), ("INVALID_ARGUMENT", "INVALID_ARGUMENT"));
}
