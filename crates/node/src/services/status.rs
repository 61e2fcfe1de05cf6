//! How things stand, in the API's words.

use haven_api::devices::Device;
use haven_api::error::{ApiError, ErrorReason as Reason};
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
        met: u32::try_from(snapshot.view.met()).unwrap_or(u32::MAX),
        version: VERSION.to_owned(),
        waiting: snapshot.waiting,
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
        synced: status.synced,
        problem: status.problem.map(|problem| of_problem(problem, "").reason),
    }
}

/// Why syncing does not go, as an error about something that failed for it.
pub(crate) fn of_problem(problem: sync::Problem, what: &str) -> ApiError {
    use sync::{Problem, Refusal};
    let refusal = match problem {
        Problem::Unreachable => return ApiError::new(Reason::ServerUnreachable, what),
        Problem::OtherServer => return ApiError::new(Reason::ServerIdentityChanged, what),
        Problem::LostData => return ApiError::new(Reason::ServerLostData, what),
        Problem::Removed => return ApiError::new(Reason::DeviceRemoved, what),
        Problem::Refused(_, refusal) => refusal,
    };
    let refused = |why: &str| ApiError::new(Reason::ServerRefused, what).because(why);
    match refusal {
        Refusal::InviteInvalid => ApiError::new(Reason::InviteInvalid, what),
        Refusal::InviteUsed => ApiError::new(Reason::InviteUsed, what),
        Refusal::SpaceUnknown => refused("the server doesn't know this journal")
            .with_next("Set the server again, with an invite to it.")
            .at_terminal("Give an invite to it: `haven server set URL --invite CODE`."),
        Refusal::Quota => refused("the journal's space on the server is full")
            .with_next("Ask whoever runs the server for more room, unless that's someone you're wary of; everything is kept here meanwhile."),
        Refusal::Busy => {
            refused("it was asked too much at once").with_next("Wait a little; it goes on by itself.")
        }
        Refusal::ServerStorage => refused("the server can't write to its disk"),
        Refusal::FeedUnknown => refused("this device isn't on the server's list of devices, which may be an older one")
            .with_next("Let another of your devices sync, one that knows this one. If there's none that can, set the server again here, with an invite from whoever runs it.")
            .at_terminal("Let another of your devices sync, one that knows this one. If there's none that can, get an invite from whoever runs the server (`haven-server invite`), then `haven server set URL --invite CODE` here."),
        // A server's word. If it's so, the link that did it says it too.
        Refusal::FeedRemoved => refused("the server says this device was removed, and doesn't show who did it")
            .with_next("It's asked again by itself. Your other devices show which ones belong to this journal.")
            .at_terminal("It's asked again by itself. On another device `haven device list` shows which ones belong to this journal."),
        Refusal::Forked => refused("the server has something else in the place of what this device wrote"),
        Refusal::Unauthenticated
        | Refusal::Gap
        | Refusal::RosterMoved
        | Refusal::SpaceExists
        | Refusal::RefillOver
        | Refusal::MailboxGone
        | Refusal::Replaced
        | Refusal::Other => ApiError::new(Reason::ServerRefused, what),
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
pub(super) fn event(snapshot: &Snapshot, settings: u64) -> Event {
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
        settings,
    }
}
