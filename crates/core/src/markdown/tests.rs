use std::collections::BTreeSet;

use proptest::collection::{btree_map, btree_set, vec};
use proptest::option;
use proptest::prelude::*;

use super::*;
use crate::answers::{Answer, Answers, Emotion, FieldId, Item, ItemValue, Seconds};
use crate::content::Library;
use crate::entry::{Entry, EntryKind};
use crate::id::{EntryId, PersonId};
use crate::person::PersonName;
use crate::shelf::Asked;
use crate::time::Timestamp;

fn name(id: PersonId) -> Option<PersonName> {
    (id.as_bytes()[0] < 128).then(|| format!("Person \"{}\": é", id.as_bytes()[0]).parse().unwrap())
}

fn entry() -> Entry {
    Entry {
        id: EntryId::from_bytes([0xab; 16]),
        kind: EntryKind::Exercise,
        at: "1660-01-01".parse().unwrap(),
        title: "Lord's day: \"quiet\"".into(),
        text: "First line.\n\n- a list\n".into(),
        tags: ["old".parse().unwrap(), "two words".parse().unwrap()].into(),
        people: [PersonId::from_bytes([1; 16]), PersonId::from_bytes([255; 16])].into(),
        exercise: "trigger-chain@1".parse().ok(),
        answers: [
            ("spark".parse().unwrap(), Answer::Text("No answer.\n<!-- answers -->\nStill none.".into())),
            ("urge".parse().unwrap(), Answer::Choice("reach".into())),
            (
                "feelings".parse().unwrap(),
                Answer::Emotions(vec![Emotion { name: "sad".into(), strength: 3 }]),
            ),
            ("suds".parse().unwrap(), Answer::Scale(60)),
        ]
        .into(),
        import_id: Some([0xcd; 32]),
        created: Timestamp::from_millis(1_795_493_089_123),
        modified: Timestamp::from_millis(i64::MAX),
        trashed: Some(Timestamp::from_millis(0)),
    }
}

const PAGE: &str = r#"---
id: "abababababababababababababababab"
kind: "exercise"
at: "1660-01-01"
title: "Lord's day: \"quiet\""
tags: ["old","two words"]
people: [{"id":"01010101010101010101010101010101","name":"Person \"1\": é"},{"id":"ffffffffffffffffffffffffffffffff"}]
exercise: "trigger-chain@1"
answers: {"feelings":{"emotions":[{"name":"sad","strength":3}]},"spark":{"text":"No answer.\n<!-- answers -->\nStill none."},"suds":{"scale":60},"urge":{"choice":"reach"}}
import_id: "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"
created: "2026-11-24T04:04:49.123Z"
modified: 9223372036854775807
trashed: "1970-01-01T00:00:00Z"
---

First line.

- a list


<!-- answers -->

> **What could be seen or heard?**
>
> No answer.
> <!-- answers -->
> Still none.

> **What did you feel, and how strongly?**
>
> sad 3

> **What did you most want to do?**
>
> reach out to them

> **How heavy did it get at its worst?**
>
> 60
"#;

#[test]
fn a_page_reads_well_and_is_read_back() {
    let library = Library::built_in().unwrap();
    let chain = library.get(&"trigger-chain".parse().unwrap()).map(Asked::Exercise);
    assert_eq!(render(&entry(), chain, &name), PAGE);
    let page = parse(PAGE).unwrap();
    assert!(page.entry == entry());
    assert_eq!(page.names.len(), 1);
    assert_eq!(page.names[&PersonId::from_bytes([1; 16])].as_str(), "Person \"1\": é");
}

#[test]
fn answers_are_shown_without_the_exercise_too() {
    let page = render(&entry(), None, &name);
    assert!(page.contains("> **urge**\n>\n> reach\n"));
    assert!(parse(&page).unwrap().entry == entry());
}

#[test]
fn a_file_is_named_by_date_and_id() {
    assert_eq!(file_name(&entry()), "1660-01-01-abababab.md");
    let ancient = Entry { at: "-000044-03-15".parse().unwrap(), ..entry() };
    assert_eq!(file_name(&ancient), "-000044-03-15-abababab.md");
}

#[test]
fn what_another_program_did_to_the_line_breaks_is_forgiven() {
    let page = parse(&format!(
        "\u{feff}{}",
        PAGE.replace("---\n", "---\r\n").replace("\"exercise\"\n", "\"exercise\"\r\n")
    ));
    assert!(page.unwrap().entry == entry());
    let bare = Entry { answers: Answers::new(), text: "words".into(), ..entry() };
    let written = render(&bare, None, &name);
    let trimmed = written.replace("---\n\nwords\n", "---\nwords");
    assert_ne!(trimmed, written);
    assert!(parse(&trimmed).unwrap().entry == bare);
}

#[test]
fn what_is_no_page_is_refused_with_its_line_or_key() {
    let without = |from: &str, to: &str| {
        assert!(PAGE.contains(from), "{from}");
        parse(&PAGE.replacen(from, to, 1)).unwrap_err()
    };
    assert_eq!(parse("# Just Markdown\n"), Err(PageFault::NoFrontMatter));
    assert_eq!(parse(""), Err(PageFault::NoFrontMatter));
    assert_eq!(parse("---\nid: \"x\"\n"), Err(PageFault::NoFrontMatter));
    assert_eq!(without("tags: [", "tags ["), PageFault::Line { line: 6 });
    assert_eq!(without("kind: \"exercise\"", "kind: exercise"), PageFault::Line { line: 3 });
    assert_eq!(without("kind: \"exercise\"", "mood: \"ok\""), PageFault::Key { line: 3, key: "mood".into() });
    assert_eq!(without("kind: \"exercise\"", "id: \"x\""), PageFault::Key { line: 3, key: "id".into() });
    let values = [
        ("id: \"ab", "id: \"", "id"),
        ("kind: \"exercise\"", "kind: \"diary\"", "kind"),
        ("at: \"1660-01-01\"", "at: 1660", "at"),
        ("tags: [\"old\"", "tags: [\"o,d\"", "tags"),
        ("tags: [\"old\",\"two words\"]", "tags: \"old\"", "tags"),
        ("{\"id\":\"ffff", "{\"id\":\"ff", "people"),
        ("{\"choice\":\"reach\"}", "\"reach\"", "answers"),
        ("{\"choice\":\"reach\"}", "{\"choice\":4}", "answers"),
        ("{\"choice\":\"reach\"}", "{\"wish\":\"reach\"}", "answers"),
        ("{\"scale\":60}", "{\"scale\":6.5}", "answers"),
        ("\"urge\":", "\"Urge\":", "answers"),
        ("exercise: \"trigger-chain@1\"", "exercise: \"trigger-chain\"", "exercise"),
        ("import_id: \"cdcd", "import_id: \"cd", "import_id"),
        ("trashed: \"1970", "trashed: \"then 1970", "trashed"),
    ];
    for (from, to, key) in values {
        assert_eq!(without(from, to), PageFault::Value { key }, "{to}");
    }
    assert_eq!(without("created: \"2026-11-24T04:04:49.123Z\"\n", ""), PageFault::Value { key: "created" });
    let long = "x".repeat(crate::limits::PAGE_BYTES_MAX + 1);
    assert_eq!(parse(&long), Err(PageFault::TooLong { bytes: long.len() }));
}

#[test]
fn the_largest_entry_still_fits_a_page() {
    let quotes = "\"".repeat(crate::limits::TEXT_BYTES_MAX);
    let answers = ["a", "b"].map(|id| (id.parse::<FieldId>().unwrap(), Answer::Text(quotes.clone())));
    let large = Entry { answers: answers.into(), text: String::new(), ..entry() };
    assert!(parse(&render(&large, None, &name)).unwrap().entry == large);
}

fn answer() -> impl Strategy<Value = Answer> {
    let seconds = || (0_u32..=2_592_000).prop_map(|seconds| Seconds::new(seconds).unwrap());
    let id = || any::<[u8; 16]>();
    let value = prop_oneof![
        ".{0,20}".prop_map(ItemValue::Text),
        id().prop_map(|id| ItemValue::Person(PersonId::from_bytes(id))),
        id().prop_map(|id| ItemValue::Link(EntryId::from_bytes(id))),
    ];
    let item = (value, option::of(any::<i32>())).prop_map(|(value, weight)| Item { value, weight });
    let emotion = (".{0,10}", any::<i32>()).prop_map(|(name, strength)| Emotion { name, strength });
    prop_oneof![
        body().prop_map(Answer::Text),
        any::<i32>().prop_map(Answer::Scale),
        "[a-z-]{1,8}".prop_map(Answer::Choice),
        vec("[a-z-]{1,8}", 0..3).prop_map(Answer::Multi),
        vec(item, 0..4).prop_map(Answer::List),
        vec(emotion, 0..3).prop_map(Answer::Emotions),
        id().prop_map(|id| Answer::Person(PersonId::from_bytes(id))),
        id().prop_map(|id| Answer::Link(EntryId::from_bytes(id))),
        Just(Answer::DateTime("2026-11-24T21:30:00+01:00[Europe/Berlin]".parse().unwrap())),
        Just(Answer::Date("9999-12-31".parse().unwrap())),
        seconds().prop_map(Answer::Duration),
        seconds().prop_map(Answer::Timer),
        any::<bool>().prop_map(Answer::Bool),
        any::<bool>().prop_map(Answer::Consent),
    ]
}

/// Texts that try to look like the rest of a page.
fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        ".{0,12}",
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("---\n".to_owned()),
        Just("\n---".to_owned()),
        Just("\n<!-- answers -->\n".to_owned()),
        Just("<!-- answers -->".to_owned()),
        Just("> ".to_owned()),
        Just("\u{2028}\u{85}\u{feff}\u{0}".to_owned()),
    ];
    vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn any_entry() -> impl Strategy<Value = Entry> {
    let head = (any::<[u8; 16]>(), 0_usize..5, body(), body());
    let sets = (btree_set("[a-zä: \"]{0,6}[a-z]", 0..4), btree_set(any::<[u8; 16]>(), 0..4));
    let exercise = option::of(Just("thought-check@3"));
    let answers = btree_map("[a-z]{1,6}(@P7D)?", answer(), 0..5);
    let tail = (
        option::of(any::<[u8; 32]>()),
        any::<i64>(),
        -62_000_000_000_000_i64..=250_000_000_000_000,
        any::<Option<i64>>(),
    );
    (head, sets, exercise, answers, tail).prop_map(|(head, (tags, people), exercise, answers, tail)| {
        let tags: BTreeSet<_> = tags.iter().map(|tag| tag.parse().unwrap()).collect();
        Entry {
            id: EntryId::from_bytes(head.0),
            kind: EntryKind::ALL[head.1],
            at: "2026-11-24T21:30:00+01:00[Europe/Berlin]".parse().unwrap(),
            title: head.2,
            text: head.3,
            tags,
            people: people.into_iter().map(PersonId::from_bytes).collect(),
            exercise: exercise.map(|text| text.parse().unwrap()),
            answers: answers.into_iter().map(|(id, answer)| (id.parse().unwrap(), answer)).collect(),
            import_id: tail.0,
            created: Timestamp::from_millis(tail.1),
            modified: Timestamp::from_millis(tail.2),
            trashed: tail.3.map(Timestamp::from_millis),
        }
    })
}

proptest! {
    #[test]
    fn a_page_loses_nothing(entry in any_entry()) {
        let page = render(&entry, None, &name);
        let front = page.split("\n---\n").next().unwrap();
        prop_assert!(!front.contains(['\u{85}', '\u{2028}', '\u{feff}', '\u{0}']), "what YAML cannot print is escaped");
        let read = parse(&page).unwrap();
        prop_assert!(read.entry == entry);
        let named = entry.people.iter().filter_map(|id| Some((*id, name(*id)?))).collect();
        prop_assert!(read.names == named);
    }

    #[test]
    fn no_page_panics(at in 0..PAGE.len(), put in ".{0,6}") {
        let mut page = PAGE.to_owned();
        if page.is_char_boundary(at) {
            page.insert_str(at, &put);
        }
        let _ = parse(&page);
    }
}
