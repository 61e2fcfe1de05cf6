use haven_core::time::Timestamp;

use super::*;

fn status(state: VaultState, sync: SyncState) -> Status {
    Status {
        state,
        device_name: "Laptop".to_owned(),
        device_id: "00ff00ff00ff00ff".to_owned(),
        entries: Some(0),
        sync: SyncStatus {
            state: sync,
            pending: 3,
            server: Some("https://journal.example".to_owned()),
            synced: Some(Timestamp::from_millis(5)),
            problem: Some(ErrorReason::ServerUnreachable),
        },
        alarms: 1,
        drafts: 2,
        met: 3,
        version: "0.1.0".to_owned(),
        waiting: 2,
    }
}

#[test]
fn every_status_comes_back_as_it_went() {
    for state in [VaultState::None, VaultState::Locked, VaultState::Unlocked] {
        for sync in [SyncState::None, SyncState::Offline, SyncState::Syncing, SyncState::Idle] {
            let status = status(state, sync);
            assert_eq!(status_from_pb(Some(status_to_pb(status.clone()))), Ok(status));
        }
    }
}

#[test]
fn absence_comes_back_as_absence() {
    let mut bare = status(VaultState::Locked, SyncState::None);
    bare.entries = None;
    bare.sync = SyncStatus { state: SyncState::None, pending: 0, server: None, synced: None, problem: None };
    assert_eq!(status_from_pb(Some(status_to_pb(bare.clone()))), Ok(bare.clone()));
    let event = Event { status: bare, revisions: None, settings: 3 };
    assert_eq!(event_from_pb(event_to_pb(event.clone())), Ok(event));
}

#[test]
fn events_syncs_and_servers_come_back_as_they_went() {
    let status = status(VaultState::Unlocked, SyncState::Idle);
    let revisions = Revisions { entries: 1, people: 2, drafts: 3, devices: 4, alarms: 5 };
    let synced = Synced { status: status.sync.clone(), received: 6, sent: 7 };
    let event = Event { status, revisions: Some(revisions), settings: 8 };
    assert_eq!(event_from_pb(event_to_pb(event.clone())), Ok(event));
    assert_eq!(synced_from_pb(synced_to_pb(synced.clone())), Ok(synced));
    let server = Server { url: "http://127.0.0.1:7460".to_owned(), identity: "ab".repeat(32) };
    assert_eq!(server_from_pb(Some(server_to_pb(server.clone()))), Ok(server));
}

#[test]
fn what_no_device_sends_is_unreadable() {
    let good = || status_to_pb(status(VaultState::Unlocked, SyncState::Idle));
    let cases = [
        None,
        Some(pb::Status { state: 0, ..good() }),
        Some(pb::Status { sync: None, ..good() }),
        Some(pb::Status { sync: Some(pb::SyncStatus::default()), ..good() }),
    ];
    for case in cases {
        assert_eq!(status_from_pb(case).unwrap_err().name(), "UNSUPPORTED");
    }
    assert!(server_from_pb(None).is_err());
}
