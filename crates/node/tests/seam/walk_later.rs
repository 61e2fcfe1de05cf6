//! Going on with what lies in entries: open questions, the one entry of an exercise, and what was to be asked later.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, Filter};
use haven_api::walk::{About, Beginning, Page, Step, Walk};
use haven_core::answers::{ExerciseId, Value, ValueMap};

use crate::device::{Device, reason};
use crate::exercises::MINE;
use crate::walk::{end, question};

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

async fn begin(device: &Device, what: Beginning) -> Walk {
    device.client.begin_walk(&what, About::default()).await.unwrap()
}

fn text(id: &str, words: &str) -> ValueMap {
    [(id.to_owned(), Value::from(words))].into()
}

/// A finished thought-check of now.
async fn thought(device: &Device) -> String {
    let (walk, _) = device.to_end(device.walk("thought-check").await).await;
    device.client.finish_walk(&walk).await.unwrap().written.unwrap().0.to_string()
}

#[tokio::test(start_paused = true)]
async fn what_was_to_be_asked_later_is_asked_in_its_time_beside_the_words_of_then() {
    let device = Device::with_vault().await;
    let entry = thought(&device).await;
    let later = || Beginning::Later(entry.clone());
    let early = device.client.begin_walk(&later(), About::default()).await;
    assert_eq!(reason(early), Some(Reason::NotFound));
    device.host.move_clock(8 * DAY_MS);
    let walk = begin(&device, later()).await;
    assert_eq!(walk.later, ["rerate@P7D"]);
    let asked = question(&walk);
    assert_eq!((asked.answer_id.as_str(), asked.field.id.as_str(), asked.total), ("rerate@P7D", "rerate", 1));
    assert_eq!(asked.recalled.len(), 1);
    assert_eq!(asked.recalled[0].words, "a few words");
    assert!(!walk.has_back && !walk.is_kept && asked.answer.is_none());
    assert_eq!(device.step(&walk, Step::Back).await.at, walk.at);
    let before = device.client.entry(&entry, None).await.unwrap();
    let last = device.step(&walk, Step::Answer(Value::from(20))).await;
    assert!(end(&last).open.is_empty() && last.later == walk.later);
    let finished = device.client.finish_walk(&last).await.unwrap();
    let after = device.entry_of(&finished).await;
    assert_eq!(after.summary.id, before.summary.id);
    let mut expected = before.answers.clone();
    expected.insert("rerate@P7D".to_owned(), Value::from(20));
    assert!(after.answers == expected && after.summary.at == before.summary.at);
    assert_eq!(reason(device.client.begin_walk(&later(), About::default()).await), Some(Reason::NotFound));
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn later_questions_that_were_left_are_gone_on_with() {
    let device = Device::with_vault().await;
    let entry = thought(&device).await;
    device.host.move_clock(29 * DAY_MS);
    // Two are due on that day only if both are in their time.
    let walk = begin(&device, Beginning::Later(entry.clone())).await;
    let noted = device.step(&walk, Step::Note(Value::from(30))).await;
    assert!(noted.is_kept);
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let again = begin(&device, Beginning::Draft(noted.draft.id)).await;
    assert_eq!(again.later, walk.later);
    assert!(question(&again).answer == Some(Value::from(30)));
    let skipped = device.step(&again, Step::Skip).await;
    assert!(!skipped.draft.draft.answers.contains_key(&walk.later[0]));
    let finished = device.client.finish_walk(&skipped).await.unwrap();
    assert!(!device.entry_of(&finished).await.answers.contains_key(&walk.later[0]), "it was taken back");
}

#[tokio::test(start_paused = true)]
async fn an_exercise_of_ones_own_asks_later_in_the_version_it_was_made_with() {
    let device = Device::with_vault().await;
    device.client.add_exercise(MINE.to_owned()).await.unwrap();
    let id: ExerciseId = "one-good-thing".parse().unwrap();
    let made = device.client.add(Draft::exercise(id, text("good", "tea"))).await.unwrap().id.to_string();
    let next =
        MINE.replace("version = 1", "version = 2").replace("What is left of it?", "Is it still there?");
    device.client.add_exercise(next).await.unwrap();
    device.host.move_clock(8 * DAY_MS);
    let walk = begin(&device, Beginning::Later(made)).await;
    assert_eq!(question(&walk).field.label, "What is left of it?");
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_goes_on_in_its_entry() {
    let device = Device::with_vault().await;
    let id: ExerciseId = "thought-check".parse().unwrap();
    let draft = Draft { text: "beside it".to_owned(), ..Draft::exercise(id, text("thought", "they left")) };
    let entry = device.client.add(draft).await.unwrap().id;
    let listed = device.client.walks().await.unwrap();
    assert_eq!((listed.len(), listed[0].entry, listed[0].draft), (1, Some(entry), None));
    assert!(listed[0].goes_on && !listed[0].is_measure);
    let walk = begin(&device, Beginning::Entry(entry.to_string()[..8].to_owned())).await;
    let Page::Intro(intro) = &walk.page else { panic!("{}", walk.at) };
    assert!(intro.goes_on && !walk.is_kept);
    let (walk, _) = device.to_end(walk).await;
    assert!(end(&walk).open.is_empty());
    let finished = device.client.finish_walk(&walk).await.unwrap();
    let whole = device.entry_of(&finished).await;
    assert_eq!((whole.summary.id, whole.text.as_str()), (entry, "beside it"));
    assert!(finished.complete && device.client.walks().await.unwrap().is_empty());
    // Nothing changed is no change.
    let again = begin(&device, Beginning::Entry(entry.to_string())).await;
    assert!(device.client.finish_walk(&again).await.unwrap().written.is_none());
    let version = device.client.entry(&entry.to_string(), None).await.unwrap().version;
    assert_eq!(version, whole.version);
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_gone_on_with_says_so() {
    let device = Device::with_vault().await;
    let note = device.note("a note").await;
    let refused = async |what: Beginning| reason(device.client.begin_walk(&what, About::default()).await);
    assert_eq!(refused(Beginning::Entry(note.clone())).await, Some(Reason::InvalidArgument));
    assert_eq!(refused(Beginning::Later(note)).await, Some(Reason::NotFound));
    assert_eq!(refused(Beginning::Entry("ffff".to_owned())).await, Some(Reason::NotFound));
    assert_eq!(refused(Beginning::Draft([3; 16])).await, Some(Reason::NotFound));
    assert_eq!(refused(Beginning::Exercise("no-such".parse().unwrap())).await, Some(Reason::NotFound));
    assert_eq!(refused(Beginning::Exercise("phq-9".parse().unwrap())).await, Some(Reason::NotFound));
    assert_eq!(refused(Beginning::Measure("wait".parse().unwrap())).await, Some(Reason::NotFound));
    let (walk, _) = device.to_end(device.walk_measure("gad-7").await).await;
    let result = device.client.finish_walk(&walk).await.unwrap().written.unwrap().0.to_string();
    assert_eq!(refused(Beginning::Entry(result)).await, Some(Reason::InvalidArgument));
    let entry = thought(&device).await;
    device.client.trash(&entry).await.unwrap();
    assert_eq!(refused(Beginning::Entry(entry)).await, Some(Reason::InvalidArgument));
    device.client.lock().await.unwrap();
    assert_eq!(refused(Beginning::Exercise("wait".parse().unwrap())).await, Some(Reason::Locked));
}

#[tokio::test(start_paused = true)]
async fn an_exercise_that_is_kept_once_goes_on_in_its_one_entry() {
    let device = Device::with_vault().await;
    let id = "plan-when-low";
    let walk = device.to_questions(device.walk(id).await).await;
    let first = device.answer(&walk).await;
    // While it is a draft it goes on there.
    let again = device.walk(id).await;
    assert_eq!(again.draft.id, first.draft.id);
    let (walk, _) = device.to_end(again).await;
    let entry = device.client.finish_walk(&walk).await.unwrap().written.unwrap().0;
    let again = device.walk(id).await;
    assert_eq!(again.draft.entry, Some(entry));
    let asked = device.to_questions(again).await;
    assert_eq!(question(&asked).number, 1);
    assert!(question(&asked).answer.is_some());
    let changed = device.step(&asked, Step::Skip).await;
    let finished = device.client.finish_walk(&changed).await.unwrap();
    assert_eq!(finished.written.unwrap().0, entry);
    // One in the trash is not it.
    device.client.trash(&entry.to_string()).await.unwrap();
    let anew = device.walk(id).await;
    assert!(anew.draft.entry.is_none() && anew.draft.draft.answers.is_empty());
    let all = device.client.list(&Filter::default(), 0, None).await.unwrap().total;
    assert_eq!(all, 0);
}

#[tokio::test(start_paused = true)]
async fn what_was_begun_is_listed_the_last_first_and_rests_where_help_was_needed() {
    let device = Device::with_vault().await;
    assert!(device.client.walks().await.unwrap().is_empty());
    device.client.add_person("Ann").await.unwrap();
    let mut begun = Vec::new();
    for id in ["early-care-map", "kind-word"] {
        let what = Beginning::Exercise(id.parse().unwrap());
        let about = About { people: vec!["Ann".to_owned()], at: None };
        let walk = device.client.begin_walk(&what, about).await.unwrap();
        let walk = device.to_questions(walk).await;
        begun.push(device.answer(&walk).await.draft.id);
        device.host.move_clock(1_000);
    }
    device.note("no exercise").await;
    let listed = device.client.walks().await.unwrap();
    assert_eq!(listed.iter().map(|it| it.draft).collect::<Vec<_>>(), [Some(begun[1]), Some(begun[0])]);
    assert_eq!(listed[0].people[0].name, "Ann");
    assert!(listed.iter().all(|it| it.goes_on && !it.rests));
    // Left alone they are entries, and stand there once.
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    let listed = device.client.walks().await.unwrap();
    assert!(listed.len() == 2 && listed.iter().all(|it| it.draft.is_some() && it.entry.is_some()));
    let q9 = [("q9".to_owned(), Value::from(2))].into();
    device.client.answer_measure(&"phq-9".parse().unwrap(), None, q9, None).await.ok().unwrap();
    let rests: Vec<_> = device.client.walks().await.unwrap().into_iter().map(|it| it.rests).collect();
    assert_eq!(rests, [false, true]);
}

#[tokio::test(start_paused = true)]
async fn an_entry_that_was_changed_meanwhile_keeps_both_changes() {
    let device = Device::with_vault().await;
    let id: ExerciseId = "thought-check".parse().unwrap();
    let entry =
        device.client.add(Draft::exercise(id, text("thought", "they left"))).await.unwrap().id.to_string();
    let walk = device.to_questions(begin(&device, Beginning::Entry(entry.clone())).await).await;
    let walk = device.answer(&walk).await;
    let edit = Edit { text: Some("written meanwhile".to_owned()), ..Edit::default() };
    device.client.edit(&entry, edit, None).await.unwrap();
    let finished = device.client.finish_walk(&walk).await.unwrap();
    let both = device.entry_of(&finished).await;
    assert_eq!(both.text, "written meanwhile");
    assert_eq!(both.answers.len(), 2);
}
