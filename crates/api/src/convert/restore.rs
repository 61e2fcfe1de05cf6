//! Restoring.

use super::{millis, sent, stamp};
use crate::error::ApiError;
use crate::pb;
use crate::pb::restore_vault_response::State;
use crate::restore::{FoundJournal, Restore, RestoreState};

/// Writes what a device brings that restores a vault.
pub fn restore_to_pb(restore: Restore) -> pb::RestoreVaultRequest {
    let Restore { code, server_url, invite, device_name, passphrase } = restore;
    pb::RestoreVaultRequest { code, server_url, invite, device_name, passphrase, check_only: false }
}

/// Reads what a device brings that restores a vault.
pub fn restore_from_pb(restore: pb::RestoreVaultRequest) -> Restore {
    let pb::RestoreVaultRequest { code, server_url, invite, device_name, passphrase, check_only: _ } =
        restore;
    Restore { code, server_url, invite, device_name, passphrase }
}

/// Writes how far restoring got.
pub fn state_to_pb(state: RestoreState) -> pb::RestoreVaultResponse {
    let state = match state {
        RestoreState::Connecting => State::Connecting(pb::RestoreConnecting {}),
        RestoreState::Found(journals) => {
            State::Found(pb::RestoreFound { journals: journals.into_iter().map(found_to_pb).collect() })
        }
        RestoreState::Restored { vault, device_id } => State::Restored(pb::RestoreDone { vault, device_id }),
    };
    pb::RestoreVaultResponse { state: Some(state) }
}

/// Reads how far restoring got.
///
/// # Errors
/// The device wrote something that is none.
pub fn state_from_pb(state: pb::RestoreVaultResponse) -> Result<RestoreState, ApiError> {
    Ok(match sent(state.state, "state")? {
        State::Connecting(_) => RestoreState::Connecting,
        State::Found(found) => RestoreState::Found(found.journals.into_iter().map(found_from_pb).collect()),
        State::Restored(done) => RestoreState::Restored { vault: done.vault, device_id: done.device_id },
    })
}

fn found_to_pb(found: FoundJournal) -> pb::FoundJournal {
    let FoundJournal { vault, devices, newest, newest_device } = found;
    pb::FoundJournal { vault, devices, newest_ms: millis(newest), newest_device }
}

fn found_from_pb(found: pb::FoundJournal) -> FoundJournal {
    let pb::FoundJournal { vault, devices, newest_ms, newest_device } = found;
    FoundJournal { vault, devices, newest: stamp(newest_ms), newest_device }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_found_comes_back_as_it_was_written() {
        let found = FoundJournal {
            vault: "ab".to_owned(),
            devices: vec!["Laptop".to_owned(), "Phone".to_owned()],
            newest: stamp(Some(1_790_000_000_000)),
            newest_device: "Phone".to_owned(),
        };
        let empty = FoundJournal { newest: None, newest_device: String::new(), ..found.clone() };
        let restored = RestoreState::Restored { vault: "ab".to_owned(), device_id: "cd".to_owned() };
        for state in [RestoreState::Connecting, RestoreState::Found(vec![found, empty]), restored] {
            assert_eq!(state_from_pb(state_to_pb(state.clone())), Ok(state));
        }
        assert!(state_from_pb(pb::RestoreVaultResponse { state: None }).is_err());
    }
}
