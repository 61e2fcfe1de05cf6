//! Writing, finding and reading.

use std::collections::BTreeMap;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, Filter};
use haven_core::answers::Value;
use haven_core::comparing::{Line, Part, Span, What};
use haven_core::entry::EntryKind;
use haven_core::limits::{ENTRY_BYTES_MAX, TEXT_BYTES_MAX};

use crate::device::{Device, reason};

fn titled(title: &str) -> Draft {
    Draft { title: title.to_owned(), ..Draft::default() }
}

fn dated(title: &str, at: &str) -> Draft {
    Draft { at: Some(at.parse().unwrap()), ..titled(title) }
}

async fn titles(device: &Device, filter: &Filter) -> Vec<String> {
    let page = device.client.list(filter, 0, None).await.unwrap();
    page.items.into_iter().map(|entry| entry.title).collect()
}

#[tokio::test(start_paused = true)]
async fn what_was_written_is_read_back_at_once() {
    let device = Device::with_vault().await;
    let anna = device.client.add_person("Anna").await.unwrap();
    let draft = Draft {
        tags: vec!["#calm".to_owned(), "evening".to_owned()],
        people: vec!["anna".to_owned()],
        text: "Long talk, and no hurry.".to_owned(),
        ..dated("Talk", "1660-01-01")
    };
    let written = device.client.add(draft).await.unwrap();
    assert!(written.complete);
    let entry = device.client.entry(&written.id.to_string()[..6], None).await.unwrap();
    assert_eq!((entry.summary.title.as_str(), entry.text.as_str()), ("Talk", "Long talk, and no hurry."));
    assert_eq!(entry.summary.at.to_string(), "1660-01-01");
    assert_eq!(entry.summary.tags.iter().map(ToString::to_string).collect::<Vec<_>>(), ["calm", "evening"]);
    assert_eq!((entry.summary.people[0].id, entry.summary.people[0].name.as_str()), (anna.id, "Anna"));
    assert_eq!((entry.summary.kind, entry.version), (EntryKind::Note, written.version));
    let now = device.client.add(titled("now")).await.unwrap();
    let at = device.client.entry(&now.id.to_string(), None).await.unwrap().summary.at.to_string();
    assert!(at.starts_with("2027-01-15T") && at.ends_with("+01:00[Europe/Berlin]"), "{at}");
}

#[tokio::test(start_paused = true)]
async fn an_edit_changes_what_it_names_and_history_keeps_the_rest() {
    let device = Device::with_vault().await;
    let first = device.client.add(Draft { text: "one".to_owned(), ..titled("T") }).await.unwrap();
    let id = first.id.to_string();
    let edit = Edit { text: Some("two".to_owned()), add_tags: vec!["x".to_owned()], ..Edit::default() };
    let second = device.client.edit(&id, edit, None).await.unwrap();
    let entry = device.client.entry(&id, None).await.unwrap();
    assert_eq!((entry.text.as_str(), entry.summary.title.as_str()), ("two", "T"));
    assert_eq!(entry.version, second.version);
    let old = device.client.entry(&id, Some(&first.version)).await.unwrap();
    assert_eq!((old.text.as_str(), old.summary.tags.len()), ("one", 0));
    let versions: Vec<_> = device.client.history(&id).await.unwrap();
    assert_eq!(
        versions.iter().map(|it| it.version.as_str()).collect::<Vec<_>>(),
        [&second.version, &first.version]
    );
    assert_eq!(versions[0].device, "Laptop");
    device.client.restore(&id, &first.version).await.unwrap();
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "one");
    assert_eq!(device.client.history(&id).await.unwrap().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn two_versions_are_compared_part_by_part_and_word_by_word() {
    let device = Device::with_vault().await;
    let client = &device.client;
    let draft = Draft {
        tags: vec!["old".to_owned()],
        text: "She rang at nine.\nShe sounded tired.".to_owned(),
        ..dated("Late", "1660-01-01")
    };
    let first = client.add(draft).await.unwrap();
    let id = first.id.to_string();
    let edit = Edit {
        text: Some("She rang just after nine.\nShe sounded tired.".to_owned()),
        at: Some("1660-01-02".parse().unwrap()),
        add_tags: vec!["new".to_owned()],
        ..Edit::default()
    };
    let second = client.edit(&id, edit, None).await.unwrap();
    let told = |parts: Vec<Part>| -> Vec<(What, Vec<String>)> {
        let span = |it: &Span| format!("{:?}:{}", it.side, it.text);
        let line =
            |it: &Line| format!("{:?}({})", it.side, it.spans.iter().map(span).collect::<Vec<_>>().join("|"));
        parts.into_iter().map(|part| (part.what, part.lines.iter().map(line).collect())).collect()
    };
    let lines = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let compared = client.compare(&id, Some(&first.version), Some(&second.version)).await.unwrap();
    let expected = [
        (What::Time, lines(&["Base(Base:1660-01-01)", "Version(Version:1660-01-02)"])),
        (
            What::Text,
            lines(&[
                "Both(Both:She rang |Base:at|Version:just after|Both: nine.)",
                "Both(Both:She sounded tired.)",
            ]),
        ),
        (What::Tags, lines(&["Version(Version:new)", "Both(Both:old)"])),
    ];
    assert_eq!(told(compared), expected);
    let whole = client.compare(&id, None, Some(&first.version)).await.unwrap();
    let parts: Vec<_> = whole.into_iter().map(|part| part.what).collect();
    assert_eq!(parts, [What::Title, What::Time, What::Text, What::Tags]);
    client.trash(&id).await.unwrap();
    let trashed = client.compare(&id, Some(&second.version), None).await.unwrap();
    assert_eq!(told(trashed), [(What::Trash, lines(&["Version()"]))]);
    let same = client.compare(&id, Some(&second.version), Some(&second.version)).await.unwrap();
    assert_eq!(told(same), []);
    let unknown = client.compare(&id, Some("0123456789"), None).await;
    assert_eq!(reason(unknown), Some(Reason::NotFound));
}

#[tokio::test(start_paused = true)]
async fn the_trash_keeps_and_gives_back() {
    let device = Device::with_vault().await;
    let id = device.note("gone soon").await;
    device.client.trash(&id).await.unwrap();
    device.client.trash(&id).await.unwrap();
    assert!(titles(&device, &Filter::default()).await.is_empty());
    assert!(device.client.search("gone", 0, None).await.unwrap().items.is_empty());
    let trash = Filter { trashed: true, ..Filter::default() };
    let trashed = device.client.list(&trash, 0, None).await.unwrap();
    assert!(trashed.items[0].trashed.is_some() && trashed.total == 1);
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "gone soon");
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    device.client.untrash(&id).await.unwrap();
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn last_is_what_stands_first_in_the_list() {
    let device = Device::with_vault().await;
    assert_eq!(reason(device.client.entry("last", None).await), Some(Reason::NotFound));
    device.client.add(dated("old", "1660-01-01")).await.unwrap();
    let newer = device.client.add(dated("newer", "2020-01-01")).await.unwrap().id;
    device.client.add(dated("older", "1999-01-01")).await.unwrap();
    let title = async || device.client.entry("last", None).await.unwrap().summary.title;
    assert_eq!(title().await, "newer");
    let edit = Edit { text: Some("words".to_owned()), ..Edit::default() };
    let edited = device.client.edit("last", edit, None).await.unwrap();
    assert_eq!(edited.id, newer);
    assert_eq!(device.client.history("last").await.unwrap().len(), 2);
    device.client.restore("last", &edited.version).await.unwrap();

    assert_eq!(reason(device.client.untrash("last").await), Some(Reason::NotFound), "the trash is empty");
    assert_eq!(device.client.trash("last").await.unwrap(), newer);
    assert_eq!(title().await, "older");
    device.host.move_clock(1_000);
    device.client.trash("last").await.unwrap();
    assert_eq!(title().await, "old");
    let title_of = async |id: String| device.client.entry(&id, None).await.unwrap().summary.title;
    let back = device.client.untrash("last").await.unwrap();
    assert_eq!(title_of(back.to_string()).await, "older", "what went there last, whatever it is about");
}

#[tokio::test(start_paused = true)]
async fn a_version_is_named_by_its_beginning() {
    let device = Device::with_vault().await;
    let first = device.client.add(Draft { text: "0".to_owned(), ..titled("T") }).await.unwrap();
    let id = first.id.to_string();
    // More versions than a digit has values: two of them begin alike.
    for number in 1..=17 {
        let edit = Edit { text: Some(number.to_string()), ..Edit::default() };
        device.client.edit(&id, edit, None).await.unwrap();
    }
    let versions: Vec<_> =
        device.client.history(&id).await.unwrap().into_iter().map(|it| it.version).collect();
    let alike = |beginning: &str| versions.iter().filter(|it| it.starts_with(beginning)).count();
    let oldest = versions.last().unwrap();
    let beginning = (1..64).map(|end| &oldest[..end]).find(|it| alike(it) == 1).unwrap();
    let entry = device.client.entry(&id, Some(&beginning.to_uppercase())).await.unwrap();
    assert_eq!((entry.text.as_str(), entry.version.as_str()), ("0", oldest.as_str()));
    device.client.restore(&id, beginning).await.unwrap();
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "0");

    let shared = versions.iter().map(|it| &it[..1]).find(|it| alike(it) > 1).unwrap();
    let error = device.client.restore(&id, shared).await.unwrap_err();
    assert_eq!(error.reason, Reason::AmbiguousId);
    assert!(error.candidates.len() > 1 && error.candidates.iter().all(|it| it.starts_with(shared)));
    assert!(error.next.contains("version"), "{}", error.next);
    assert_eq!(reason(device.client.restore(&id, &"0".repeat(63)).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.entry(&id, Some("first")).await), Some(Reason::InvalidArgument));
    assert_eq!(reason(device.client.restore(&id, "").await), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn tags_are_counted_the_most_used_first() {
    let device = Device::with_vault().await;
    let counts = async || -> Vec<String> {
        let tags = device.client.tags().await.unwrap();
        tags.iter().map(|it| format!("{} {}", it.tag, it.entries)).collect()
    };
    assert!(counts().await.is_empty());
    for tags in [&["walk", "tea"][..], &["tea"], &["calm", "tea"], &["calm"], &["gone"]] {
        let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
        device.client.add(Draft { tags, ..titled("T") }).await.unwrap();
    }
    let gone = Filter { tags: vec!["gone".to_owned()], ..Filter::default() };
    let gone = device.client.list(&gone, 0, None).await.unwrap().items[0].id.to_string();
    device.client.trash(&gone).await.unwrap();
    assert_eq!(counts().await, ["tea 3", "calm 2", "walk 1"]);
}

#[tokio::test(start_paused = true)]
async fn a_list_is_newest_first_filtered_and_goes_on_where_it_ended() {
    let device = Device::with_vault().await;
    device.client.add_person("Anna").await.unwrap();
    for day in 1..=9 {
        let mut draft = dated(&format!("d{day}"), &format!("2020-01-0{day}"));
        draft.tags = if day % 2 == 0 { vec!["even".to_owned()] } else { vec![] };
        draft.people = if day == 3 { vec!["Anna".to_owned()] } else { vec![] };
        draft.kind = (day == 4).then_some(EntryKind::Checkin);
        device.client.add(draft).await.unwrap();
    }
    // Two entries of one moment: a page must not lose or repeat either.
    for _ in 0..2 {
        device.client.add(dated("same", "2020-01-05")).await.unwrap();
    }
    let check =
        async |filter: Filter, expected: &[&str]| assert_eq!(titles(&device, &filter).await, expected);
    let all = ["d9", "d8", "d7", "d6"];
    assert_eq!(titles(&device, &Filter::default()).await[..4], all);
    check(Filter { tags: vec!["even".into()], ..Filter::default() }, &["d8", "d6", "d4", "d2"]).await;
    check(Filter { people: vec!["anna".into()], ..Filter::default() }, &["d3"]).await;
    check(Filter { kind: Some(EntryKind::Checkin), ..Filter::default() }, &["d4"]).await;
    let days =
        Filter { before: "2020-01-04".parse().ok(), after: "2020-01-02".parse().ok(), ..Filter::default() };
    check(days, &["d3", "d2"]).await;
    let (mut seen, mut page) = (Vec::new(), None);
    loop {
        let part = device.client.list(&Filter::default(), 2, page.as_deref()).await.unwrap();
        assert_eq!(part.total, 11);
        seen.extend(part.items.into_iter().map(|entry| entry.id));
        page = part.next;
        if page.is_none() {
            break;
        }
    }
    let whole: Vec<_> = device
        .client
        .list(&Filter::default(), 0, None)
        .await
        .unwrap()
        .items
        .iter()
        .map(|entry| entry.id)
        .collect();
    assert_eq!(seen, whole);
    assert_eq!(
        reason(device.client.list(&Filter::default(), 2, Some("nonsense")).await),
        Some(Reason::InvalidArgument)
    );
}

#[tokio::test(start_paused = true)]
async fn a_search_finds_words_phrases_and_filters() {
    let device = Device::with_vault().await;
    device.client.add_person("Zoë").await.unwrap();
    let with = |title: &str, text: &str, at: &str| Draft { text: text.to_owned(), ..dated(title, at) };
    device.client.add(with("a", "The café was quiet. Westminster after.", "2020-01-01")).await.unwrap();
    let about = Draft {
        people: vec!["zoe".into()],
        tags: vec!["calm".into()],
        ..with("b", "To Westminster, quiet café", "2020-01-02")
    };
    device.client.add(about).await.unwrap();
    for (query, expected) in [
        ("westminster", &["b", "a"][..]),
        ("CAFE quiet", &["b", "a"]),
        ("\"quiet cafe\"", &["b"]),
        ("tag:calm", &["b"]),
        ("person:zoe", &["b"]),
        ("quiet before:2020-01-02", &["a"]),
        ("nowhere", &[]),
    ] {
        assert_eq!(device.found(query).await, expected, "{query}");
    }
    let hit = device.client.search("westminster", 1, None).await.unwrap();
    assert_eq!((hit.total, hit.items.len(), hit.next.is_some()), (2, 1, true));
    let marked: Vec<_> =
        hit.items[0].snippet.iter().filter(|part| part.hit).map(|part| part.text.as_str()).collect();
    assert_eq!(marked, ["Westminster"]);
    for query in ["", "\"", "tag:", "person:nobody", &"x".repeat(2000)] {
        assert_eq!(
            reason(device.client.search(query, 0, None).await),
            Some(Reason::InvalidArgument),
            "{query}"
        );
    }
}

/// Somebody types, and every letter is a search: it's understood, or says what is missing and what to type.
#[tokio::test(start_paused = true)]
async fn a_search_is_read_while_it_is_typed() {
    let device = Device::with_vault().await;
    let mut ids = Vec::new();
    for name in ["Anna Lee", "Annika", "Bo"] {
        ids.push(device.client.add_person(name).await.unwrap().id.to_string());
    }
    let about =
        |title: &str, person: &str| Draft { people: vec![person.to_owned()], ..dated(title, "2026-10-05") };
    device.client.add(about("lee", "Anna Lee")).await.unwrap();
    device.client.add(about("bo", "Bo")).await.unwrap();
    for (query, expected) in [
        ("\"le", &["lee"][..]),
        ("person:b", &["bo"]),
        ("person:\"anna l", &["lee"]),
        ("after:2026-10", &["bo", "lee"]),
        ("after:2026-11", &[]),
        ("before:2026", &[]),
        ("exercise:\"Give it", &[]),
    ] {
        assert_eq!(device.found(query).await, expected, "{query}");
    }
    for (query, why, next) in [
        ("tag:", "there's nothing after tag: yet", "Type a tag right after the colon"),
        ("person:", "there's nothing after person: yet", "Type a name right after the colon"),
        ("person:ann", "2 people could be meant", "Type more of the name."),
        (
            "person:zz",
            "no one in People has a name that starts like that",
            "If the name has several words, put it in quotes.",
        ),
        ("before:20", "that's not a date we can read", "Type a year, a month or a day in numbers"),
        ("kind:x", "there's no such kind of entry", "Type note, check-in"),
        ("exercise:a", "several exercises or questionnaires begin like that", "Type more of its title"),
    ] {
        let error = device.client.search(query, 0, None).await.unwrap_err();
        assert_eq!((error.reason, &*error.why), (Reason::InvalidArgument, why), "{query}");
        assert!(error.next.starts_with(next), "{query}: {}", error.next);
        assert_eq!(reason::<()>(Err(error)), Some(Reason::InvalidArgument));
    }
    let several = device.client.search("person:ann", 0, None).await.unwrap_err();
    let mut meant = several.candidates.to_vec();
    meant.sort();
    ids.truncate(2);
    ids.sort();
    assert_eq!(meant, ids, "by their ids: no name travels in an error");
    let written = device.client.add(about("no", "Annik")).await.unwrap_err();
    assert_eq!(written.reason, Reason::NotFound, "nothing is written on the beginning of a name");
}

#[tokio::test(start_paused = true)]
async fn lists_and_finds_open_in_plain_words_and_the_text_stays_as_typed() {
    let device = Device::with_vault().await;
    let text = "---\n\n# **Rain**, all day\n\n- [ ] call *Mum*\n> she said so";
    let id = device.note(text).await;
    let listed = device.client.list(&Filter::default(), 0, None).await.unwrap().items;
    assert_eq!(listed[0].opening, "Rain, all day …");
    let found = device.client.search("mum", 0, None).await.unwrap().items;
    let parts: Vec<_> = found[0].snippet.iter().map(|part| (part.text.as_str(), part.hit)).collect();
    assert_eq!(parts, [("Rain, all day call ", false), ("Mum", true), (" she said so", false)]);
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, text);
}

#[tokio::test(start_paused = true)]
async fn ids_that_name_nothing_or_several_are_refused() {
    let device = Device::with_vault().await;
    for number in 0..40 {
        device.note(&format!("note {number}")).await;
    }
    let unknown = "f".repeat(32);
    assert_eq!(reason(device.client.entry(&unknown, None).await), Some(Reason::NotFound));
    for id in ["", "xyz", &"0".repeat(33)] {
        assert_eq!(reason(device.client.entry(id, None).await), Some(Reason::InvalidArgument), "{id}");
    }
    let ids = device.client.list(&Filter::default(), 0, None).await.unwrap().items;
    let mut firsts = BTreeMap::new();
    ids.iter().for_each(|entry| *firsts.entry(entry.id.to_string()[..1].to_owned()).or_insert(0) += 1);
    let (shared, _) = firsts.iter().find(|(_, count)| **count > 1).expect("40 ids share first digits");
    let error = device.client.entry(shared, None).await.unwrap_err();
    assert_eq!(error.reason, Reason::AmbiguousId);
    assert!(error.candidates.len() > 1 && error.candidates.iter().all(|id| id.starts_with(shared.as_str())));
    let id = ids[0].id.to_string();
    assert_eq!(reason(device.client.entry(&id, Some(&"0".repeat(64))).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.entry(&id, Some("first")).await), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_is_refused_and_nothing_is_saved() {
    let device = Device::with_vault().await;
    let text = |text: String| Draft { text, ..Draft::default() };
    for (draft, expected) in [
        (Draft::default(), Reason::InvalidArgument),
        (titled("two\nlines"), Reason::InvalidArgument),
        (titled(&"x".repeat(501)), Reason::TooLarge),
        (text("x".repeat(TEXT_BYTES_MAX + 1)), Reason::TooLarge),
        (text("x".repeat(ENTRY_BYTES_MAX + 1)), Reason::TooLarge),
        (text("x".repeat(20_000_000)), Reason::TooLarge),
        (Draft { tags: vec![",".into()], ..titled("t") }, Reason::InvalidArgument),
        (Draft { people: vec!["Nobody".into()], ..titled("t") }, Reason::NotFound),
        (
            Draft { answers: [("a".to_owned(), Value::Bool(true))].into(), ..titled("t") },
            Reason::InvalidArgument,
        ),
    ] {
        let error = device.client.add(draft).await.unwrap_err();
        assert_eq!(error.reason, expected, "{error}");
    }
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    let largest = device.client.add(text("ä".repeat(TEXT_BYTES_MAX / 2))).await.unwrap();
    let read = device.client.entry(&largest.id.to_string(), None).await.unwrap();
    assert_eq!(read.text.len(), TEXT_BYTES_MAX);
}

#[tokio::test(start_paused = true)]
async fn an_exercise_is_read_answered_and_held_against_its_questions() {
    let device = Device::new();
    let exercises = device.client.exercises(None, None).await.unwrap();
    let ids: Vec<_> = exercises.iter().map(|it| it.exercise.id.to_string()).collect();
    for id in ["trigger-chain", "thought-check", "slow-breath"] {
        assert!(ids.iter().any(|other| other == id), "{id}");
    }
    let device = Device::initialised(device).await;
    let id: haven_core::answers::ExerciseId = "thought-check".parse().unwrap();
    let unknown = Draft::exercise(id.clone(), [("no_such".to_owned(), Value::Bool(true))].into());
    let error = device.client.add(unknown).await.unwrap_err();
    assert_eq!((error.reason, error.faults.len()), (Reason::InvalidArgument, 1));
    assert_eq!(error.faults[0].field.as_deref(), Some("no_such"));
    let blank = device
        .client
        .add(Draft { title: "begun".into(), ..Draft::exercise(id, BTreeMap::new()) })
        .await
        .unwrap();
    assert!(!blank.complete);
    let entry = device.client.entry(&blank.id.to_string(), None).await.unwrap();
    assert_eq!(entry.summary.exercise.unwrap().id.to_string(), "thought-check");
    assert_eq!(
        reason(device.client.exercise(&"nothing".parse().unwrap(), None).await),
        Some(Reason::NotFound)
    );
}
