//! The way to the daemon on this device: its Unix socket, one HTTP/2 connection, nothing between.
//!
//! tonic's own channel would add a buffer, a timer and a reconnecting layer to every call; a client of a local daemon wants
//! to hear at once when it is gone.

mod path;

use std::env;
use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::{Service, http};

use crate::client::Client;
use crate::error::{ApiError, ErrorReason, refused};

use self::path::ShortPath;

/// The name of the socket in its folder.
pub const SOCKET: &str = "havend.sock";

/// How much a daemon may send ahead, a stream and in all, in bytes: an export does not wait for round trips.
const WINDOW: u32 = 2 * 1024 * 1024;

/// Where the daemon's socket is: in `HAVEN_HOME` if that is set, else in the desktop's folder for such things. `None` if the
/// environment names no home at all.
pub fn socket() -> Option<PathBuf> {
    if let Some(home) = env::var_os("HAVEN_HOME").filter(|home| !home.is_empty()) {
        return std::path::absolute(home).ok().map(|home| home.join(SOCKET));
    }
    let folder = |name: &str| env::var_os(name).filter(is_absolute).map(PathBuf::from);
    if let Some(runtime) = folder("XDG_RUNTIME_DIR") {
        return Some(runtime.join("haven").join(SOCKET));
    }
    let state = folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))?;
    Some(state.join("haven/run").join(SOCKET))
}

fn is_absolute(path: &OsString) -> bool {
    Path::new(path).is_absolute()
}

/// Connects to the daemon at a socket; the path may be of any length. Nothing is sent before it is sure that the daemon
/// belongs to the same user.
///
/// Must be called within a tokio runtime with I/O enabled.
///
/// # Errors
/// `DAEMON_UNREACHABLE`: nobody listens there, or somebody else does.
pub async fn connect(socket: &Path) -> Result<Client<Connection>, ApiError> {
    Ok(Client::new(open(socket).await?))
}

/// Opens the bare connection, as [`connect`] does, for a program that brings services of its own.
///
/// # Errors
/// As [`connect`].
pub async fn open(socket: &Path) -> Result<Connection, ApiError> {
    let stream = reach(socket).await.map_err(|error| unreachable(&error))?;
    let peer = stream.peer_cred().map_err(|error| unreachable(&error))?;
    check_peer(peer.uid(), rustix::process::geteuid().as_raw())?;
    let connected = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .handshake(TokioIo::new(stream))
        .await;
    let (sender, connection) = connected.map_err(|_| broken())?;
    // What ends the connection shows in the calls on it.
    let task = tokio::spawn(async move { connection.await.unwrap_or_default() });
    Ok(Connection { sender, _task: Arc::new(Task(task)) })
}

async fn reach(socket: &Path) -> io::Result<UnixStream> {
    let short = ShortPath::of(socket)?;
    UnixStream::connect(short.as_path()).await
}

/// Refuses to talk to another user's program: it could be waiting for a passphrase.
fn check_peer(theirs: u32, ours: u32) -> Result<(), ApiError> {
    if theirs == ours {
        return Ok(());
    }
    Err(ApiError::new(ErrorReason::DaemonUnreachable, "not connected")
        .because("another user's program listens at the socket")
        .with_next("Check who owns the folder of the socket; nothing was sent."))
}

fn unreachable(error: &io::Error) -> ApiError {
    let unreachable = ApiError::new(ErrorReason::DaemonUnreachable, "not connected");
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => unreachable,
        _ => unreachable.because(refused(error)),
    }
}

fn broken() -> ApiError {
    ApiError::new(ErrorReason::DaemonUnreachable, "not connected").because("the daemon closed the connection")
}

/// A connection to the daemon. Closed when the last clone of it is gone.
#[derive(Clone)]
pub struct Connection {
    sender: SendRequest<Body>,
    _task: Arc<Task>,
}

/// The task that moves the connection's bytes; ends with it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Service<http::Request<Body>> for Connection {
    type Response = http::Response<Incoming>;
    type Error = hyper::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, hyper::Error>> + Send>>;

    /// Always: a connection that is gone shows in the call itself, where its error keeps its source.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), hyper::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        Box::pin(self.sender.send_request(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ones_own_daemon_is_talked_to() {
        assert_eq!(check_peer(1000, 1000), Ok(()));
        for theirs in [0, 1001] {
            assert_eq!(check_peer(theirs, 1000).unwrap_err().reason, ErrorReason::DaemonUnreachable);
        }
    }
}
