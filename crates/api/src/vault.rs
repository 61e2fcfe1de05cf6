//! The vault of this device and its link to a server, as a client sees them.

use haven_core::time::Timestamp;

use crate::error::{ApiError, ErrorReason};

/// Whether there is a vault and whether it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VaultState {
    /// There is none on this device.
    None,
    /// There is one and it is locked.
    Locked,
    /// It is open.
    Unlocked,
}

impl VaultState {
    /// The word for it in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Locked => "locked",
            Self::Unlocked => "unlocked",
        }
    }
}

/// How things stand on this device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Whether there is a vault and whether it is open.
    pub state: VaultState,
    /// Name of this device; empty unless the vault is open.
    pub device_name: String,
    /// Id of this device in its vault; empty while there is none.
    pub device_id: String,
    /// How many entries there are, the trash not counted; `None` unless the vault is open.
    pub entries: Option<u64>,
    /// How syncing goes.
    pub sync: SyncStatus,
    /// How many alarms wait for the person.
    pub alarms: u32,
    /// How many drafts are kept; 0 unless the vault is open.
    pub drafts: u32,
    /// In how many entries edits met that nobody has settled; 0 unless the vault is open.
    pub met: u32,
    /// Release of the program that answers.
    pub version: String,
    /// How many texts that were written while the vault was locked wait sealed; told in every state.
    pub waiting: u32,
}

/// How syncing goes, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncState {
    /// No server is set.
    None,
    /// The server cannot be reached at present.
    Offline,
    /// Something is on its way.
    Syncing,
    /// Everything is up to date.
    Idle,
}

impl SyncState {
    /// The word for it in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Offline => "offline",
            Self::Syncing => "syncing",
            Self::Idle => "idle",
        }
    }
}

/// How syncing goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncStatus {
    /// In a word.
    pub state: SyncState,
    /// How many records the server has not acknowledged yet.
    pub pending: u64,
    /// Address of the server.
    pub server: Option<String>,
    /// When device and server last agreed.
    pub synced: Option<Timestamp>,
    /// Why syncing does not go.
    pub problem: Option<ErrorReason>,
}

/// A server to sync with and the invite to it.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerInvite {
    /// Its address.
    pub url: String,
    /// The invite code; empty if the server knows the vault already.
    pub invite: String,
}

/// The server this device syncs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its address.
    pub url: String,
    /// Its identity key as hex.
    pub identity: String,
}

/// What exists only at the moment a vault is made.
pub struct NewVault {
    /// Id of the vault, as hex.
    pub vault: String,
    /// Id of this device in it, as hex.
    pub device_id: String,
    /// The recovery kit's code. A secret: shown once, kept nowhere.
    pub kit: String,
    /// What failed once the vault was made, which stands all the same.
    pub failed: Option<ApiError>,
}

/// How a sync went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// How syncing goes now.
    pub status: SyncStatus,
    /// How many records were received since the call.
    pub received: u64,
    /// How many were sent and acknowledged since the call.
    pub sent: u64,
}

/// A state of the device, for clients that stay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// How things stand.
    pub status: Status,
    /// How often each list has changed; `None` unless the vault is open.
    pub revisions: Option<Revisions>,
    /// How often a setting was changed since the program started; told in every state.
    pub settings: u64,
}

/// How often each list has changed since the vault was opened: a number that differs from the one seen last means that
/// list is to be read again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Revisions {
    /// Entries, the trash and histories included.
    pub entries: u64,
    /// People.
    pub people: u64,
    /// Drafts.
    pub drafts: u64,
    /// Devices and links under way.
    pub devices: u64,
    /// Alarms.
    pub alarms: u64,
}
