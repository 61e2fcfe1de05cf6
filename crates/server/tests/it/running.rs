//! A server inside the test, as a daemon would run it.

use std::path::Path;

use haven_feed::invite::Invite;
use haven_feed::keys::Signer;
use haven_server::options::Limits;
use haven_server::serve::{ServeFault, open};
use haven_server::{Options, init, keeper};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Client, within};
use crate::kit::Vault;

/// A server that serves, and its folder.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) folder: TempDir,
    stop: oneshot::Sender<()>,
    served: JoinHandle<Result<(), ServeFault>>,
}

impl Running {
    /// Starts a new server.
    pub(crate) async fn start() -> Self {
        Self::with_limits(Limits::default()).await
    }

    /// Starts a new server with other limits.
    pub(crate) async fn with_limits(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        init(folder.path()).expect("a data folder");
        Self::on(folder, limits).await
    }

    /// Starts a server on a folder that has a store.
    pub(crate) async fn on(folder: TempDir, limits: Limits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let (stop, stopped) = oneshot::channel();
        let options = Options { limits, ..Options::new(folder.path()) };
        let opened = open(&options).expect("a folder nobody else serves");
        let served = tokio::spawn(opened.serve(listener, async { drop(stopped.await) }));
        Self { url, folder, stop, served }
    }

    /// Starts a server that holds a vault.
    pub(crate) async fn with(vault: &Vault) -> Self {
        let running = Self::start().await;
        running.hold(vault).await;
        running
    }

    /// Lets the server hold one more vault.
    pub(crate) async fn hold(&self, vault: &Vault) {
        let client = Client::connect(&self.url, vault.space()).await;
        client.create(&self.invite(), vault).await.expect("created");
    }

    /// A new invite.
    pub(crate) fn invite(&self) -> Invite {
        invite_of(self.folder.path())
    }

    /// Stops it and gives the folder back.
    pub(crate) async fn stop(self) -> TempDir {
        let _ = self.stop.send(());
        within(self.served).await.expect("no panic").expect("a good end");
        self.folder
    }

    /// Tells it to stop; the handle says when it has.
    pub(crate) fn begin_stop(self) -> (TempDir, JoinHandle<Result<(), ServeFault>>) {
        let _ = self.stop.send(());
        (self.folder, self.served)
    }
}

/// An invite that this server never gave out.
pub(crate) fn unknown() -> Invite {
    Invite::from_entropy([5; 16], &Signer::from_seed(&[5; 32]).key())
}

/// A new invite for a folder.
pub(crate) fn invite_of(data: &Path) -> Invite {
    Invite::parse(&keeper::invite(data).expect("an invite")).expect("a code")
}
