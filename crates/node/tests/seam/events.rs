//! The stream of states.

use haven_api::client::Events;
use haven_api::drafts::SavedDraft;
use haven_api::journal::Draft;
use haven_api::vault::VaultState;
use haven_core::time::Timestamp;

use crate::device::{Device, STRONG};

#[tokio::test(start_paused = true)]
async fn a_watcher_sees_the_present_state_and_every_newer_one_it_finds_time_for() {
    let device = Device::new();
    let mut events = device.client.events().await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert_eq!((first.status.state, first.revisions), (VaultState::None, None));
    let device = Device::initialised(device).await;
    for number in 0..50 {
        device.note(&format!("note {number}")).await;
    }
    let mut last = events.next().await.unwrap().unwrap();
    while last.status.entries != Some(50) {
        last = events.next().await.unwrap().unwrap();
    }
    let revisions = last.revisions.unwrap();
    assert!(revisions.entries >= 50 && revisions.drafts == 0);
    let draft = SavedDraft {
        id: [1; 16],
        draft: Draft::note("d"),
        entry: None,
        base_version: None,
        saved: Timestamp::from_millis(0),
        held: false,
        meant: None,
        typed: Default::default(),
    };
    device.client.save_draft(draft).await.unwrap();
    let drafted = events.next().await.unwrap().unwrap();
    assert_eq!((drafted.status.drafts, drafted.revisions.unwrap().drafts), (1, 1));
    device.client.lock().await.unwrap();
    let locked = events.next().await.unwrap().unwrap();
    assert_eq!((locked.status.state, locked.status.entries), (VaultState::Locked, None));
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().status.state, VaultState::Unlocked);
}

#[tokio::test(start_paused = true)]
async fn a_watcher_hears_of_a_changed_setting_in_every_state() {
    let device = Device::new();
    let mut events = device.client.events().await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().settings, 0);
    device.node.settings_changed();
    assert_eq!(changed(&mut events, 1).await, VaultState::None);
    device.client.init("Laptop", STRONG.to_owned(), None).await.unwrap();
    device.node.settings_changed();
    assert_eq!(changed(&mut events, 2).await, VaultState::Unlocked);
    device.client.lock().await.unwrap();
    device.node.settings_changed();
    assert_eq!(changed(&mut events, 3).await, VaultState::Locked);
}

/// Waits until so many settings were changed; the state of the vault then.
async fn changed(events: &mut Events, settings: u64) -> VaultState {
    loop {
        let event = events.next().await.unwrap().unwrap();
        if event.settings == settings {
            return event.status.state;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_watcher_gets_the_newest_state_and_not_the_old_ones() {
    let device = Device::with_vault().await;
    let mut events = device.client.events().await.unwrap();
    events.next().await.unwrap();
    for number in 0..200 {
        device.note(&format!("note {number}")).await;
    }
    // One may already have been on its way.
    let next = [events.next().await.unwrap().unwrap(), {
        device.note("one more").await;
        events.next().await.unwrap().unwrap()
    }];
    assert!(next.iter().any(|event| event.status.entries >= Some(200)));
}

#[tokio::test(start_paused = true)]
async fn streams_end_when_the_device_closes_them() {
    let device = Device::with_vault().await;
    let mut events = device.client.events().await.unwrap();
    events.next().await.unwrap();
    device.node.close_streams();
    assert!(events.next().await.unwrap().is_none());
}
