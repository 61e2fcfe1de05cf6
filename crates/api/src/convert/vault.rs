//! Status, server and events, there and back.

use super::{millis, sent, some, stamp, unreadable};
use crate::error::{ApiError, ErrorReason};
use crate::pb;
use crate::vault::{Event, Revisions, Server, Status, SyncState, SyncStatus, Synced, VaultState};

/// Writes a status.
pub fn status_to_pb(status: Status) -> pb::Status {
    let state = match status.state {
        VaultState::None => pb::VaultState::None,
        VaultState::Locked => pb::VaultState::Locked,
        VaultState::Unlocked => pb::VaultState::Unlocked,
    };
    pb::Status {
        state: state.into(),
        device_name: status.device_name,
        device_id: status.device_id,
        entries: status.entries,
        sync: Some(sync_to_pb(status.sync)),
        alarms: status.alarms,
        drafts: status.drafts,
        met: status.met,
        version: status.version,
        waiting: status.waiting,
    }
}

/// Reads a status.
///
/// # Errors
/// The device wrote something that is none.
pub fn status_from_pb(status: Option<pb::Status>) -> Result<Status, ApiError> {
    let status = sent(status, "status")?;
    let state = match status.state() {
        pb::VaultState::Unspecified => return Err(unreadable("state")),
        pb::VaultState::None => VaultState::None,
        pb::VaultState::Locked => VaultState::Locked,
        pb::VaultState::Unlocked => VaultState::Unlocked,
    };
    Ok(Status {
        state,
        device_name: status.device_name,
        device_id: status.device_id,
        entries: status.entries,
        sync: sync_from_pb(status.sync)?,
        alarms: status.alarms,
        drafts: status.drafts,
        met: status.met,
        version: status.version,
        waiting: status.waiting,
    })
}

/// Writes how syncing goes.
pub fn sync_to_pb(sync: SyncStatus) -> pb::SyncStatus {
    let state = match sync.state {
        SyncState::None => pb::SyncState::None,
        SyncState::Offline => pb::SyncState::Offline,
        SyncState::Syncing => pb::SyncState::Syncing,
        SyncState::Idle => pb::SyncState::Idle,
    };
    pb::SyncStatus {
        state: state.into(),
        pending: sync.pending,
        server_url: sync.server.unwrap_or_default(),
        synced_ms: millis(sync.synced),
        problem: sync.problem.unwrap_or_default().into(),
    }
}

/// Reads how syncing goes.
///
/// # Errors
/// The device wrote something that is none.
pub fn sync_from_pb(sync: Option<pb::SyncStatus>) -> Result<SyncStatus, ApiError> {
    let sync = sent(sync, "sync status")?;
    let state = match sync.state() {
        pb::SyncState::Unspecified => return Err(unreadable("sync state")),
        pb::SyncState::None => SyncState::None,
        pb::SyncState::Offline => SyncState::Offline,
        pb::SyncState::Syncing => SyncState::Syncing,
        pb::SyncState::Idle => SyncState::Idle,
    };
    Ok(SyncStatus {
        state,
        pending: sync.pending,
        problem: Some(sync.problem()).filter(|problem| *problem != ErrorReason::Unspecified),
        server: some(sync.server_url),
        synced: stamp(sync.synced_ms),
    })
}

/// Writes how a sync went.
pub fn synced_to_pb(synced: Synced) -> pb::SyncNowResponse {
    pb::SyncNowResponse {
        status: Some(sync_to_pb(synced.status)),
        received: synced.received,
        sent: synced.sent,
    }
}

/// Reads how a sync went.
///
/// # Errors
/// The device wrote something that is none.
pub fn synced_from_pb(synced: pb::SyncNowResponse) -> Result<Synced, ApiError> {
    Ok(Synced { status: sync_from_pb(synced.status)?, received: synced.received, sent: synced.sent })
}

/// Writes a server.
pub fn server_to_pb(server: Server) -> pb::Server {
    pb::Server { url: server.url, identity: server.identity }
}

/// Reads a server.
///
/// # Errors
/// The device named none.
pub fn server_from_pb(server: Option<pb::Server>) -> Result<Server, ApiError> {
    let server = sent(server, "server")?;
    Ok(Server { url: server.url, identity: server.identity })
}

/// Writes a state of the device.
pub fn event_to_pb(event: Event) -> pb::WatchEventsResponse {
    let revisions = |all: Revisions| pb::Revisions {
        entries: all.entries,
        people: all.people,
        drafts: all.drafts,
        devices: all.devices,
        alarms: all.alarms,
    };
    pb::WatchEventsResponse {
        status: Some(status_to_pb(event.status)),
        revisions: event.revisions.map(revisions),
        settings: event.settings,
    }
}

/// Reads a state of the device.
///
/// # Errors
/// The device wrote something that is none.
pub fn event_from_pb(event: pb::WatchEventsResponse) -> Result<Event, ApiError> {
    let revisions = |all: pb::Revisions| Revisions {
        entries: all.entries,
        people: all.people,
        drafts: all.drafts,
        devices: all.devices,
        alarms: all.alarms,
    };
    let (status, settings) = (status_from_pb(event.status)?, event.settings);
    Ok(Event { status, revisions: event.revisions.map(revisions), settings })
}

#[cfg(test)]
mod tests;
