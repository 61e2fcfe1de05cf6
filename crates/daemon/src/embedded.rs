//! A server inside the daemon: for one machine on its own, and for a first try.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use haven_server::folder::write_atomically;
use haven_server::options::{Limits, Options};
use haven_server::serve::{ServeFault, open};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::fault::Fault;

/// Where the first invite is kept for whoever set the server up; later ones are made with `haven-server invite`.
const FIRST_INVITE: &str = "first-invite";

/// A server that runs beside the daemon.
pub(crate) struct Embedded {
    shutdown: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), ServeFault>>,
}

/// Starts a server at an address, in a folder made if it is not there.
///
/// # Errors
/// The folder or the address cannot be used.
pub(crate) async fn start(data: &Path, address: SocketAddr) -> Result<Embedded, Fault> {
    let listener = TcpListener::bind(address).await.map_err(|source| Fault::Address { address, source })?;
    if !data.exists() {
        let made = haven_server::init(data).map_err(|fault| Fault::Server(fault.to_string()))?;
        write_atomically(&data.join(FIRST_INVITE), made.invite.as_bytes())
            .map_err(|error| refused(&error))?;
    }
    let options = Options { data: data.to_owned(), tls: None, limits: Limits::default() };
    let opened = open(&options).map_err(|fault| Fault::Server(fault.to_string()))?;
    let (shutdown, asked) = oneshot::channel();
    let serving = tokio::spawn(opened.serve(listener, async { drop(asked.await) }));
    tracing::info!("a server runs inside");
    Ok(Embedded { shutdown, serving })
}

/// Drains the server and closes its store.
pub(crate) async fn stop(server: Embedded, deadline: Duration) {
    drop(server.shutdown);
    match tokio::time::timeout(deadline, server.serving).await {
        Ok(Ok(Ok(()))) => {}
        Ok(Ok(Err(fault))) => tracing::error!(%fault, "the server inside failed"),
        Ok(Err(_)) | Err(_) => tracing::warn!("the server inside did not drain in time"),
    }
}

fn refused(error: &io::Error) -> Fault {
    Fault::Server(haven_api::error::refused(error).to_owned())
}
