//! A server's life: open, serve, drain, close. In this order, each with its end.

mod accept;
mod body;
mod counted;
mod dispatch;
mod fields;
mod method;
mod speak;
pub(crate) mod tls;

use std::future::Future;
use std::sync::Arc;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::entropy::draw;
use crate::folder::{Folder, FolderFault, Lock};
use crate::identity::Identity;
use crate::limits::DRAIN_TIMEOUT;
use crate::options::{Limits, Options};
use crate::server::Server;
use crate::session::Sessions;
use crate::store::sqlite::SqliteStore;
use crate::store::{Store, StoreFault};
use crate::writer::WriterThread;
use accept::Door;
use tls::Tls;

/// Why a server does not serve, or stopped.
#[derive(Debug, Error)]
pub enum ServeFault {
    /// The data folder.
    #[error(transparent)]
    Folder(#[from] FolderFault),
    /// The certificate or its key.
    #[error("could not use the certificate: {0}")]
    Tls(&'static str),
    /// The store failed while serving. Everything acknowledged before is in it.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

/// A data folder that this process has taken and can serve.
pub struct Opened {
    identity: Identity,
    store: SqliteStore,
    limits: Limits,
    tls: Option<Tls>,
    lock: Lock,
}

/// Opens a data folder for serving.
///
/// # Errors
/// The folder or the certificate cannot be used, or another process serves the folder.
pub fn open(options: &Options) -> Result<Opened, ServeFault> {
    let tls = options.tls.as_ref().map(Tls::read).transpose()?;
    let folder = Folder::open(&options.data)?;
    let lock = folder.lock()?;
    Ok(Opened { identity: folder.identity()?, store: folder.store()?, limits: options.limits, tls, lock })
}

/// Opens a data folder and serves it until `shutdown` is ready.
///
/// # Errors
/// Those of [`open`] and of [`Opened::serve`].
pub async fn serve(
    options: &Options,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeFault> {
    open(options)?.serve(listener, shutdown).await
}

impl Opened {
    /// Returns the identity key, in hexadecimal.
    pub fn identity(&self) -> String {
        self.identity.hex()
    }

    /// Serves until `shutdown` is ready, then drains: accepts nothing more, ends the streams, answers what is under way,
    /// closes the store.
    ///
    /// # Errors
    /// The store failed. Everything that was acknowledged is in it.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServeFault> {
        let front = Front { listener, tls: self.tls };
        let served = run(self.identity, Box::new(self.store), self.limits, front, shutdown).await;
        // The folder is given back as the last thing.
        drop(self.lock);
        served
    }
}

/// Where connections come from.
pub(crate) struct Front {
    /// The open socket.
    pub(crate) listener: TcpListener,
    /// Serves TLS.
    pub(crate) tls: Option<Tls>,
}

/// Serves a store.
pub(crate) async fn run(
    identity: Identity,
    store: Box<dyn Store>,
    limits: Limits,
    front: Front,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeFault> {
    let failed = CancellationToken::new();
    let sessions = Sessions::begin(draw().map_err(FolderFault::from)?, Instant::now());
    let (server, writer) = Server::start(identity, store, limits, sessions, failed.clone())?;
    let connections = TaskTracker::new();
    let door = Door::new(server.clone(), front, connections.clone());
    tracing::info!("serving");
    tokio::select! {
        () = door.keep_open() => {}
        () = shutdown => {}
        () = failed.cancelled() => {}
    }
    drain(server, &connections, writer).await
}

/// Dropping the door closed the listener; now everything else, in order.
async fn drain(
    server: Arc<Server>,
    connections: &TaskTracker,
    writer: WriterThread,
) -> Result<(), ServeFault> {
    tracing::info!("draining");
    server.draining.cancel();
    let streams = server.streams.clone();
    streams.close();
    connections.close();
    let quiet = async {
        streams.wait().await;
        connections.wait().await;
    };
    if timeout(DRAIN_TIMEOUT, quiet).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    server.writer.stop().await;
    drop(server);
    let written = tokio::task::spawn_blocking(move || writer.join()).await;
    written.unwrap_or(Err(StoreFault::Damaged("the writer's state")))?;
    tracing::info!("stopped");
    Ok(())
}
