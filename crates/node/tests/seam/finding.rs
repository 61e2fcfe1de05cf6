//! Entries by exercise, by feeling and by day, and a text as a tree, through the client that apps use.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, Filter};
use haven_core::answers::{Value, ValueMap};
use haven_core::entry::EntryKind;
use haven_core::limits::TEXT_BYTES_MAX;
use haven_core::prose::{Block, Prose};

use crate::device::{Device, STRONG, reason};

fn felt(names: &[&str]) -> Value {
    let one = |name: &&str| {
        let emotion = [("name".to_owned(), Value::from(*name)), ("strength".to_owned(), Value::from(3))];
        Value::Map(emotion.into())
    };
    Value::List(names.iter().map(one).collect())
}

/// The answers of an exercise that asks for feelings.
fn named(names: &[&str]) -> Draft {
    let answers: ValueMap =
        [("suds_before".to_owned(), Value::from(30)), ("emotions".to_owned(), felt(names))].into();
    Draft::exercise("name-it".parse().unwrap(), answers)
}

fn on(day: &str, draft: Draft) -> Draft {
    Draft { at: Some(day.parse().unwrap()), ..draft }
}

fn by_feelings(feelings: &[&str]) -> Filter {
    Filter { feelings: feelings.iter().map(|feeling| (*feeling).to_owned()).collect(), ..Filter::default() }
}

fn by_exercise(id: &str) -> Filter {
    Filter { exercise: Some(id.parse().unwrap()), ..Filter::default() }
}

/// A journal with feelings in an exercise, in a check-in and in the trash, a measure, and somebody it is about.
async fn journal() -> Device {
    let device = Device::with_vault().await;
    device.client.add_person("Noor").await.unwrap();
    let add = async |draft| device.client.add(draft).await.unwrap().id.to_string();
    add(on("2026-11-20", named(&["sad", "Wistful"]))).await;
    let about = Draft { people: vec!["Noor".to_owned()], ..named(&["left-out"]) };
    add(on("2026-11-22T09:00", about)).await;
    add(on("2026-11-22T21:00", named(&["sad", "wistful"]))).await;
    let checkin = Draft { kind: Some(EntryKind::Checkin), tags: vec!["Sad".to_owned()], ..Draft::note("") };
    add(on("2026-11-24", checkin)).await;
    add(on("2026-11-25", Draft { tags: vec!["sad".to_owned()], ..Draft::note("sad") })).await;
    let gone = add(on("2026-11-26", named(&["angry", "sad"]))).await;
    device.client.trash(&gone).await.unwrap();
    let phq = "phq-9".parse().unwrap();
    let items = device.client.measure(&phq, None).await.unwrap().items;
    let answers = items.into_iter().map(|item| (item.id, Value::from(0))).collect();
    let at = "2026-11-21".parse().unwrap();
    device.client.answer_measure(&phq, None, answers, Some(&at)).await.unwrap();
    device
}

/// Counts what a filter lets through, in a list and in a search that asks for nothing more.
async fn check(device: &Device, filter: &Filter, query: &str, expected: usize) {
    let listed = device.client.list(filter, 0, None).await.unwrap();
    assert_eq!((listed.items.len(), listed.total as usize), (expected, expected), "{filter:?}");
    let found = device.client.search(query, 0, None).await.unwrap();
    assert_eq!((found.items.len(), found.total as usize), (expected, expected), "{query}");
    let all = "after:0001-01-01";
    let among = device.client.search_among(filter, all, 0, None).await.unwrap();
    assert_eq!(among.total as usize, expected, "{filter:?}");
}

#[tokio::test(start_paused = true)]
async fn entries_are_found_by_the_feelings_they_name_whatever_those_are_called() {
    let device = journal().await;
    for (feelings, query, expected) in [
        (&["sad"][..], "feeling:sad", 3),
        (&["SAD"], "feeling:Sad", 3),
        (&["left-out"], "feeling:left-out", 1),
        (&["Left out"], "feeling:\"left out\"", 1),
        (&["wistful"], "feeling:WISTFUL", 2),
        (&["wistful", "sad"], "feeling:wistful feeling:sad", 2),
        (&["sad", "left-out"], "feeling:sad feeling:left-out", 0),
        (&["angry"], "feeling:angry", 0),
    ] {
        check(&device, &by_feelings(feelings), query, expected).await;
    }
    let trashed = Filter { trashed: true, ..by_feelings(&["angry"]) };
    assert_eq!(device.client.list(&trashed, 0, None).await.unwrap().total, 1);
    assert_eq!(device.client.search_among(&trashed, "feeling:sad", 0, None).await.unwrap().total, 1);
    let too_long = by_feelings(&[&"a".repeat(65)]);
    for unfit in [by_feelings(&[""]), too_long] {
        assert_eq!(reason(device.client.list(&unfit, 0, None).await), Some(Reason::InvalidArgument));
    }
}

#[tokio::test(start_paused = true)]
async fn entries_are_found_by_what_they_answer() {
    let device = journal().await;
    check(&device, &by_exercise("name-it"), "exercise:name-it", 3).await;
    check(&device, &by_exercise("phq-9"), "exercise:phq-9", 1).await;
    check(&device, &by_exercise("thought-check"), "exercise:thought-check", 0).await;
    let about = Filter { people: vec!["Noor".to_owned()], ..by_exercise("name-it") };
    check(&device, &about, "exercise:name-it person:Noor", 1).await;
    let both = Filter { feelings: vec!["sad".to_owned()], ..by_exercise("name-it") };
    check(&device, &both, "exercise:name-it feeling:sad kind:exercise", 2).await;
    let days = Filter { after: Some("2026-11-21".parse().unwrap()), ..both };
    check(&device, &days, "exercise:name-it feeling:sad after:2026-11-21", 1).await;
    let refused = device.client.search("exercise:\"Name it\"", 0, None).await;
    assert_eq!(reason(refused), Some(Reason::InvalidArgument));
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    check(&device, &by_exercise("name-it"), "exercise:name-it", 3).await;
    assert_eq!(reason(device.client.search_among(&days, " ", 0, None).await), Some(Reason::InvalidArgument));
}

#[tokio::test(start_paused = true)]
async fn pages_of_a_filter_hold_each_entry_once_and_tell_the_same_total() {
    let device = journal().await;
    let sad = by_feelings(&["sad"]);
    let whole: Vec<_> =
        device.client.list(&sad, 0, None).await.unwrap().items.iter().map(|entry| entry.id).collect();
    let (mut listed, mut found, mut next) = (Vec::new(), Vec::new(), None::<String>);
    loop {
        let page = device.client.list(&sad, 1, next.as_deref()).await.unwrap();
        let hits = device.client.search_among(&sad, "after:2026-01-01", 1, next.as_deref()).await.unwrap();
        assert_eq!((page.total, hits.total, &page.next), (3, 3, &hits.next));
        listed.extend(page.items.iter().map(|entry| entry.id));
        found.extend(hits.items.iter().map(|hit| hit.entry.id));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    assert_eq!((&listed, &found), (&whole, &whole));
}

#[tokio::test(start_paused = true)]
async fn what_was_meant_is_named_where_nothing_is_found() {
    let device = journal().await;
    let near = async |filter: &Filter, query: &str| {
        let listed = device.client.list(filter, 0, None).await.unwrap();
        let found = device.client.search(query, 0, None).await.unwrap();
        let near = (listed.near_exercises, listed.near_feelings);
        assert_eq!(near, (found.near_exercises, found.near_feelings), "{query}");
        [near.0, near.1].concat()
    };
    assert_eq!(near(&by_exercise("name-itt"), "exercise:name-itt").await, ["name-it"]);
    assert_eq!(near(&by_exercise("phq9"), "exercise:phq9").await, ["phq-9"]);
    assert_eq!(near(&by_feelings(&["lef out"]), "feeling:\"lef out\"").await, ["left out"]);
    assert_eq!(near(&by_feelings(&["wistfull"]), "feeling:wistfull").await, ["wistful"]);
    assert!(near(&by_feelings(&["sad"]), "feeling:sad").await.is_empty(), "it is found");
    assert!(near(&by_feelings(&["safe"]), "feeling:safe").await.is_empty(), "it is meant as it is written");
    assert!(near(&by_exercise("thought-check"), "exercise:thought-check").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn feelings_are_counted_each_once_an_entry_and_not_in_the_trash() {
    let device = journal().await;
    let counted = async || -> Vec<(String, String, u32)> {
        let feelings = device.client.feelings().await.unwrap();
        feelings.into_iter().map(|it| (it.feeling, it.label, it.entries)).collect()
    };
    let told = |feeling: &str, label: &str, entries| (feeling.to_owned(), label.to_owned(), entries);
    let expected = [told("sad", "sad", 3), told("wistful", "wistful", 2), told("left-out", "left out", 1)];
    assert_eq!(counted().await, expected);
    device.client.add(on("2026-11-19", named(&["left out", "left-out"]))).await.unwrap();
    let newest = device.client.add(on("2026-11-27", named(&["WISTFUL"]))).await.unwrap().id.to_string();
    let expected = [told("sad", "sad", 3), told("WISTFUL", "WISTFUL", 3), told("left-out", "left out", 2)];
    assert_eq!(counted().await, expected);
    for (feeling, _, entries) in counted().await {
        let filter = by_feelings(&[&feeling]);
        assert_eq!(device.client.list(&filter, 0, None).await.unwrap().total, entries, "{feeling}");
    }
    device.client.trash(&newest).await.unwrap();
    assert_eq!(counted().await[2], told("wistful", "wistful", 2));
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.feelings().await), Some(Reason::Locked));
}

#[tokio::test(start_paused = true)]
async fn days_with_entries_are_named_in_order_as_they_were_written() {
    let device = journal().await;
    let days = async |after: Option<&str>, before: Option<&str>| -> Vec<String> {
        let day = |text: &str| text.parse().unwrap();
        let days = device.client.days(after.map(day), before.map(day)).await.unwrap();
        days.iter().map(ToString::to_string).collect()
    };
    let all = ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-24", "2026-11-25"];
    assert_eq!(days(None, None).await, all, "the one in the trash has no day");
    assert_eq!(days(Some("2026-11-21"), Some("2026-11-24")).await, all[1..3]);
    assert!(days(Some("2026-12-01"), None).await.is_empty());
    assert!(days(Some("2026-11-24"), Some("2026-11-21")).await.is_empty());
    device.client.add(on("1999-12-31T23:30:00-08:00", Draft::note("far away"))).await.unwrap();
    assert_eq!(days(None, Some("2000-01-01")).await, ["1999-12-31"]);
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.days(None, None).await), Some(Reason::Locked));
}

fn is_quote(prose: &Prose) -> bool {
    matches!(&*prose.blocks, [Block::Quote(_)])
}

#[tokio::test(start_paused = true)]
async fn a_text_is_read_as_a_tree_at_any_version_and_before_it_is_written() {
    let device = Device::with_vault().await;
    let text = "# Tea\n\n[Noor]: *hello*\n<b>and</b>\n\n- [a](https://x.org)";
    let added = device.client.add(Draft::note(text)).await.unwrap();
    let id = added.id.to_string();
    let shown = device.client.render(text).await.unwrap();
    assert!(shown == Prose::read(text) && shown.blocks.len() == 3);
    assert!(device.client.entry_prose(&id, None).await.unwrap() == shown);

    let edit = Edit { text: Some("> quoted".to_owned()), ..Edit::default() };
    device.client.edit(&id, edit, None).await.unwrap();
    assert!(is_quote(&device.client.entry_prose(&id, None).await.unwrap()));
    assert!(device.client.entry_prose(&id, Some(&added.version)).await.unwrap() == shown);
    device.client.trash(&id).await.unwrap();
    assert!(is_quote(&device.client.entry_prose(&id, None).await.unwrap()));

    let longest = "> ".repeat(TEXT_BYTES_MAX / 2);
    assert!(is_quote(&device.client.render(&format!("{}a", &longest[1..])).await.unwrap()));
    assert_eq!(reason(device.client.render(&format!("{longest}a")).await), Some(Reason::TooLarge));
    device.client.lock().await.unwrap();
    assert_eq!(reason(device.client.render("words").await), Some(Reason::Locked));
}
