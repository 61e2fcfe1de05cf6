//! Devices and links, there and back.

use haven_core::time::Timestamp;

use super::{millis, sent, stamp, unreadable};
use crate::devices::{Admitted, Device, Join, JoinState, Link, LinkState};
use crate::error::{ApiError, ErrorReason};
use crate::pb;
use crate::pb::join_vault_response::State as Joining;
use crate::pb::watch_link_response::State as Linking;

/// Writes a device.
pub fn device_to_pb(device: Device) -> pb::Device {
    let state = if device.removed { pb::DeviceState::Removed } else { pb::DeviceState::Active };
    pb::Device {
        id: device.id,
        name: device.name,
        this: device.this,
        added_ms: millis(device.added),
        last_seen_ms: millis(device.last_seen),
        state: state.into(),
    }
}

/// Reads a device.
///
/// # Errors
/// The device wrote something that is none.
pub fn device_from_pb(device: Option<pb::Device>) -> Result<Device, ApiError> {
    let device = sent(device, "device")?;
    let removed = match device.state() {
        pb::DeviceState::Unspecified => return Err(unreadable("state")),
        pb::DeviceState::Active => false,
        pb::DeviceState::Removed => true,
    };
    Ok(Device {
        id: device.id,
        name: device.name,
        this: device.this,
        added: stamp(device.added_ms),
        last_seen: stamp(device.last_seen_ms),
        removed,
    })
}

/// Writes what the new device must read.
pub fn link_to_pb(link: Link) -> pb::StartLinkResponse {
    pb::StartLinkResponse {
        code: link.code,
        server_url: link.server_url,
        expires_ms: link.expires.as_millis(),
        url: link.url,
    }
}

/// Reads what the new device must read.
pub fn link_from_pb(link: pb::StartLinkResponse) -> Link {
    Link {
        code: link.code,
        server_url: link.server_url,
        expires: Timestamp::from_millis(link.expires_ms),
        url: link.url,
    }
}

/// Writes where a link stands.
pub fn link_state_to_pb(state: LinkState) -> pb::WatchLinkResponse {
    let state = match state {
        LinkState::Waiting { expires } => {
            Linking::Waiting(pb::LinkWaiting { expires_ms: expires.as_millis() })
        }
        LinkState::Answered { device_name } => Linking::Answered(pb::LinkAnswered { device_name }),
        LinkState::Comparing(Admitted { device, words }) => {
            Linking::Comparing(pb::LinkComparing { device: Some(device_to_pb(device)), words })
        }
        LinkState::Done(device) => Linking::Done(pb::LinkDone { device: Some(device_to_pb(device)) }),
        LinkState::Expired => Linking::Expired(pb::LinkExpired {}),
        LinkState::Failed(error) => Linking::Failed(pb::LinkFailed { error: Some((*error).into()) }),
    };
    pb::WatchLinkResponse { state: Some(state) }
}

/// Reads where a link stands.
///
/// # Errors
/// The device wrote something that is none.
pub fn link_state_from_pb(state: pb::WatchLinkResponse) -> Result<LinkState, ApiError> {
    Ok(match sent(state.state, "state")? {
        Linking::Waiting(waiting) => {
            LinkState::Waiting { expires: Timestamp::from_millis(waiting.expires_ms) }
        }
        Linking::Answered(answered) => LinkState::Answered { device_name: answered.device_name },
        Linking::Comparing(pb::LinkComparing { device, words }) => {
            LinkState::Comparing(Admitted { device: device_from_pb(device)?, words })
        }
        Linking::Done(done) => LinkState::Done(device_from_pb(done.device)?),
        Linking::Expired(_) => LinkState::Expired,
        Linking::Failed(failed) => {
            let unknown = || ApiError::new(ErrorReason::Unspecified, "the link failed");
            LinkState::Failed(Box::new(failed.error.map_or_else(unknown, ApiError::from)))
        }
    })
}

/// Writes what a device brings that joins.
pub fn join_to_pb(join: Join) -> pb::JoinVaultRequest {
    pb::JoinVaultRequest {
        code: join.code,
        server_url: join.server_url,
        device_name: join.device_name,
        passphrase: join.passphrase,
        check_only: false,
    }
}

/// Reads what a device brings that joins.
pub fn join_from_pb(join: pb::JoinVaultRequest) -> Join {
    Join {
        code: join.code,
        server_url: join.server_url,
        device_name: join.device_name,
        passphrase: join.passphrase,
    }
}

/// Writes how far joining got.
pub fn join_state_to_pb(state: JoinState) -> pb::JoinVaultResponse {
    let state = match state {
        JoinState::Connecting => Joining::Connecting(pb::JoinConnecting {}),
        JoinState::Comparing => Joining::Comparing(pb::JoinComparing {}),
        JoinState::Words(words) => Joining::Words(pb::JoinWords { words }),
        JoinState::Linked { vault, device_id } => Joining::Linked(pb::JoinLinked { vault, device_id }),
    };
    pb::JoinVaultResponse { state: Some(state) }
}

/// Reads how far joining got.
///
/// # Errors
/// The device wrote something that is none.
pub fn join_state_from_pb(state: pb::JoinVaultResponse) -> Result<JoinState, ApiError> {
    Ok(match sent(state.state, "state")? {
        Joining::Connecting(_) => JoinState::Connecting,
        Joining::Comparing(_) => JoinState::Comparing,
        Joining::Words(words) => JoinState::Words(words.words),
        Joining::Linked(linked) => JoinState::Linked { vault: linked.vault, device_id: linked.device_id },
    })
}

#[cfg(test)]
mod tests;
