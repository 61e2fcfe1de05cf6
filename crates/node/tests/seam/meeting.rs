//! Two edits that meet: told in every answer that speaks of the entry, and settled.
//!
//! An edit made at an old version is one that was made apart, so that one device is enough here; that every device of a
//! vault says the same is the engine's and the simulator's to show.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, ExportFormat, Filter, Keep};

use crate::device::{Device, reason};

fn text(words: &str) -> Edit {
    Edit { text: Some(words.to_owned()), ..Edit::default() }
}

/// An entry whose text was changed twice, apart, and its first version.
async fn met(device: &Device, before: &str, one: &str, other: &str) -> (String, String) {
    let first = device.client.add(Draft { title: "Monday".to_owned(), ..Draft::note(before) }).await.unwrap();
    let id = first.id.to_string();
    device.client.edit(&id, text(one), Some(&first.version)).await.unwrap();
    device.client.edit(&id, text(other), Some(&first.version)).await.unwrap();
    (id, first.version)
}

#[tokio::test(start_paused = true)]
async fn two_numbers_are_told_everywhere_until_somebody_chooses() {
    for keep in [Some(0), Some(1), None] {
        let device = Device::with_vault().await;
        let mut events = device.client.events().await.unwrap();
        let (id, _) = met(&device, "weight 71 kg", "weight 72 kg", "weight 73 kg").await;
        device.note("another").await;
        while events.next().await.unwrap().unwrap().status.met != 1 {}

        let read = device.client.entry_in_words(&id, None, "").await.unwrap();
        let mut sides = Vec::new();
        for side in &read.met {
            assert_eq!(side.device, "Laptop");
            let there = device.client.entry_in_words(&id, Some(&side.version), "").await.unwrap();
            assert!(there.met.is_empty() && !there.entry.summary.met, "an earlier version tells nothing");
            sides.push(there.entry.text);
        }
        assert_eq!(read.entry.text, sides[0], "one side is shown whole");
        assert!(read.entry.summary.met);
        let mut both = sides.clone();
        both.sort();
        assert_eq!(both, ["weight 72 kg", "weight 73 kg"]);
        let filter = Filter { met: true, ..Filter::default() };
        let listed = device.client.list_all(&filter).await.unwrap();
        assert_eq!(listed.iter().map(|entry| entry.id.to_string()).collect::<Vec<_>>(), [id.as_str()]);
        let hits = device.client.search("weight", 0, None).await.unwrap().items;
        assert!(hits[0].entry.met && device.client.search("7273", 0, None).await.unwrap().items.is_empty());

        let chosen = keep.map(|side: usize| read.met[side].version.clone());
        let choice = chosen.as_deref().map_or(Keep::Both, |version| Keep::Version(&version[..12]));
        device.client.settle(&id, choice).await.unwrap();
        let settled = device.client.entry_in_words(&id, None, "").await.unwrap();
        assert_eq!(settled.entry.text, keep.map_or_else(|| sides.join("\n"), |side| sides[side].clone()));
        assert!(settled.met.is_empty());
        while events.next().await.unwrap().unwrap().status.met != 0 {}
        assert_eq!(reason(device.client.settle(&id, Keep::Both).await), Some(Reason::NotFound));
    }
}

#[tokio::test(start_paused = true)]
async fn the_same_mend_and_different_sentences_are_told_to_nobody() {
    let device = Device::with_vault().await;
    let (same, _) =
        met(&device, "I saw teh river today.", "I saw the river today.", "I saw the river today.").await;
    let (apart, _) = met(&device, "One. Two.", "One! Two.", "One. Two, too.").await;
    for (id, expected) in [(&same, "I saw the river today."), (&apart, "One! Two, too.")] {
        let read = device.client.entry_in_words(id, None, "").await.unwrap();
        assert_eq!((read.entry.text.as_str(), read.met.len()), (expected, 0));
    }
    assert_eq!(device.client.status().await.unwrap().met, 0);
}

#[tokio::test(start_paused = true)]
async fn writing_settles_and_what_is_none_of_the_sides_is_refused() {
    let device = Device::with_vault().await;
    let (id, first) = met(&device, "weight 71 kg", "weight 72 kg", "weight 73 kg").await;
    for wrong in ["", "zz", &first] {
        let refused = reason(device.client.settle(&id, Keep::Version(wrong)).await);
        assert!(matches!(refused, Some(Reason::NotFound | Reason::InvalidArgument)), "{wrong}");
    }
    let files: Vec<_> = exported(&device).await;
    let met: Vec<_> = files.iter().filter(|(name, _)| name.ends_with(".met.md")).collect();
    assert!(met.len() == 1 && ["weight 72 kg", "weight 73 kg"].iter().all(|side| met[0].1.contains(side)));
    device
        .client
        .edit(&id, Edit { title: Some("Tuesday".to_owned()), ..Edit::default() }, None)
        .await
        .unwrap();
    assert_eq!(
        device.client.entry_in_words(&id, None, "").await.unwrap().met.len(),
        2,
        "a title settles no text"
    );
    device.client.edit(&id, text("weight 74 kg"), None).await.unwrap();
    let read = device.client.entry_in_words(&id, None, "").await.unwrap();
    assert_eq!((read.entry.text.as_str(), read.met.len()), ("weight 74 kg", 0));
    assert!(exported(&device).await.iter().all(|(name, _)| !name.ends_with(".met.md")));
}

async fn exported(device: &Device) -> Vec<(String, String)> {
    let mut export = device.client.export(ExportFormat::Markdown { history: false }).await.unwrap();
    let mut files = Vec::new();
    while let Some(batch) = export.next().await.unwrap() {
        files.extend(batch.files.into_iter().map(|file| (file.name, file.content)));
    }
    files
}

#[tokio::test(start_paused = true)]
async fn a_draft_that_was_begun_before_meets_what_came_since_and_a_journal_opened_again_still_says_so() {
    let device = Device::with_vault().await;
    let first = device.client.add(Draft::note("weight 71 kg")).await.unwrap();
    let id = first.id.to_string();
    let saved = haven_api::drafts::SavedDraft {
        id: [1; 16],
        draft: Draft::note("weight 72 kg"),
        entry: Some(first.id),
        base_version: Some(first.version.clone()),
        saved: haven_core::time::Timestamp::from_millis(0),
        held: false,
        meant: None,
    };
    device.client.save_draft(saved).await.unwrap();
    device.client.edit(&id, text("weight 73 kg"), None).await.unwrap();
    device.client.commit_draft([1; 16]).await.unwrap();
    let before = device.client.entry_in_words(&id, None, "").await.unwrap();
    assert_eq!(before.met.len(), 2);
    device.client.lock().await.unwrap();
    device.client.unlock(crate::device::STRONG.to_owned()).await.unwrap();
    let after = device.client.entry_in_words(&id, None, "").await.unwrap();
    assert_eq!((&after.entry.text, &after.met), (&before.entry.text, &before.met));
    assert_eq!(device.client.status().await.unwrap().met, 1);
}
