use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::answers::{Answer, Answers, Emotion, Item, ItemValue};
use crate::entry::EntryKind;
use crate::id::EntryId;
use crate::import::{DefinitionLine, EntryLine, Line as Told, MetSide, PersonLine, Read, Says};
use crate::person::{Circle, Gift, Relation, Safe};

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
        created: Timestamp::from_millis(1_500),
        modified: Timestamp::from_millis(2_000),
        trashed: None,
    }
}

/// Everybody has a name but those whose id begins with 200 and more.
fn name(id: PersonId) -> Option<PersonName> {
    (id.as_bytes()[0] < 200).then(|| format!("Person {}", id.as_bytes()[0] / 2).parse().unwrap())
}

fn read_entry(line: &str) -> EntryLine {
    let read = Read::parse(line.as_bytes()).unwrap();
    assert!(read.unused.is_empty(), "an export uses every key: {:?}", read.unused);
    match read.line {
        Told::Entry(line) => *line,
        _ => panic!("it is an entry"),
    }
}

/// The entry that a line becomes in an empty journal.
fn again(line: &str) -> (Entry, Rest) {
    let read = read_entry(line);
    let (id, exact) = (read.id.unwrap(), read.exact.clone().unwrap());
    let people = exact.people.iter().map(|(id, _)| *id).collect();
    let draft = read.draft([9; 32], people, None).unwrap();
    let entry = Entry {
        created: exact.created,
        modified: exact.modified,
        trashed: exact.trashed,
        ..draft.into_entry(id, Timestamp::default())
    };
    (entry, exact.rest)
}

#[test]
fn a_line_has_its_keys_in_one_order_and_leaves_out_what_is_empty() {
    let hex = "ab".repeat(16);
    let times = r#""created":"1970-01-01T00:00:01.5Z","modified":"1970-01-01T00:00:02Z""#;
    assert_eq!(
        export_line(&entry(), &Rest::default(), &name),
        format!(r#"{{"date":"1660-01-01","text":"Blessed \"be\"\n","id":"{hex}","kind":"note",{times}}}"#)
    );
    let full = Entry {
        kind: EntryKind::Exercise,
        title: "T".into(),
        tags: ["b".parse().unwrap(), "a".parse().unwrap()].into(),
        people: [PersonId::from_bytes([2; 16]), PersonId::from_bytes([255; 16])].into(),
        exercise: "slow-breath@1".parse().ok(),
        answers: [
            ("suds_before".parse().unwrap(), Answer::Scale(40)),
            ("pattern".parse().unwrap(), Answer::Choice("4-6".into())),
            ("words".parse().unwrap(), Answer::Text("w".into())),
        ]
        .into(),
        import_id: Some([0xcd; 32]),
        trashed: Some(Timestamp::from_millis(3_000)),
        ..entry()
    };
    let rest = Rest {
        open: ["note".parse().unwrap()].into(),
        unread: [("later".to_owned(), "poem  {\"a\":1}".to_owned())].into(),
        met: None,
    };
    let expected = format!(
        r#"{{"date":"1660-01-01","title":"T","text":"Blessed \"be\"\n","tags":["a","b"],"people":["Person 1"],"people_ids":["{}"],"id":"{hex}","kind":"exercise","exercise":{{"id":"slow-breath","version":1}},"answers":{{"later":{{"a":1}},"pattern":"4-6","suds_before":40,"words":"w"}},"types":{{"later":"poem","pattern":"choice","suds_before":"scale"}},"open":["note"],"import_id":"{}",{times},"trashed":"1970-01-01T00:00:03Z"}}"#,
        "02".repeat(16),
        "cd".repeat(32),
    );
    assert_eq!(export_line(&full, &rest, &name), expected);
    let (entry, rest) = again(&expected);
    assert_eq!(export_line(&entry, &rest, &name), expected);
}

#[test]
fn the_first_line_says_what_it_is_and_how_much_follows() {
    for (forgotten, said) in [(0, ""), (4, r#""forgotten":4,"#)] {
        let header = Header { people: 1, forgotten, definitions: 2, entries: 3 };
        let line = header_line(&header);
        let expected = format!(r#"{{"haven":{{"schema":1,"people":1,{said}"definitions":2,"entries":3}}}}"#);
        assert_eq!(line, expected);
        assert!(matches!(Read::parse(line.as_bytes()).unwrap().line, Told::Header(read) if read == header));
    }
}

fn read_person(line: &str) -> PersonLine {
    match Read::parse(line.as_bytes()).unwrap() {
        Read { line: Told::Person(line), unused } if unused.is_empty() => *line,
        _ => panic!("it is a person"),
    }
}

#[test]
fn a_person_comes_back_with_all_that_is_said_of_them() {
    let plain = Person::new(PersonId::from_bytes([1; 16]), "Ö".parse().unwrap(), Timestamp::from_millis(7));
    let known = Person {
        relation: Some(Relation::Friend),
        circle: Some(Circle::Inner),
        gives: [Gift::Fun, Gift::Listens].into(),
        safe: Some(Safe::No),
        died: true,
        ..plain.clone()
    };
    for (person, merged) in [(plain, None), (known, Some(PersonId::from_bytes([2; 16])))] {
        let line = person_line(&person, merged);
        assert!(read_person(&line) == PersonLine { person, merged }, "{line}");
    }
}

#[test]
fn of_somebody_forgotten_it_says_that_they_were_and_nothing_else() {
    let forgotten = ForgottenLine { id: PersonId::from_bytes([1; 16]), at: Timestamp::from_millis(1_500) };
    let line = forgotten_line(&forgotten);
    let expected = format!(r#"{{"forgotten":{{"id":"{}","at":"1970-01-01T00:00:01.5Z"}}}}"#, "01".repeat(16));
    assert_eq!(line, expected);
    assert!(!crate::import::is_entry(line.as_bytes()));
    let read = Read::parse(line.as_bytes()).unwrap();
    assert!(read.unused.is_empty() && matches!(read.line, Told::Forgotten(read) if read == forgotten));
}

#[test]
fn a_definition_comes_back_with_its_text_and_what_became_of_it() {
    let reference = "my-own@3".parse().unwrap();
    for (text, removed, gives_way) in
        [("id = \"my-own\"\n", None, true), ("", Some(Timestamp::from_millis(9)), false)]
    {
        let added = Timestamp::from_millis(-8);
        let (defined, of) = (Defined::Measure, &reference);
        let line =
            definition_line(&ExportedDefinition { defined, reference: of, text, added, removed, gives_way });
        assert_eq!(line.contains("gives_way"), gives_way, "{line}");
        let Read { line: Told::Definition(read), unused } = Read::parse(line.as_bytes()).unwrap() else {
            panic!("it is a definition")
        };
        let (reference, text) = (reference.clone(), text.into());
        let expected = DefinitionLine { defined, reference, text, added, removed, gives_way };
        assert!(*read == expected && unused.is_empty(), "{line}");
    }
}

#[test]
fn a_line_of_many_long_sides_is_read_again_though_every_character_is_escaped() {
    let long = "\u{1}".repeat(16 * 1024);
    let says = |number: usize| Says { text: Some(format!("{number}{long}")), ..Says::default() };
    let side = |number| MetSide { modified: Timestamp::from_millis(2_000), says: says(number) };
    let met = Met { base: says(0), sides: (1..=crate::limits::MET_SIDES_MAX).map(side).collect() };
    let entry = Entry { text: format!("1{long}"), ..entry() };
    let rest = Rest { met: Some(met), ..Rest::default() };
    let line = export_line(&entry, &rest, &name);
    assert!(line.len() > 3 * 1024 * 1024, "{}", line.len());
    let (back, kept) = again(&line);
    assert!(back == entry && kept == rest);
    // What each side may have at most, written at its worst, is within what a line may have.
    let most =
        (2 + crate::limits::MET_SIDES_MAX) * crate::limits::JSON_TIMES * crate::limits::ENTRY_BYTES_MAX;
    assert!(most < crate::limits::IMPORT_LINE_BYTES_MAX);
}

fn any_answer() -> impl Strategy<Value = Answer> {
    let id = || any::<[u8; 16]>();
    let item = (".{0,20}", id(), 0..3, proptest::option::of(-5..5)).prop_map(|(text, id, kind, weight)| {
        let value = match kind {
            0 => ItemValue::Text(text),
            1 => ItemValue::Person(PersonId::from_bytes(id)),
            _ => ItemValue::Link(EntryId::from_bytes(id)),
        };
        Item { value, weight }
    });
    prop_oneof![
        "(.|\n){0,40}".prop_map(Answer::Text),
        any::<i32>().prop_filter("whole in JSON", |n| *n != i32::MIN).prop_map(Answer::Scale),
        "[a-z-]{0,8}".prop_map(Answer::Choice),
        proptest::collection::vec("[a-z]{1,4}", 0..3).prop_map(Answer::Multi),
        proptest::collection::vec(item, 0..3).prop_map(Answer::List),
        proptest::collection::vec((".{0,9}", 0..9), 0..3).prop_map(|all| {
            Answer::Emotions(all.into_iter().map(|(name, strength)| Emotion { name, strength }).collect())
        }),
        id().prop_map(|id| Answer::Person(PersonId::from_bytes(id))),
        id().prop_map(|id| Answer::Link(EntryId::from_bytes(id))),
        any::<bool>().prop_map(Answer::Bool),
        any::<bool>().prop_map(Answer::Consent),
        Just(Answer::DateTime("2026-11-24T21:30:00+01:00[Europe/Berlin]".parse().unwrap())),
        Just(Answer::Date("1660-01-01".parse().unwrap())),
        Just(Answer::Duration("1h30m".parse().unwrap())),
        Just(Answer::Timer("0s".parse().unwrap())),
    ]
}

/// Two sides of an entry, of what it says.
fn any_met(entry: &Entry) -> Met {
    let answers = |taken: bool| {
        let stored = |answer: &Answer| Some(answer.to_stored()).filter(|_| !taken);
        entry.answers.iter().map(|(field, answer)| (field.to_string(), stored(answer))).collect()
    };
    let base = Says { title: Some(entry.title.clone()), answers: answers(true), ..Says::default() };
    let one = Says { text: Some(entry.text.clone()), trashed: Some(None), ..base.clone() };
    let trashed = Some(Some(Timestamp::from_millis(3_000)));
    let other = Says { date: Some(entry.at.clone()), answers: answers(false), trashed, ..Says::default() };
    let side = |says| MetSide { modified: Timestamp::from_millis(2_000), says };
    Met { base, sides: [one, other].map(side).into() }
}

fn any_entry() -> impl Strategy<Value = (Entry, Rest)> {
    let words = ("([^\\p{Cc}]){0,40}", "(.|\n|\t){0,200}");
    let sets = (
        proptest::collection::btree_set("[a-zä]{1,8}", 0..4),
        proptest::collection::btree_set(any::<[u8; 16]>(), 0..4),
        proptest::collection::btree_map("[a-z]{1,5}", any_answer(), 0..5),
        proptest::collection::btree_set("[a-z]{6,8}", 0..3),
    );
    let times = (any::<i64>(), any::<i64>(), any::<Option<i64>>(), any::<Option<[u8; 32]>>());
    let unread =
        proptest::collection::btree_map("[a-z]{9}", "(poem|sum) (t|) (\\{\"b\":1,\"a\":[2.5]\\}|7)", 0..2);
    (any::<[u8; 16]>(), words, sets, times, unread).prop_map(|(id, words, sets, times, unread)| {
        let (tags, people, answers, open) = sets;
        let has_answers = !answers.is_empty() || !open.is_empty() || !unread.is_empty();
        let entry = Entry {
            id: EntryId::from_bytes(id),
            kind: if has_answers { EntryKind::Measure } else { EntryKind::Session },
            title: words.0,
            text: words.1,
            tags: tags.iter().map(|tag| tag.parse().unwrap()).collect(),
            people: people.into_iter().map(PersonId::from_bytes).collect(),
            exercise: has_answers.then(|| "nobody-knows@7".parse().unwrap()),
            answers: answers.into_iter().map(|(field, answer)| (field.parse().unwrap(), answer)).collect(),
            created: Timestamp::from_millis(times.0),
            modified: Timestamp::from_millis(times.1),
            trashed: times.2.map(Timestamp::from_millis),
            import_id: times.3,
            ..entry()
        };
        let open = open.iter().map(|field| field.parse().unwrap()).collect();
        let met = times.3.map(|_| any_met(&entry));
        (entry, Rest { open, unread, met })
    })
}

proptest! {
    #[test]
    fn a_line_becomes_the_same_line_again_and_nobody_has_to_know_the_questions((entry, rest) in any_entry()) {
        let line = export_line(&entry, &rest, &name);
        prop_assert!(!line.contains('\n'));
        let (back, kept) = again(&line);
        let once = export_line(&back, &kept, &name);
        // A text without words is no answer, and a time outside the calendar has no name: these settle at the first time.
        let settled = entry.answers.values().all(|answer| *answer != Answer::Text(String::new()));
        let is_named = |time: Timestamp| time.to_string().parse() == Ok(time);
        let named = is_named(entry.created) && is_named(entry.modified) && entry.trashed.is_none_or(is_named);
        if settled && named {
            let known: BTreeSet<_> = entry.people.iter().copied().filter(|id| name(*id).is_some()).collect();
            let expected = Entry { people: known, ..entry };
            prop_assert!(expected == back);
        }
        let (twice, kept) = again(&once);
        prop_assert_eq!(export_line(&twice, &kept, &name), once);
    }
}
