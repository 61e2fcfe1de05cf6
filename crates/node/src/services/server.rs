//! Meeting a server for the first time: it proves its key before anything is believed or sent.

use std::sync::Arc;

use haven_api::error::{ApiError, ErrorReason as Reason};
use haven_api::vault::Server;
use haven_engine::command::ServerChoice;
use haven_engine::sync::{InviteRefused, Problem, check_invite};
use haven_engine::view::Status;
use haven_feed::invite::InviteFault;

use crate::host::{DialFault, Host};
use crate::keeper::order::Refused;
use crate::limits::{ONLINE_WAIT_MS, URL_BYTES_MAX};
use crate::link::meet;
use crate::node::Node;
use crate::snapshot::Stage;

/// Reaches a server, has it prove its identity, and compares the invite with that. An empty invite is none.
///
/// A server that is not reached is not chosen: nothing is kept to be sent to it.
pub(super) async fn choose(
    host: &Arc<dyn Host>,
    url: &str,
    invite: &str,
    unless: NotReached,
) -> Result<ServerChoice, ApiError> {
    let url = address(url)?;
    let met = meet(host, url).await;
    let server_key = met.map_err(|fault| unless.told(fault.unwrap_or(DialFault::Unreachable).into()))?.key;
    if !invite.is_empty() {
        check_invite(invite, &server_key).map_err(wrong_invite)?;
    }
    Ok(ServerChoice {
        url: url.to_owned(),
        server_key,
        invite: (!invite.is_empty()).then(|| invite.to_owned()),
    })
}

/// What is told when a server is not reached that somebody named for the first time.
#[derive(Clone, Copy)]
pub(super) struct NotReached {
    /// What did not happen.
    pub(super) what: &'static str,
    /// What to do next.
    pub(super) next: &'static str,
}

impl NotReached {
    /// The server of a new journal.
    pub(super) const OF_NEW_JOURNAL: Self = Self {
        what: "no journal was made",
        next: "Check the address, and that the server runs there. Or begin without one, and set one later.",
    };

    /// The server of a journal, which may have another.
    pub(super) fn of_journal(has_other: bool) -> Self {
        let next = "Check the address, and that the server runs there; then set it again.";
        match has_other {
            false => Self { what: "no server was set", next },
            true => Self { what: "the server was not changed", next },
        }
    }

    /// The server by way of which a device joins.
    pub(super) const OF_JOINER: Self = Self {
        what: super::joining::NOT_JOINED,
        next: "Check the address, and that the server runs there. The code is good for two minutes.",
    };

    /// The server that a journal is restored from.
    pub(super) const OF_RESTORED: Self = Self {
        what: super::restoring::NOT_RESTORED,
        next: "Nothing was kept here. Check the address, and that the server runs there; then restore again.",
    };

    /// Says it of an error; only one that names no step of its own gets ours.
    pub(super) fn told(self, error: ApiError) -> ApiError {
        let is_usual = error == ApiError::new(Reason::ServerUnreachable, error.what.clone());
        let error = if is_usual { error.with_next(self.next) } else { error };
        ApiError { what: self.what.to_owned(), ..error }
    }
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
    let told = ApiError::new(Reason::InviteInvalid, "the invite can't be used").because(fault.to_string());
    if matches!(fault, InviteRefused::Mistyped(InviteFault::Newer(_))) {
        return told
            .with_next("Copy the invite once more. If it's no shorter then, update Haven on this device.");
    }
    told.with_next("Copy the invite once more from whoever runs the server.")
        .at_terminal("Copy the invite once more from what `haven-server init` printed.")
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
