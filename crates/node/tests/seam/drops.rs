//! Words that are written while the vault is locked.

use std::ops::ControlFlow;

use haven_api::drafts::{Becomes, SavedDraft, Sealed, Sealing};
use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::journal::{Draft, Edit, Filter};
use haven_core::id::EntryId;
use haven_core::limits::{DRAFT_BYTES_MAX, TEXT_BYTES_MAX};
use haven_core::time::Timestamp;
use haven_engine::io::{Commit, Reader as _, Store as _, StoreFault, Table};
use haven_engine::limits::DROPS_MAX;

use crate::device::{Device, STRONG, reason};
use crate::disk::Disk;

/// A locked device, and a hand on its disk.
async fn locked() -> (Device, Disk) {
    let disk = Disk::default();
    let device = Device::initialised(Device::with_store(disk.clone())).await;
    device.client.lock().await.unwrap();
    (device, disk)
}

async fn seal(device: &Device, draft: Draft) -> Result<Sealed, ApiError> {
    device.client.seal_draft(Sealing { draft, becomes: Becomes::Entry }).await
}

async fn unlock(device: &Device) {
    device.client.unlock(STRONG.to_owned()).await.unwrap();
}

/// How many entries and drafts there are, and how much waits.
async fn counts(device: &Device) -> (Option<u64>, u32, u32) {
    let status = device.client.status().await.unwrap();
    (status.entries, status.drafts, status.waiting)
}

async fn text(device: &Device, id: EntryId) -> String {
    device.client.entry(&id.to_string(), None).await.unwrap().text
}

fn rows(disk: &Disk) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut rows = Vec::new();
    let scanned = disk.scan(Table::Drops, &mut |key, value| {
        rows.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    });
    scanned.unwrap();
    rows
}

fn put(disk: &Disk, table: Table, key: &[u8], value: Vec<u8>) {
    let mut commit = Commit::default();
    commit.put(table, key.to_vec(), value);
    disk.clone().apply(commit).unwrap();
}

#[tokio::test(start_paused = true)]
async fn words_written_while_locked_are_an_entry_at_the_next_unlock_with_the_time_of_writing() {
    let (device, disk) = locked().await;
    let first = seal(&device, Draft { tags: vec!["calm".to_owned()], ..Draft::note("precious words") }).await;
    let second = seal(&device, Draft { at: Some("1660-01-01".parse().unwrap()), ..Draft::note("of a day") });
    let (first, second) = (first.unwrap(), second.await.unwrap());
    assert_eq!((first.waiting, second.waiting), (1, 2));
    assert_eq!(counts(&device).await, (None, 0, 2));
    let held: Vec<u8> = rows(&disk).into_iter().flat_map(|(_, value)| value).collect();
    assert!(!held.windows(8).any(|part| part == b"precious"), "what waits is sealed");

    let written = device.host.wall_ms();
    device.host.move_clock(3 * 24 * 3_600_000);
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(2), 0, 0));
    let entry = device.client.entry(&first.id.to_string(), None).await.unwrap();
    assert_eq!(entry.text, "precious words");
    assert_eq!(entry.summary.tags.iter().map(ToString::to_string).collect::<Vec<_>>(), ["calm"]);
    assert_eq!(entry.summary.modified, Timestamp::from_millis(written));
    assert!(entry.summary.at.to_string().ends_with("+01:00[Europe/Berlin]"), "{}", entry.summary.at);
    assert_eq!(device.client.history(&first.id.to_string()).await.unwrap().len(), 1);
    let second = device.client.entry(&second.id.to_string(), None).await.unwrap();
    assert_eq!(second.summary.at.to_string(), "1660-01-01");
    assert!(rows(&disk).is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_open_vault_takes_words_at_once_and_one_that_is_not_there_none() {
    let device = Device::with_vault().await;
    let sealed = seal(&device, Draft::note("words")).await.unwrap();
    assert_eq!(sealed.waiting, 0);
    assert_eq!(text(&device, sealed.id).await, "words");
    assert_eq!(reason(seal(&Device::new(), Draft::note("words")).await), Some(Reason::NoVault));
}

#[tokio::test(start_paused = true)]
async fn words_wait_through_a_restart() {
    let (device, disk) = locked().await;
    let sealed = seal(&device, Draft::note("before the power cut")).await.unwrap();
    drop(device);
    let device = Device::with_store(disk);
    assert_eq!(counts(&device).await, (None, 0, 1));
    unlock(&device).await;
    assert_eq!(text(&device, sealed.id).await, "before the power cut");
}

#[tokio::test(start_paused = true)]
async fn words_are_taken_once_however_often_the_disk_fails_meanwhile() {
    let (device, disk) = locked().await;
    let sealed = seal(&device, Draft::note("once")).await.unwrap();
    let copy = rows(&disk);
    // A try is counted, a right one is noted, the vault is opened.
    for takes in 0..3 {
        disk.fail_after(takes, StoreFault::Unavailable { detail: "io".to_owned() });
        assert!(device.client.unlock(STRONG.to_owned()).await.is_err(), "{takes}");
        assert_eq!(rows(&disk), copy, "{takes}");
    }
    // On a full disk the journal opens to be read, with what waits in it, which goes on waiting until there is room.
    for takes in 0..3 {
        disk.fail_after(takes, StoreFault::Full);
        unlock(&device).await;
        assert_eq!(rows(&disk), copy, "{takes}");
        assert_eq!(counts(&device).await, (Some(1), 0, 1), "{takes}");
        assert_eq!(text(&device, sealed.id).await, "once", "{takes}");
        disk.fail(None);
        device.client.lock().await.unwrap();
    }
    unlock(&device).await;
    assert_eq!(text(&device, sealed.id).await, "once");
    assert_eq!(counts(&device).await, (Some(1), 0, 0));

    // Somebody puts it back: it is the same entry, also once that is in the trash or changed.
    let id = sealed.id.to_string();
    device
        .client
        .edit(&id, Edit { text: Some("changed".to_owned()), ..Edit::default() }, None)
        .await
        .unwrap();
    device.client.lock().await.unwrap();
    put(&disk, Table::Drops, &copy[0].0, copy[0].1.clone());
    unlock(&device).await;
    assert_eq!(text(&device, sealed.id).await, "changed");
    assert_eq!(counts(&device).await, (Some(1), 0, 0));
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_is_not_kept_and_what_cannot_be_saved_is_not_acknowledged() {
    let (device, disk) = locked().await;
    let blank = Draft::note(" \n");
    assert_eq!(reason(seal(&device, blank).await), Some(Reason::InvalidArgument));
    let tag = Draft { tags: vec!["two\nlines".to_owned()], ..Draft::note("words") };
    assert_eq!(reason(seal(&device, tag).await), Some(Reason::InvalidArgument));
    let long = Draft::note("x".repeat(DRAFT_BYTES_MAX + 100 * 1024));
    assert_eq!(reason(seal(&device, long).await), Some(Reason::TooLarge));
    disk.fail(Some(StoreFault::Full));
    assert_eq!(reason(seal(&device, Draft::note("words")).await), Some(Reason::StorageFull));
    disk.fail(None);
    assert_eq!(counts(&device).await, (None, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn nobody_fills_the_disk_of_a_locked_device() {
    let (device, disk) = locked().await;
    for number in 0..DROPS_MAX {
        seal(&device, Draft::note(format!("{number}"))).await.unwrap();
    }
    assert_eq!(reason(seal(&device, Draft::note("one more")).await), Some(Reason::Locked));
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(DROPS_MAX as u64), 0, 0));
    device.client.lock().await.unwrap();
    let big = || Draft::note("x".repeat(DRAFT_BYTES_MAX));
    let mut kept = 0;
    while seal(&device, big()).await.is_ok() {
        kept += 1;
    }
    assert_eq!((kept, rows(&disk).len()), (7, 7), "16 MiB in all");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_fit_an_entry_is_a_draft_that_says_why() {
    let (device, _) = locked().await;
    let long = seal(&device, Draft::note("x".repeat(TEXT_BYTES_MAX + 1))).await.unwrap();
    let about = Draft { people: vec!["Ann".to_owned(), "Bert".to_owned()], ..Draft::note("about them") };
    let about = seal(&device, about).await.unwrap();
    let told = |sealed: &Sealed| sealed.problem.as_ref().map(|problem| (problem.reason, problem.why.clone()));
    let (reason_told, why) = told(&long).unwrap();
    assert!(reason_told == Reason::TooLarge && why.contains("262145 bytes"), "{why}");
    assert_eq!(told(&about), None, "who is known shows when it is open");
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(0), 2, 0));
    let drafts = device.client.drafts().await.unwrap();
    let of = |id: EntryId| drafts.iter().find(|draft| draft.id == *id.as_bytes()).unwrap();
    assert!(of(long.id).problem.contains("262145 bytes"), "{}", of(long.id).problem);
    assert!(of(about.id).problem.contains("isn't among your people"), "{}", of(about.id).problem);
    assert_eq!(of(about.id).opening, "about them");
    let draft = device.client.draft(*about.id.as_bytes()).await.unwrap().draft;
    assert_eq!(draft.people, ["Ann", "Bert"], "no name is lost");

    assert_eq!(reason(device.client.commit_draft(*long.id.as_bytes()).await), Some(Reason::TooLarge));
    assert_eq!(reason(device.client.commit_draft(*about.id.as_bytes()).await), Some(Reason::NotFound));
    for name in ["Ann", "Bert"] {
        device.client.add_person(name).await.unwrap();
    }
    let written = device.client.commit_draft(*about.id.as_bytes()).await.unwrap();
    let entry = device.client.entry(&written.id.to_string(), None).await.unwrap();
    assert_eq!(entry.summary.people.len(), 2);
    let kept = device.client.draft(*long.id.as_bytes()).await.unwrap();
    assert_eq!(kept.draft.text.len(), TEXT_BYTES_MAX + 1);
}

#[tokio::test(start_paused = true)]
async fn people_who_are_known_by_then_are_found() {
    let device = Device::with_vault().await;
    let ann = device.client.add_person("Ann").await.unwrap();
    device.client.lock().await.unwrap();
    let sealed =
        seal(&device, Draft { people: vec!["ann".to_owned()], ..Draft::note("words") }).await.unwrap();
    unlock(&device).await;
    let entry = device.client.entry(&sealed.id.to_string(), None).await.unwrap();
    assert_eq!(entry.summary.people.iter().map(|person| person.id).collect::<Vec<_>>(), [ann.id]);
}

#[tokio::test(start_paused = true)]
async fn changes_to_an_entry_wait_as_a_draft_of_it() {
    let device = Device::with_vault().await;
    let draft = Draft { title: "T".to_owned(), tags: vec!["sad".to_owned()], ..Draft::note("before") };
    let id = device.client.add(draft).await.unwrap().id;
    device.client.lock().await.unwrap();
    let change = |entry: &str| Sealing {
        draft: Draft::note("after"),
        becomes: Becomes::Changes { entry: entry.to_owned(), remove_tags: vec!["sad".to_owned()] },
    };
    let sealed = device.client.seal_draft(change(&id.to_string()[..8])).await.unwrap();
    let astray = device.client.seal_draft(change("0000000")).await.unwrap();
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(1), 2, 0));
    assert_eq!(text(&device, id).await, "before");
    assert_eq!(device.client.draft(*astray.id.as_bytes()).await.unwrap().entry, None);
    assert_eq!(device.client.draft(*sealed.id.as_bytes()).await.unwrap().entry, Some(id));
    // Nobody has seen what stood there.
    let unseen = device.client.commit_draft(*sealed.id.as_bytes()).await;
    assert_eq!(reason(unseen), Some(Reason::ConfirmationNeeded));
    assert_eq!(text(&device, id).await, "before");
    device.client.commit_seen_draft(*sealed.id.as_bytes()).await.unwrap();
    let entry = device.client.entry(&id.to_string(), None).await.unwrap();
    assert_eq!((entry.text.as_str(), entry.summary.title.as_str()), ("after", "T"));
    assert!(entry.summary.tags.is_empty());
}

/// Seals a new text for an entry, later than what was sealed before.
async fn seal_change(device: &Device, entry: &str, text: &str) -> [u8; 16] {
    device.host.move_clock(60_000);
    let becomes = Becomes::Changes { entry: entry.to_owned(), remove_tags: Vec::new() };
    let sealed = device.client.seal_draft(Sealing { draft: Draft::note(text), becomes }).await.unwrap();
    *sealed.id.as_bytes()
}

#[tokio::test(start_paused = true)]
async fn the_last_entry_is_the_one_that_was_the_last_when_the_words_were_written() {
    let device = Device::with_vault().await;
    let first = device.client.add(Draft::note("an old one")).await.unwrap().id;
    device.client.lock().await.unwrap();
    let of_first = seal_change(&device, "last", "of the old one").await;
    device.host.move_clock(60_000);
    let second = seal(&device, Draft::note("sealed after it")).await.unwrap().id;
    let of_second = seal_change(&device, "last", "of the sealed one").await;
    device.host.move_clock(60_000);
    seal(&device, Draft::note("the newest")).await.unwrap();
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(3), 2, 0));
    for (draft, entry) in [(of_first, first), (of_second, second)] {
        let saved = device.client.draft(draft).await.unwrap();
        assert_eq!((saved.entry, saved.meant.as_deref(), saved.held), (Some(entry), Some("last"), true));
        assert_eq!(reason(device.client.commit_draft(draft).await), Some(Reason::ConfirmationNeeded));
    }
    assert_eq!(text(&device, first).await, "an old one");
    device.client.commit_seen_draft(of_second).await.unwrap();
    assert_eq!(
        (text(&device, first).await.as_str(), text(&device, second).await.as_str()),
        ("an old one", "of the sealed one")
    );
}

#[tokio::test(start_paused = true)]
async fn words_for_an_entry_that_cannot_be_told_never_become_one_by_themselves() {
    let (device, disk) = locked().await;
    let (last, astray) =
        (seal_change(&device, "last", "for the last").await, seal_change(&device, "0a", "for 0a").await);
    unlock(&device).await;
    drop(device);
    let device = Device::with_store(disk);
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(0), 2, 0), "a draft remembers it through a restart");
    for (draft, meant) in [(last, "last"), (astray, "0a")] {
        let mut saved = device.client.draft(draft).await.unwrap();
        assert_eq!((saved.entry, saved.meant.as_deref()), (None, Some(meant)));
        let problem =
            device.client.drafts().await.unwrap().into_iter().find(|it| it.id == draft).unwrap().problem;
        assert!(problem.contains("which one can't be told"), "{problem}");
        assert_eq!(reason(device.client.commit_draft(draft).await), Some(Reason::ConfirmationNeeded));
        // An editor that goes on with it changes nothing about that.
        (saved.held, saved.draft.text) = (false, "more words".to_owned());
        device.client.save_draft(saved).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        assert_eq!(counts(&device).await.0, Some(0));
        assert_eq!(reason(device.client.commit_draft(draft).await), Some(Reason::ConfirmationNeeded));
    }
    // Its person chooses: this entry, and a new one.
    let id = device.client.add(Draft::note("before")).await.unwrap().id;
    let chosen = device.client.draft(astray).await.unwrap();
    device.client.save_draft(SavedDraft { entry: Some(id), ..chosen }).await.unwrap();
    assert_eq!(reason(device.client.commit_draft(astray).await), Some(Reason::ConfirmationNeeded));
    assert_eq!(text(&device, id).await, "before");
    assert_eq!(device.client.commit_seen_draft(astray).await.unwrap().id, id);
    assert_eq!(text(&device, id).await, "more words");
    let new = device.client.commit_seen_draft(last).await.unwrap().id;
    assert_ne!(new, id);
    assert_eq!(counts(&device).await, (Some(2), 0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_open_editor_that_was_locked_out_keeps_its_draft() {
    let device = Device::with_vault().await;
    let begun = SavedDraft {
        id: [7; 16],
        draft: Draft::note("half a sen"),
        entry: None,
        base_version: None,
        saved: Timestamp::default(),
        held: false,
        meant: None,
        typed: Default::default(),
    };
    device.client.save_draft(begun).await.unwrap();
    device.client.lock().await.unwrap();
    let becomes = Becomes::Draft { id: [7; 16], entry: None, base_version: None, held: false };
    let sealing = Sealing { draft: Draft::note("half a sentence"), becomes };
    let sealed = device.client.seal_draft(sealing).await.unwrap();
    assert_eq!(sealed.id.as_bytes(), &[7; 16]);
    unlock(&device).await;
    assert_eq!(device.client.draft([7; 16]).await.unwrap().draft.text, "half a sentence");
    assert_eq!(counts(&device).await, (Some(0), 1, 0));
}

#[tokio::test(start_paused = true)]
async fn of_several_saves_of_one_draft_the_last_stands_whatever_the_clock_said() {
    for step_ms in [0, -60 * 60 * 1_000] {
        let (device, _) = locked().await;
        let saves = ["one", "one two", "one two three", "one two three four"];
        for words in saves {
            let becomes = Becomes::Draft { id: [7; 16], entry: None, base_version: None, held: true };
            device.client.seal_draft(Sealing { draft: Draft::note(words), becomes }).await.unwrap();
            device.host.move_clock(step_ms);
        }
        unlock(&device).await;
        assert_eq!(device.client.draft([7; 16]).await.unwrap().draft.text, saves[3], "{step_ms}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_open_is_kept_and_told() {
    let (device, disk) = locked().await;
    seal(&device, Draft::note("whole")).await.unwrap();
    seal(&device, Draft::note("damaged")).await.unwrap();
    let (key, mut value) = rows(&disk).pop().unwrap();
    *value.last_mut().unwrap() ^= 1;
    put(&disk, Table::Drops, &key, value.clone());
    put(&disk, Table::Drops, b"strange", b"thing".to_vec());
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(1), 0, 2));
    let left = rows(&disk);
    assert!(left.contains(&(key, value)) && left.contains(&(b"strange".to_vec(), b"thing".to_vec())));
    let alarms = device.client.alarms().await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.kind.as_str()).collect::<Vec<_>>(), ["DROP_UNREADABLE"]);
}

#[tokio::test(start_paused = true)]
async fn a_key_that_was_exchanged_is_told_and_put_right() {
    let (device, disk) = locked().await;
    let ours = disk.get(Table::Meta, b"drop key").unwrap().unwrap();
    let mut other = ours.clone();
    other[1] ^= 1;
    put(&disk, Table::Meta, b"drop key", other);
    unlock(&device).await;
    let alarms = device.client.alarms().await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| alarm.kind.as_str()).collect::<Vec<_>>(), ["DROP_KEY_CHANGED"]);
    assert_eq!(disk.get(Table::Meta, b"drop key").unwrap(), Some(ours));
    device.client.lock().await.unwrap();
    put(&disk, Table::Meta, b"drop key", vec![9; 4]);
    assert_eq!(
        reason(seal(&device, Draft::note("words")).await),
        Some(Reason::Locked),
        "no key it could use"
    );
}

#[tokio::test(start_paused = true)]
async fn drafts_without_a_place_wait_for_one() {
    let (device, _) = locked().await;
    for number in 0..66 {
        let named = Draft { people: vec!["nobody".to_owned()], ..Draft::note(format!("{number}")) };
        seal(&device, named).await.unwrap();
    }
    unlock(&device).await;
    assert_eq!(counts(&device).await, (Some(0), 64, 2));
    for draft in device.client.drafts().await.unwrap().iter().take(3) {
        device.client.discard_draft(draft.id).await.unwrap();
    }
    assert_eq!(counts(&device).await, (Some(0), 63, 0));
    let texts = device.client.list(&Filter::default(), 1, None).await.unwrap().total;
    assert_eq!(texts, 0);
}
