//! The server that the devices sync through.

use haven_api::error::ErrorReason;
use haven_api::vault::{Server, ServerInvite, Synced};
use serde::Serialize;

use crate::args::{ServerCommand, SyncArgs};
use crate::cx::Cx;
use crate::fault::{Exit, Fault};
use crate::text::count;

#[derive(Serialize)]
struct ServerShape<'a> {
    url: &'a str,
    identity: &'a str,
}

pub(super) async fn run(cx: &Cx, command: ServerCommand) -> Result<(), Fault> {
    let haven = cx.haven().await?;
    match command {
        ServerCommand::Set { url, invite, accept_identity } => {
            let invite = ServerInvite { url, invite: invite.unwrap_or_default() };
            let server = haven.set_server(invite, accept_identity).await?;
            tell(cx, &server)?;
            cx.note(SET);
            Ok(())
        }
        ServerCommand::Show => tell(cx, &haven.server().await?),
    }
}

/// What is said once a server is set.
const SET: &str = "\
This journal syncs through it from now on. Compare the identity with what `haven-server init` printed. If it differs, that isn't \
your server: don't use it, and set the right one with `haven server set URL --invite CODE`. Next: `haven device link` lets another \
device in.";

fn tell(cx: &Cx, server: &Server) -> Result<(), Fault> {
    let shape = ServerShape { url: &server.url, identity: &server.identity };
    cx.tell(&shape, |style| format!("{}\nidentity {}\n", style.bold(&server.url), server.identity))
}

#[derive(Serialize)]
struct SyncedShape {
    state: &'static str,
    pending: u64,
    received: u64,
    sent: u64,
}

pub(super) async fn sync(cx: &Cx, args: SyncArgs) -> Result<(), Fault> {
    let synced = cx.haven().await?.sync(args.wait.then_some(args.timeout)).await;
    let synced = synced.map_err(|error| match error.reason {
        ErrorReason::Locked
        | ErrorReason::NoVault
        | ErrorReason::Stopping
        | ErrorReason::DaemonUnreachable => error.into(),
        // Whoever waits is told by the code that not everything is there, whatever the server's reason.
        _ if args.wait => Fault::from(error).exiting(Exit::Server),
        _ => error.into(),
    })?;
    tell_synced(cx, &synced)
}

fn tell_synced(cx: &Cx, synced: &Synced) -> Result<(), Fault> {
    let status = &synced.status;
    let (received, sent) = (synced.received, synced.sent);
    let shape = SyncedShape { state: status.state.as_str(), pending: status.pending, received, sent };
    cx.tell(&shape, |_| {
        let state = shape.state;
        let pending = count(shape.pending, "record", "records");
        format!("{state}: {received} received, {sent} sent, {pending} waiting\n")
    })
}
