//! Meeting a server for the first time: it proves its key before anything is believed or sent.

use std::sync::Arc;

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::vault::Server;
use haven_engine::command::ServerChoice;
use haven_engine::sync::{InviteRefused, Problem, check_invite};
use haven_engine::view::Status;

use crate::host::{DialFault, Host};
use crate::keeper::order::Refused;
use crate::limits::{ONLINE_WAIT_MS, URL_BYTES_MAX};
use crate::link::meet;
use crate::node::Node;
use crate::snapshot::Stage;

/// Reaches a server, has it prove its identity, and compares the invite with that. An empty invite is none.
pub(super) async fn choose(host: &Arc<dyn Host>, url: &str, invite: &str) -> Result<ServerChoice, ApiError> {
    let url = address(url)?;
    let met = meet(host, url).await;
    let server_key = met.map_err(|fault| ApiError::from(fault.unwrap_or(DialFault::Unreachable)))?.key;
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
/// needs no comparison.
pub(super) fn same_as_trusted(trusted: Option<[u8; 32]>, choice: &ServerChoice) -> Result<(), ApiError> {
    let same = choice.invite.is_some() || trusted.is_none_or(|trusted| trusted == choice.server_key);
    if same { Ok(()) } else { Err(ApiError::new(Reason::ServerIdentityChanged, "the server was not set")) }
}

/// Waits until the server that was just set has let the vault in, or said why it does not. A server that takes its time is
/// waited for no longer than a person would; how it goes on shows in the status.
pub(super) async fn taken(node: &Node) -> Result<Option<Problem>, Refused> {
    let mut seen = node.watch();
    let ended = |status: &Status| status.connected || status.problem.is_some_and(Problem::needs_person);
    let told = seen.wait_for(|snapshot| snapshot.stage != Stage::Unlocked || ended(&snapshot.view.status));
    tokio::select! {
        told = told => drop(told.map_err(|_| Refused::Stopping)?),
        () = node.host().sleep(ONLINE_WAIT_MS) => {}
    }
    let status = &node.opened()?.view.status;
    Ok(status.problem.filter(|_| !status.connected))
}

/// A server as clients see it.
pub(super) fn server(url: &str, key: &[u8; 32]) -> Server {
    Server { url: url.to_owned(), identity: key.iter().map(|byte| format!("{byte:02x}")).collect() }
}
