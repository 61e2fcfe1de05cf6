//! Two edits that meet: told in every answer that speaks of the entry, and settled.
//!
//! An edit made at an old version is one that was made apart, so that one device is enough here; that every device of a
//! vault says the same is the engine's and the simulator's to show.

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::{Draft, Edit, ExportFormat, Filter, Keep};
use haven_core::meeting::{MetPart, Part};

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

        let read = device.client.entry_in_words(&id, None).await.unwrap();
        let mut sides = Vec::new();
        for side in &read.met {
            assert_eq!(side.device, "Laptop");
            let there = device.client.entry_in_words(&id, Some(&side.version)).await.unwrap();
            assert!(there.met.is_empty() && !there.entry.summary.met, "an earlier version tells nothing");
            sides.push(there.entry.text);
        }
        assert_eq!(read.entry.text, sides[0], "one side is shown whole");
        assert!(read.entry.summary.met && read.entry.summary.met_sides == 2);
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
        let settled = device.client.entry_in_words(&id, None).await.unwrap();
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
        let read = device.client.entry_in_words(id, None).await.unwrap();
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
        device.client.entry_in_words(&id, None).await.unwrap().met.len(),
        2,
        "a title settles no text"
    );
    device.client.edit(&id, text("weight 74 kg"), None).await.unwrap();
    let read = device.client.entry_in_words(&id, None).await.unwrap();
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
        typed: Default::default(),
    };
    device.client.save_draft(saved).await.unwrap();
    device.client.edit(&id, text("weight 73 kg"), None).await.unwrap();
    device.client.commit_draft([1; 16]).await.unwrap();
    let before = device.client.entry_in_words(&id, None).await.unwrap();
    assert_eq!(before.met.len(), 2);
    device.client.lock().await.unwrap();
    device.client.unlock(crate::device::STRONG.to_owned()).await.unwrap();
    let after = device.client.entry_in_words(&id, None).await.unwrap();
    assert_eq!((&after.entry.text, &after.met), (&before.entry.text, &before.met));
    assert_eq!(device.client.status().await.unwrap().met, 1);
}

/// A title that says nothing new, so that a version is written that changes no text.
fn title(words: &str) -> Edit {
    Edit { title: Some(words.to_owned()), ..Edit::default() }
}

#[tokio::test(start_paused = true)]
async fn a_version_says_what_its_writer_had_before_them() {
    let device = Device::with_vault().await;
    for (one, other, together) in [
        ("weight 72 kg. Slept.", "weight 73 kg. Slept.", None),
        ("weight 72 kg. Slept.", "weight 71 kg. Slept well.", Some("weight 72 kg. Slept well.")),
    ] {
        let (id, first) = met(&device, "weight 71 kg. Slept.", one, other).await;
        device.client.edit(&id, title("Tuesday"), None).await.unwrap();
        let history = device.client.history(&id).await.unwrap();
        let bases: Vec<_> = history.iter().map(|version| version.base.clone()).collect();
        let mut both = [history[1].version.clone(), history[2].version.clone()];
        both.sort();
        assert_eq!(bases, [Some(both.join("+")), Some(first.clone()), Some(first.clone()), None]);
        assert_eq!((&history[3].version, history.len()), (&first, 4));
        // Read together, the two say what whoever gave the title saw: it changed no text.
        let said = async |version: &str| device.client.entry(&id, Some(version)).await.unwrap();
        let before = said(bases[0].as_ref().unwrap()).await;
        let after = said(&history[0].version).await;
        assert_eq!((&before.text, before.summary.title.as_str()), (&after.text, "Monday"));
        assert!(together.map_or_else(|| [one, other].contains(&&*before.text), |text| before.text == text));
    }
    let id = device.note("once").await;
    device.client.edit(&id, text("twice"), None).await.unwrap();
    device.client.edit(&id, text("thrice"), None).await.unwrap();
    let history = device.client.history(&id).await.unwrap();
    let in_line = |at: usize| history.get(at + 1).map(|before| before.version.clone());
    assert!((0..3).all(|at| history[at].base == in_line(at)), "an upgrade of the text is nobody's version");
}

#[tokio::test(start_paused = true)]
async fn each_side_says_in_what_it_differs_and_whether_it_only_takes_away() {
    let device = Device::with_vault().await;
    let parts = async |id: &str| {
        let met = device.client.entry_in_words(id, None).await.unwrap().met;
        met.into_iter().map(|side| side.parts).collect::<Vec<_>>()
    };
    let part = |part, takes_away| vec![MetPart { part, takes_away }];
    let (id, _) = met(&device, "One. Two.", "One. Two, better.", "One.").await;
    assert_eq!(parts(&id).await, [part(Part::Text, false), part(Part::Text, true)]);
    device.client.settle(&id, Keep::Both).await.unwrap();
    assert_eq!(
        device.client.entry(&id, None).await.unwrap().text,
        "One. Two, better.",
        "nothing is taken away"
    );
    let (id, first) = met(&device, "One.", "One.", "One.").await;
    device.client.edit(&id, title("Tuesday"), Some(&first)).await.unwrap();
    device.client.edit(&id, title("Wednesday"), Some(&first)).await.unwrap();
    device.client.edit(&id, title("Thursday"), Some(&first)).await.unwrap();
    assert_eq!(
        parts(&id).await,
        [part(Part::Title, false), part(Part::Title, false), part(Part::Title, false)]
    );
    let listed = device.client.list_all(&Filter { met: true, ..Filter::default() }).await.unwrap();
    assert_eq!(listed.iter().map(|entry| entry.met_sides).collect::<Vec<_>>(), [3]);
    let files = exported(&device).await;
    let page = files.iter().find(|(name, _)| name.ends_with(".met.md")).unwrap();
    assert!(page.1.starts_with("3 edits of this entry met") && page.1.contains("Here are all"), "{}", page.1);
}

#[tokio::test(start_paused = true)]
async fn in_the_trash_nothing_waits_for_a_choice_until_the_entry_is_taken_out() {
    let device = Device::with_vault().await;
    let (id, _) = met(&device, "weight 71 kg", "weight 72 kg", "weight 73 kg").await;
    let counted = async || {
        let everywhere = Filter { met: true, ..Filter::default() };
        let trashed = Filter { trashed: true, ..Filter::default() };
        let listed = device.client.list_all(&everywhere).await.unwrap().len();
        let marked = device.client.list_all(&trashed).await.unwrap();
        let marked = marked.iter().filter(|entry| entry.met || entry.met_sides > 0).count();
        let read = device.client.entry_in_words(&id, None).await.unwrap();
        (device.client.status().await.unwrap().met, listed, marked, read.entry.summary.met, read.met.len())
    };
    assert_eq!(counted().await, (1, 1, 0, true, 2));
    let mut events = device.client.events().await.unwrap();
    device.client.trash(&id).await.unwrap();
    while events.next().await.unwrap().unwrap().status.met != 0 {}
    assert_eq!(counted().await, (0, 0, 0, false, 2), "both can be read, and nobody is asked");
    device.client.lock().await.unwrap();
    device.client.unlock(crate::device::STRONG.to_owned()).await.unwrap();
    assert_eq!(counted().await, (0, 0, 0, false, 2));
    device.client.untrash(&id).await.unwrap();
    assert_eq!(counted().await, (1, 1, 0, true, 2));
}
