//! The devices of a vault and how another one joins, as a client sees them.

use haven_core::time::Timestamp;

use crate::error::ApiError;

/// One device of the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id, as hex.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Whether it is this one.
    pub this: bool,
    /// When it was added, if that is known.
    pub added: Option<Timestamp>,
    /// When its last record came in, by this device's clock.
    pub last_seen: Option<Timestamp>,
    /// Whether it was removed.
    pub removed: bool,
}

/// What the new device must read.
pub struct Link {
    /// The code. A secret for two minutes.
    pub code: String,
    /// Address of the server that the new device needs beside it.
    pub server_url: String,
    /// When the code is worthless, by this device's clock.
    pub expires: Timestamp,
    /// Code and server in one text, for a QR code read inside the app.
    pub url: String,
}

/// Where a link stands on the device that has the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// Nobody has used the code yet.
    Waiting {
        /// When it is worthless.
        expires: Timestamp,
    },
    /// A device has; the person reads its words now.
    Answered {
        /// The name it gives itself.
        device_name: String,
    },
    /// The device is in.
    Done(Device),
    /// The time was over first.
    Expired,
    /// The link is void.
    Failed(Box<ApiError>),
}

/// What a device brings that joins a vault.
pub struct Join {
    /// The code that the other device shows.
    pub code: String,
    /// Address of the server.
    pub server_url: String,
    /// Name of this device.
    pub device_name: String,
    /// The passphrase of this device.
    pub passphrase: String,
}

/// Where a link stands on the device that joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JoinState {
    /// The other device is being reached.
    Connecting,
    /// The words to read out.
    Words(String),
    /// This device is in.
    Linked {
        /// Id of the vault, as hex.
        vault: String,
        /// Id of this device in it, as hex.
        device_id: String,
    },
}
