//! The people of the journal, through the client that apps use.

use haven_api::drafts::SavedDraft;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, ExerciseChoice, Filter};
use haven_api::people::{Circle, Gift, PersonEdit, Relation, Safe};

use haven_core::time::Timestamp;

use crate::device::{Device, STRONG, reason};

fn about(people: &[&str]) -> Draft {
    Draft { people: people.iter().map(|name| (*name).to_owned()).collect(), ..Draft::note("words") }
}

async fn names(device: &Device, entry: &str) -> Vec<String> {
    let summary = device.client.entry(entry, None).await.unwrap().summary;
    summary.people.into_iter().map(|person| person.name).collect()
}

async fn listed(device: &Device, person: &str) -> usize {
    let filter = Filter { people: vec![person.to_owned()], ..Filter::default() };
    device.client.list(&filter, 0, None).await.unwrap().items.len()
}

#[tokio::test(start_paused = true)]
async fn what_is_said_of_somebody_is_kept_and_can_be_taken_back() {
    let device = Device::initialised(Device::new()).await;
    device.client.add_person("Ann").await.unwrap();
    let edit = PersonEdit {
        name: Some("Anna".parse().unwrap()),
        relation: Some(Some(Relation::Friend)),
        circle: Some(Some(Circle::Inner)),
        add_gives: [Gift::Fun, Gift::Listens].into(),
        safe: Some(Some(Safe::No)),
        died: Some(true),
        ..PersonEdit::default()
    };
    let anna = device.client.edit_person("ann", &edit).await.unwrap();
    assert_eq!(
        (anna.name.as_str(), anna.relation, anna.circle),
        ("Anna", Some(Relation::Friend), Some(Circle::Inner))
    );
    assert_eq!(
        (&anna.gives, anna.safe, anna.died),
        (&[Gift::Listens, Gift::Fun].into(), Some(Safe::No), true)
    );
    let back = PersonEdit {
        relation: Some(None),
        remove_gives: [Gift::Fun].into(),
        died: Some(false),
        ..PersonEdit::default()
    };
    device.client.edit_person("Anna", &back).await.unwrap();
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    let [anna] = &device.client.people().await.unwrap()[..] else { panic!("one person") };
    assert_eq!((anna.name.as_str(), anna.relation, anna.circle), ("Anna", None, Some(Circle::Inner)));
    assert_eq!((&anna.gives, anna.safe, anna.died), (&[Gift::Listens].into(), Some(Safe::No), false));
}

#[tokio::test(start_paused = true)]
async fn two_who_are_one_are_one_in_every_entry() {
    let device = Device::initialised(Device::new()).await;
    for name in ["Ann", "Annie", "Bert"] {
        device.client.add_person(name).await.unwrap();
    }
    let before = device.client.add(about(&["Annie", "Bert"])).await.unwrap().id.to_string();
    let both = device.client.add(about(&["Ann", "Annie"])).await.unwrap().id.to_string();
    device.client.merge_people("Annie", "Ann").await.unwrap();
    assert_eq!(names(&device, &before).await, ["Ann", "Bert"]);
    assert_eq!(names(&device, &both).await, ["Ann"]);
    assert_eq!(listed(&device, "Ann").await, 2);
    assert_eq!(device.client.people().await.unwrap().len(), 2);
    assert_eq!(reason(device.client.merge_people("Ann", "Ann").await), Some(Reason::InvalidArgument));
    assert_eq!(reason(device.client.merge_people("Annie", "Ann").await), Some(Reason::NotFound));
    let gone = Edit { remove_people: vec!["Ann".to_owned()], ..Edit::default() };
    device.client.edit(&both, gone, None).await.unwrap();
    assert!(names(&device, &both).await.is_empty(), "under every id the entry had for her");
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(names(&device, &before).await, ["Ann", "Bert"]);
    assert_eq!(listed(&device, "Ann").await, 1);
}

#[tokio::test(start_paused = true)]
async fn somebody_forgotten_is_named_nowhere_and_entries_stay() {
    let device = Device::initialised(Device::new()).await;
    device.client.add_person("Ann").await.unwrap();
    device.client.add_person("Annie").await.unwrap();
    let id = device.client.add(about(&["Annie"])).await.unwrap().id.to_string();
    device.client.merge_people("Annie", "Ann").await.unwrap();
    device.client.forget_person("Ann").await.unwrap();
    assert!(device.client.people().await.unwrap().is_empty());
    assert!(names(&device, &id).await.is_empty());
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "words");
    assert_eq!(reason(device.client.forget_person("Ann").await), Some(Reason::NotFound));
    device.client.add_person("Ann").await.unwrap();
    assert!(names(&device, &id).await.is_empty(), "another person of that name is another person");
}

#[tokio::test(start_paused = true)]
async fn who_is_not_safe_on_the_map_is_marked_whoever_writes_it() {
    let device = Device::initialised(Device::new()).await;
    let client = &device.client;
    let ann = client.add_person("Ann").await.unwrap().id.to_string();
    let marked = async || client.people().await.unwrap()[0].safe;
    let map = client.add(placed(&ann, "mostly")).await.unwrap();
    assert_eq!(listed(&device, "Ann").await, 1, "an answer names somebody too");
    assert_eq!(marked().await, None, "only a no marks");
    let edit = Edit { answers: [("safe".to_owned(), "no".into())].into(), ..Edit::default() };
    client.edit(&map.id.to_string(), edit, None).await.unwrap();
    assert_eq!(marked().await, Some(Safe::No));
    client.add(placed(&ann, "yes")).await.unwrap();
    assert_eq!(marked().await, Some(Safe::No), "a yes loosens nothing");

    let safe = PersonEdit { safe: Some(Some(Safe::Mostly)), ..PersonEdit::default() };
    client.edit_person("Ann", &safe).await.unwrap();
    let edit = Edit { answers: [("circle".to_owned(), "middle".into())].into(), ..Edit::default() };
    client.edit(&map.id.to_string(), edit, None).await.unwrap();
    assert_eq!(marked().await, Some(Safe::Mostly), "what was said before is not said again");
}

#[tokio::test(start_paused = true)]
async fn who_is_merged_takes_along_that_they_are_not_safe_and_that_can_be_taken_back() {
    let device = Device::initialised(Device::new()).await;
    let client = &device.client;
    for name in ["Ann", "Annie"] {
        client.add_person(name).await.unwrap();
    }
    let mark = |safe| PersonEdit { safe: Some(Some(safe)), ..PersonEdit::default() };
    client.edit_person("Annie", &mark(Safe::No)).await.unwrap();
    assert_eq!(client.merge_people("Annie", "Ann").await.unwrap().safe, Some(Safe::No));
    assert_eq!(client.edit_person("Ann", &mark(Safe::Mostly)).await.unwrap().safe, Some(Safe::Mostly));
    client.lock().await.unwrap();
    client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(client.people().await.unwrap()[0].safe, Some(Safe::Mostly));
}

#[tokio::test(start_paused = true)]
async fn a_map_left_open_marks_when_it_becomes_a_record_by_itself() {
    let device = Device::initialised(Device::new()).await;
    let ann = device.client.add_person("Ann").await.unwrap().id.to_string();
    let draft = SavedDraft {
        id: [1; 16],
        draft: placed(&ann, "no"),
        entry: None,
        base_version: None,
        saved: Timestamp::from_millis(0),
        held: false,
        meant: None,
        typed: Default::default(),
    };
    device.client.save_draft(draft).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert_eq!(device.client.people().await.unwrap()[0].safe, Some(Safe::No));
}

fn placed(person: &str, safe: &str) -> Draft {
    Draft {
        exercise: Some(ExerciseChoice { id: "people-map".parse().unwrap(), version: None }),
        answers: [("person", person), ("circle", "outer"), ("safe", safe)]
            .map(|(field, value)| (field.to_owned(), value.into()))
            .into(),
        ..Draft::default()
    }
}
