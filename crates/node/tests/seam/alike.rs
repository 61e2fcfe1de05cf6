//! Tags and names that look alike, and those that differ in case.

use bytes::Bytes;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, Filter, Import, ImportLine, Imported};

use crate::device::{Device, reason};

/// "café", its é as one character and as two.
const WHOLE: &str = "café";
const APART: &str = "cafe\u{301}";

fn tagged(text: &str, tag: &str) -> Draft {
    Draft { tags: vec![tag.to_owned()], ..Draft::note(text) }
}

async fn import(device: &Device, lines: &[String]) -> Imported {
    let content = |line: &String| Bytes::copy_from_slice(line.as_bytes());
    let lines = (1..).zip(lines).map(|(number, line)| ImportLine { number, content: content(line) });
    let lines: Vec<_> = lines.collect();
    let import = Import { id: [7; 16], lines, dry_run: false, zone: String::new() };
    device.client.import(import, |_| ()).await.unwrap()
}

async fn with_tag(device: &Device, tag: &str) -> usize {
    let filter = Filter { tags: vec![tag.to_owned()], ..Filter::default() };
    device.client.list(&filter, 0, None).await.unwrap().items.len()
}

async fn people(device: &Device) -> Vec<String> {
    device.client.people().await.unwrap().into_iter().map(|person| person.name.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_tag_is_one_however_it_is_spelt() {
    let device = Device::with_vault().await;
    let lines =
        [WHOLE, APART].map(|tag| format!(r#"{{"date":"2021-05-01","text":"{tag}","tags":["{tag}"]}}"#));
    assert_eq!(import(&device, &lines).await.imported, 2);
    let id = device.client.add(tagged("typed", "#cafe\u{301}\u{200b}")).await.unwrap().id.to_string();
    for tag in [WHOLE, APART] {
        assert_eq!(with_tag(&device, tag).await, 3, "{tag}");
        let hits = device.client.search(&format!("tag:{tag}"), 0, None).await.unwrap();
        assert_eq!(hits.total, 3, "{tag}");
    }
    let both = Edit { add_tags: vec![WHOLE.to_owned()], ..Edit::default() };
    device.client.edit(&id, both, None).await.unwrap();
    let tags = device.client.entry(&id, None).await.unwrap().summary.tags;
    assert_eq!(tags.iter().map(ToString::to_string).collect::<Vec<_>>(), [WHOLE]);
    let gone = Edit { remove_tags: vec![APART.to_owned()], ..Edit::default() };
    device.client.edit(&id, gone, None).await.unwrap();
    assert!(device.client.entry(&id, None).await.unwrap().summary.tags.is_empty());
}

#[tokio::test(start_paused = true)]
async fn words_are_found_however_they_are_spelt_and_stay_as_they_were_typed() {
    let device = Device::with_vault().await;
    let text = format!("In the {APART} at noon.");
    let id =
        device.client.add(Draft { title: APART.to_owned(), ..Draft::note(text.clone()) }).await.unwrap().id;
    for query in [WHOLE.to_owned(), APART.to_owned(), format!("\"{WHOLE} at\"")] {
        let hits = device.client.search(&query, 0, None).await.unwrap();
        assert_eq!(hits.total, 1, "{query}");
        let marked: String =
            hits.items[0].snippet.iter().filter(|part| part.hit).map(|part| &*part.text).collect();
        assert!(marked.starts_with(APART), "the accent is marked with its letter: {marked}");
    }
    let entry = device.client.entry(&id.to_string(), None).await.unwrap();
    assert_eq!((entry.text, &*entry.summary.title), (text, APART));
}

#[tokio::test(start_paused = true)]
async fn a_tag_in_another_case_is_another_one_and_is_named_where_nothing_is_found() {
    let device = Device::with_vault().await;
    device.client.add(tagged("a", "calm")).await.unwrap();
    device.client.add(tagged("b", "CALM")).await.unwrap();
    let near = async |tag: &str| {
        let filter = Filter { tags: vec![tag.to_owned()], ..Filter::default() };
        let listed = device.client.list(&filter, 0, None).await.unwrap().near_tags;
        let searched = device.client.search(&format!("tag:{tag}"), 0, None).await.unwrap().near_tags;
        assert_eq!(listed, searched, "{tag}");
        listed
    };
    assert_eq!(near("Calm").await, ["CALM", "calm"]);
    assert!(near("calm").await.is_empty(), "it is found");
    assert!(near("storm").await.is_empty(), "nothing is like it");
    device.client.add(tagged("c", "sea-side")).await.unwrap();
    assert_eq!(near("seaside").await, ["sea-side"]);
    assert_eq!(with_tag(&device, "calm").await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_name_finds_the_person_exactly_first_then_in_any_case() {
    let device = Device::with_vault().await;
    let noor = device.client.add_person("Noor").await.unwrap().id;
    let about = async |name: &str| {
        let draft = Draft { people: vec![name.to_owned()], ..Draft::note("words") };
        let id = device.client.add(draft).await?.id.to_string();
        Ok(device.client.entry(&id, None).await.unwrap().summary.people[0].id)
    };
    assert_eq!(about("noor").await, Ok(noor));
    let refused = device.client.add_person("noor").await.unwrap_err();
    assert_eq!(refused.reason, Reason::ConfirmationNeeded);
    assert_eq!(*refused.candidates, [noor.to_string()]);
    assert_eq!(people(&device).await, ["Noor"]);
    let again = device.client.add_or_find_person("  Noor\u{200b} ", false).await.unwrap();
    assert!(again.known && again.person.id == noor);

    let other = device.client.add_or_find_person("noor", true).await.unwrap();
    assert!(!other.known && other.person.id != noor);
    assert_eq!(about("Noor").await, Ok(noor));
    assert_eq!(about("noor").await, Ok(other.person.id));
    let unclear = about("NOOR").await.map_err(|error: haven_api::error::ApiError| error).unwrap_err();
    let mut both = [noor.to_string(), other.person.id.to_string()];
    both.sort();
    assert_eq!((unclear.reason, &*unclear.candidates), (Reason::AmbiguousId, &both[..]));
    assert!(unclear.why.contains("2 people could be meant"), "{}", unclear.why);
    let mistyped = about("Norr").await.map_err(|error: haven_api::error::ApiError| error).unwrap_err();
    assert_eq!(mistyped.reason, Reason::NotFound);
    let mut near = mistyped.candidates.to_vec();
    near.sort();
    assert_eq!(near, both, "by their ids: no name travels in an error");
    assert!(!mistyped.to_string().to_lowercase().contains("noor"), "{mistyped}");
    for query in ["person:NOOR", "person:nobody"] {
        assert_eq!(
            reason(device.client.search(query, 0, None).await),
            Some(Reason::InvalidArgument),
            "{query}"
        );
    }
    assert_eq!(device.client.search("person:noor", 0, None).await.unwrap().total, 1);
}

#[tokio::test(start_paused = true)]
async fn people_of_an_import_are_found_in_any_case_and_spelling() {
    let device = Device::with_vault().await;
    device.client.add_person("Noor").await.unwrap();
    let line = |number: usize, name: &str| {
        format!(r#"{{"date":"2021-05-01","text":"line {number}","people":["{name}"]}}"#)
    };
    let names = ["noor", "NOOR", "René", "RENE\u{301}", "Ana", "rené", "ana"];
    let lines: Vec<_> = names.iter().enumerate().map(|(number, name)| line(number, name)).collect();
    assert_eq!(import(&device, &lines).await.imported, 7);
    assert_eq!(people(&device).await, ["Ana", "Noor", "René"], "the first spelling of each");

    device.client.add_or_find_person("noor", true).await.unwrap();
    let done = import(&device, &[line(8, "noor"), line(9, "NooR")]).await;
    assert_eq!((done.imported, done.failed.len()), (1, 1));
    assert_eq!(done.failed[0].line, 2);
    assert!(done.failed[0].reason.contains("several people could be meant"), "{}", done.failed[0].reason);
    assert_eq!(people(&device).await.len(), 4, "nobody was made up");
}
