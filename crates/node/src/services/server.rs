//! Meeting a server for the first time: it proves its key before anything is believed or sent.

use std::sync::Arc;

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::vault::Server;
use haven_engine::command::ServerChoice;
use haven_engine::sync::{InviteRefused, check_invite};

use crate::host::{DialFault, Host};
use crate::limits::URL_BYTES_MAX;
use crate::link::identity;

/// Reaches a server, has it prove its identity, and compares the invite with that. An empty invite is none.
pub(super) async fn choose(host: &Arc<dyn Host>, url: &str, invite: &str) -> Result<ServerChoice, ApiError> {
    let url = address(url)?;
    let server_key =
        identity(host, url).await.map_err(|fault| ApiError::from(fault.unwrap_or(DialFault::Unreachable)))?;
    if !invite.is_empty() {
        check_invite(invite, &server_key).map_err(wrong_invite)?;
    }
    Ok(ServerChoice {
        url: url.to_owned(),
        server_key,
        invite: (!invite.is_empty()).then(|| invite.to_owned()),
    })
}

/// The address without blanks and a slash at its end.
pub(super) fn address(url: &str) -> Result<&str, ApiError> {
    let url = url.trim().trim_end_matches('/');
    if url.is_empty() || url.len() > URL_BYTES_MAX {
        return Err(DialFault::Address.into());
    }
    Ok(url)
}

fn wrong_invite(fault: InviteRefused) -> ApiError {
    ApiError::new(Reason::InviteInvalid, "the invite does not fit this server")
        .because(fault.to_string())
        .with_next("Copy the invite once more from what `haven-server init` printed.")
}

/// Refuses another identity than the one this vault trusts. An invite names the identity it is for, so that a server with one
/// needs no comparison; without, and with nothing to compare, the person has to agree.
pub(super) fn same_as_trusted(
    trusted: Option<[u8; 32]>,
    had_server: bool,
    choice: &ServerChoice,
) -> Result<(), ApiError> {
    let same = match trusted {
        Some(trusted) => trusted == choice.server_key,
        None => choice.invite.is_some() || !had_server,
    };
    if same { Ok(()) } else { Err(ApiError::new(Reason::ServerIdentityChanged, "the server was not set")) }
}

/// A server as clients see it; without an identity as long as it has not proved one.
pub(super) fn server(url: &str, key: Option<&[u8; 32]>) -> Server {
    let identity = key.map_or_else(String::new, |key| key.iter().map(|byte| format!("{byte:02x}")).collect());
    Server { url: url.to_owned(), identity }
}
