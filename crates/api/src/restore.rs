//! Restoring a vault from its recovery kit, as a client sees it.

use haven_core::time::Timestamp;

/// What a device brings that restores a vault.
pub struct Restore {
    /// The kit's code. A secret for as long as the kit counts.
    pub code: String,
    /// Address of the server.
    pub server_url: String,
    /// An invite to it; empty if there is none.
    pub invite: String,
    /// Name of this device.
    pub device_name: String,
    /// The passphrase of this device.
    pub passphrase: String,
}

/// A journal that a kit restores, as the server has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundJournal {
    /// Id of the vault, as hex.
    pub vault: String,
    /// What its devices were called when they were added.
    pub devices: Vec<String>,
    /// When something was last written, if anything is there.
    pub newest: Option<Timestamp>,
    /// On which device; empty if nothing is there.
    pub newest_device: String,
}

/// How far restoring got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RestoreState {
    /// The server is being reached.
    Connecting,
    /// The person is asked which of these it is.
    Found(Vec<FoundJournal>),
    /// The journal is on this device.
    Restored {
        /// Id of the vault, as hex.
        vault: String,
        /// Id of this device in it, as hex.
        device_id: String,
    },
}
