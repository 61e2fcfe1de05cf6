//! Exercises that a person adds.

use haven_api::definition::Checked;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit};
use haven_core::answers::{ExerciseId, Value, ValueMap};

use crate::device::{Device, STRONG, reason};

/// An exercise that asks what went well, and some days later once more.
pub(crate) const MINE: &str = r#"
schema = 1
id = "one-good-thing"
version = 1
title = "title"
steps = [3]
signs = ["regulated"]
minutes = 2
evidence = { grade = "ours", refs = [] }
safety = { gate = "none" }
share_default = "never"

[[field]]
id = "good"
kind = "text"
required = true
phase = "main"
label = "good"

[[field]]
id = "still"
kind = "text"
required = false
phase = "later"
after = ["P7D"]
label = "still"

[i18n.en]
title = "One good thing"
good = "What went well?"
still = "What is left of it?"
"#;

pub(crate) fn id() -> ExerciseId {
    "one-good-thing".parse().unwrap()
}

pub(crate) fn answers(field: &str, answer: &str) -> ValueMap {
    [(field.to_owned(), Value::from(answer))].into()
}

/// What is wrong with a definition; empty if it was added.
async fn faults(device: &Device, definition: String) -> String {
    match device.client.add_exercise(definition).await.unwrap() {
        Checked::Faulty(faults) => faults.iter().map(|fault| format!("{fault}\n")).collect(),
        Checked::Usable(_) => String::new(),
    }
}

async fn listed(device: &Device) -> Vec<(String, u32)> {
    let all = device.client.exercises(None, None).await.unwrap();
    let custom = all.into_iter().filter(|exercise| exercise.custom);
    custom.map(|exercise| (exercise.exercise.id.to_string(), exercise.exercise.version)).collect()
}

#[tokio::test(start_paused = true)]
async fn an_exercise_that_was_added_is_done_like_any_other_and_is_hidden_by_the_lock() {
    let device = Device::with_vault().await;
    let early = device.note("before").await;
    let Checked::Usable(added) = device.client.add_exercise(MINE.to_owned()).await.unwrap() else {
        panic!("it has no fault")
    };
    assert_eq!((added.title.as_str(), added.custom), ("One good thing", true));
    assert_eq!(device.client.status().await.unwrap().entries, Some(1), "a definition is no entry");
    assert_eq!(device.found("one-good-thing").await, [""; 0], "and is not found as one");

    let whole = device.client.exercise(&id(), None).await.unwrap();
    assert_eq!((whole.fields[0].label.as_str(), whole.summary.custom), ("What went well?", true));
    let built_in = device.client.exercise(&"slow-breath".parse().unwrap(), None).await.unwrap();
    assert!(!built_in.summary.custom);

    let written = device.client.add(Draft::exercise(id(), answers("good", "tea with Ann"))).await.unwrap();
    let entry = written.id.to_string();
    assert!(written.complete);
    let unknown = Edit { answers: answers("no_such", "x"), ..Edit::default() };
    assert_eq!(reason(device.client.edit(&entry, unknown, None).await), Some(Reason::InvalidArgument));
    assert_eq!(device.client.search("step:3", 0, None).await.unwrap().items.len(), 1);

    device.client.lock().await.unwrap();
    assert!(listed(&device).await.is_empty());
    assert_eq!(reason(device.client.exercise(&id(), None).await), Some(Reason::NotFound));
    assert_eq!(reason(device.client.add_exercise(MINE.to_owned()).await), Some(Reason::Locked));
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(listed(&device).await, [("one-good-thing".to_owned(), 1)]);
    assert_eq!(device.client.search("step:3", 0, None).await.unwrap().items.len(), 1);

    device.host.move_clock(8 * 24 * 3_600_000);
    let today = device.client.today().await.unwrap();
    assert_eq!((today.later[0].title.as_str(), today.later[0].questions.len()), ("One good thing", 1));
    let later = Edit { answers: answers("still", "a smile"), ..Edit::default() };
    device.client.edit(&entry, later, None).await.unwrap();
    assert_eq!(device.client.entry(&early, None).await.unwrap().text, "before");
}

#[tokio::test(start_paused = true)]
async fn a_next_version_is_used_and_entries_keep_the_one_they_were_made_with() {
    let device = Device::with_vault().await;
    device.client.add_exercise(MINE.to_owned()).await.unwrap();
    let old = device.client.add(Draft::exercise(id(), answers("good", "tea"))).await.unwrap();
    let next = MINE.replace("version = 1", "version = 2").replace("What went well?", "What was good?");
    device.client.add_exercise(next).await.unwrap();
    assert_eq!(listed(&device).await, [("one-good-thing".to_owned(), 2)]);
    let labels = [(None, "What was good?"), (Some(1), "What went well?"), (Some(2), "What was good?")];
    for (version, label) in labels {
        assert_eq!(device.client.exercise(&id(), version).await.unwrap().fields[0].label, label);
    }
    let entry = device.client.entry(&old.id.to_string(), None).await.unwrap();
    assert_eq!(entry.summary.exercise.unwrap().version, 1);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_used_is_refused_with_its_reason_and_not_kept() {
    let device = Device::with_vault().await;
    let with = |from: &str, to: &str| MINE.replacen(from, to, 1);
    for (definition, expected) in [
        (
            with("one-good-thing", "slow-breath"),
            "comes with Haven has the id slow-breath already; give it an id",
        ),
        (with("one-good-thing", "phq-9"), "comes with Haven has the id phq-9 already"),
        (with("steps = [3]", "steps = [4]"), "needs the relationship gate"),
        (with("schema = 1", "schema = 2"), "schema 2 is not known"),
        (with("What went well?", "<script>alert(1)</script>"), "looks like code"),
        ("no toml".to_owned(), "line 1"),
    ] {
        let told = faults(&device, definition).await;
        assert!(told.contains(expected), "{told}");
    }
    assert!(listed(&device).await.is_empty());
    device.client.add_exercise(MINE.to_owned()).await.unwrap();
    for (definition, expected) in [
        (MINE.to_owned(), "version 1 is not greater than 1; write version = 2"),
        (
            with("version = 1", "version = 2").replace("\"still\"\nkind", "\"left\"\nkind"),
            "the field still was removed",
        ),
        (
            with("version = 1", "version = 2").replacen("\"text\"", "\"bool\"", 1),
            "was a text and is now a bool",
        ),
    ] {
        let told = faults(&device, definition).await;
        assert!(told.contains(expected), "{told}");
    }
    let large = format!("{MINE}#{}", "x".repeat(64 * 1024));
    assert_eq!(reason(device.client.add_exercise(large).await), Some(Reason::TooLarge));
}

#[tokio::test(start_paused = true)]
async fn sixty_four_definitions_fit_however_long_they_are() {
    let device = Device::with_vault().await;
    for version in 1..=64 {
        let text = MINE.replacen("version = 1", &format!("version = {version}"), 1);
        let text = format!("{text}#{}", "x".repeat(64 * 1024 - text.len() - 1));
        let added = device.client.add_exercise(text).await.unwrap();
        assert!(matches!(added, Checked::Usable(_)), "{version}");
    }
    let beyond = MINE.replacen("version = 1", "version = 65", 1);
    let error = device.client.add_exercise(beyond).await.unwrap_err();
    assert_eq!((error.reason, error.why.contains("65")), (Reason::TooLarge, true), "{}", error.why);
    assert_eq!(listed(&device).await, [("one-good-thing".to_owned(), 64)]);
}

#[tokio::test(start_paused = true)]
async fn an_exercise_names_the_emergency_number_of_a_known_country() {
    let device = Device::initialised(Device::new()).await;
    let in_country = |code: &str| device.client.clone().in_the_country(code.parse().ok());
    for exercise in device.client.exercises(None, None).await.unwrap() {
        let id = exercise.exercise.id;
        let of = async |code: &str| format!("{:?}", in_country(code).exercise(&id, None).await.unwrap());
        let (nowhere, germany) = (of("").await, of("DE").await);
        assert!(!nowhere.contains("{emergency}") && !germany.contains("local emergency"), "{id}");
        assert_eq!(nowhere.replace("your local emergency number", "112"), germany, "{id}");
    }
    let wait = in_country("US").exercise(&"wait".parse().unwrap(), None).await.unwrap();
    assert!(wait.notice.contains("then call 911, a crisis line"), "{}", wait.notice);
}
