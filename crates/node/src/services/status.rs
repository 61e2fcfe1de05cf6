//! How things stand, in the API's words.

use haven_api::devices::Device;
use haven_api::error::ErrorReason as Reason;
use haven_api::vault::{Event, Revisions, Status, SyncState, SyncStatus, VaultState};
use haven_engine::sync;
use haven_engine::view;

use crate::snapshot::{Snapshot, Stage};

/// The release of this program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The state of the whole device.
pub(super) fn status(snapshot: &Snapshot) -> Status {
    let state = match snapshot.stage {
        Stage::None => VaultState::None,
        Stage::Locked => VaultState::Locked,
        Stage::Unlocked => VaultState::Unlocked,
    };
    let inside = &snapshot.view.status;
    let this = inside.devices.iter().find(|device| device.this);
    Status {
        state,
        device_name: inside.device.clone(),
        device_id: this.map(|device| device.id.clone()).unwrap_or_default(),
        entries: (snapshot.stage == Stage::Unlocked).then(|| snapshot.view.len() as u64),
        sync: sync(inside),
        alarms: u32::try_from(inside.alarms.len()).unwrap_or(u32::MAX),
        drafts: snapshot.drafts,
        version: VERSION.to_owned(),
    }
}

/// How syncing goes.
pub(super) fn sync(status: &view::Status) -> SyncStatus {
    let state = match status.sync {
        sync::SyncState::None => SyncState::None,
        sync::SyncState::Offline => SyncState::Offline,
        sync::SyncState::Syncing => SyncState::Syncing,
        sync::SyncState::Idle => SyncState::Idle,
    };
    SyncStatus {
        state,
        pending: if status.server.is_some() { status.pending } else { 0 },
        server: status.server.clone(),
        synced: None,
        problem: (state == SyncState::Offline).then_some(Reason::ServerUnreachable),
    }
}

/// One device of the vault.
pub(super) fn device(shown: &view::DeviceShown) -> Device {
    Device {
        id: shown.id.clone(),
        name: shown.name.clone(),
        this: shown.this,
        added: shown.added,
        last_seen: shown.last_seen.filter(|_| !shown.this),
        removed: shown.removed,
    }
}

/// The state of the device for clients that stay.
pub(super) fn event(snapshot: &Snapshot) -> Event {
    let revisions = &snapshot.revisions;
    Event {
        status: status(snapshot),
        revisions: (snapshot.stage == Stage::Unlocked).then_some(Revisions {
            entries: revisions.entries,
            people: revisions.people,
            drafts: revisions.drafts,
            devices: revisions.devices,
            alarms: revisions.alarms,
        }),
    }
}
