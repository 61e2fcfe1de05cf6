//! What open editors hold, kept and folded.

use haven_api::drafts::SavedDraft;
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, ExerciseChoice};
use haven_core::time::Timestamp;

use crate::device::{Device, STRONG, reason};

fn saved(id: u8, text: &str) -> SavedDraft {
    SavedDraft {
        id: [id; 16],
        draft: Draft::note(text),
        entry: None,
        base_version: None,
        saved: Timestamp::from_millis(0),
        held: false,
        meant: None,
        typed: Default::default(),
    }
}

#[tokio::test(start_paused = true)]
async fn a_draft_is_kept_over_a_lock_and_becomes_an_entry_when_it_is_committed() {
    let device = Device::with_vault().await;
    device.client.save_draft(saved(1, "half a sen")).await.unwrap();
    device.client.save_draft(saved(1, "half a sentence")).await.unwrap();
    assert_eq!(device.client.status().await.unwrap().drafts, 1);
    device.client.lock().await.unwrap();
    assert_eq!(device.client.status().await.unwrap().drafts, 0);
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(device.client.draft([1; 16]).await.unwrap().draft.text, "half a sentence");
    let written = device.client.commit_draft([1; 16]).await.unwrap();
    assert_eq!(device.client.entry(&written.id.to_string(), None).await.unwrap().text, "half a sentence");
    assert_eq!(device.client.commit_draft([1; 16]).await.unwrap().id, written.id, "done twice is done once");
    assert_eq!(reason(device.client.commit_draft([2; 16]).await), Some(Reason::NotFound));
    assert!(device.client.drafts().await.unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn whoever_still_has_a_draft_open_that_became_an_entry_goes_on_with_that_entry() {
    let device = Device::with_vault().await;
    device.client.save_draft(saved(1, "one sentence")).await.unwrap();
    let written = device.client.commit_draft([1; 16]).await.unwrap();
    device.client.lock().await.unwrap();
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(device.client.commit_draft([1; 16]).await.unwrap().id, written.id, "over a lock, too");
    device.client.save_draft(saved(1, "one sentence, and one more")).await.unwrap();
    assert_eq!(
        device.client.draft([1; 16]).await.unwrap().entry.map(|id| id.to_string()),
        Some(written.id.to_string())
    );
    assert_eq!(device.client.commit_draft([1; 16]).await.unwrap().id, written.id);
    let id = written.id.to_string();
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "one sentence, and one more");
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
    // What was thrown away since is not written into: the words are kept for themselves.
    device.client.trash(&id).await.unwrap();
    assert_eq!(reason(device.client.commit_draft([1; 16]).await), Some(Reason::NotFound));
    device.client.save_draft(saved(1, "one sentence, and one more")).await.unwrap();
    assert_ne!(device.client.commit_draft([1; 16]).await.unwrap().id, written.id);
}

#[tokio::test(start_paused = true)]
async fn a_discarded_draft_is_gone_and_others_stay() {
    let device = Device::with_vault().await;
    device.client.save_draft(saved(1, "one")).await.unwrap();
    device.client.save_draft(saved(2, "two")).await.unwrap();
    device.client.discard_draft([1; 16]).await.unwrap();
    device.client.discard_draft([1; 16]).await.unwrap();
    let drafts = device.client.drafts().await.unwrap();
    assert_eq!(drafts.iter().map(|draft| draft.id).collect::<Vec<_>>(), [[2; 16]]);
    assert_eq!(reason(device.client.draft([1; 16]).await), Some(Reason::NotFound));
}

#[tokio::test(start_paused = true)]
async fn a_draft_left_alone_becomes_a_record_by_itself() {
    let device = Device::with_vault().await;
    device.client.save_draft(saved(1, "left alone")).await.unwrap();
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
    assert_eq!(device.client.search("alone", 0, None).await.unwrap().total, 1);
}

#[tokio::test(start_paused = true)]
async fn a_draft_knows_the_version_that_its_words_became() {
    let device = Device::with_vault().await;
    device.client.save_draft(saved(1, "left alone")).await.unwrap();
    assert_eq!(device.client.draft([1; 16]).await.unwrap().base_version, None);
    tokio::time::sleep(std::time::Duration::from_secs(6)).await;
    let draft = device.client.draft([1; 16]).await.unwrap();
    let entry = device.client.entry(&draft.entry.unwrap().to_string(), None).await.unwrap();
    assert_eq!(draft.base_version, Some(entry.version));
}

#[tokio::test(start_paused = true)]
async fn a_draft_of_an_entry_changes_that_entry() {
    let device = Device::with_vault().await;
    let id = device.note("before").await;
    let entry = device.client.entry(&id, None).await.unwrap();
    let draft = SavedDraft {
        entry: Some(entry.summary.id),
        base_version: Some(entry.version),
        ..saved(3, "before and after")
    };
    let opened_at = draft.base_version.clone();
    device.client.save_draft(draft).await.unwrap();
    assert_eq!(device.client.draft([3; 16]).await.unwrap().base_version, opened_at);
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "before");
    device.client.commit_draft([3; 16]).await.unwrap();
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "before and after");
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_is_held_waits_for_its_person() {
    let device = Device::with_vault().await;
    device.client.save_draft(SavedDraft { held: true, ..saved(1, "to be looked at") }).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    assert!(device.client.draft([1; 16]).await.unwrap().held);
    device.client.commit_draft([1; 16]).await.unwrap();
    assert_eq!(device.client.status().await.unwrap().entries, Some(1));
}

#[tokio::test(start_paused = true)]
async fn half_a_measure_is_no_result_before_it_is_done() {
    let device = Device::with_vault().await;
    let exercise = ExerciseChoice { id: "gad-7".parse().unwrap(), version: None };
    let answers = [("q1".to_owned(), haven_core::answers::Value::from(2))].into();
    let draft = Draft { exercise: Some(exercise), answers, ..Draft::default() };
    device.client.save_draft(SavedDraft { draft, ..saved(1, "") }).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_secs(60)).await;
    assert_eq!(device.client.status().await.unwrap().entries, Some(0));
    let kept = device.client.draft([1; 16]).await.unwrap().draft;
    assert_eq!((kept.exercise.unwrap().version, kept.answers.len()), (Some(1), 1));
}
