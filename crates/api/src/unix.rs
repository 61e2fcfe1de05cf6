//! The way to the daemon on this device: its Unix socket, one HTTP/2 connection, nothing between.
//!
//! tonic's own channel would add a buffer and a reconnecting layer to every call; a client of a local daemon wants to hear at
//! once when it is gone. And soon, if it is there and says nothing: whoever waits is told so.

pub mod closed;
pub mod holder;
mod path;

use std::env;
use std::future::Future;
use std::io;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::{Service, StdError, http};

use crate::client::{Client, Patience};
use crate::error::{ApiError, ErrorReason, refused};

use self::path::ShortPath;

/// The name of the socket in its folder.
pub const SOCKET: &str = "havend.sock";

/// How much a daemon may send ahead, a stream and in all, in bytes: an export does not wait for round trips.
const WINDOW: u32 = 2 * 1024 * 1024;

/// How long a daemon that owes an answer may be silent before it is asked for a sign of life, and how long that may take. It
/// comes from threads that never wait for a disk: ten seconds are for a machine that is out of memory, not for us.
const SIGN_OF_LIFE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(8));

/// How long a call may take whose daemon is alive. The longest honest one opens the journal of half a life on a slow disk.
const CALL_MAX: Duration = Duration::from_secs(120);

/// The folder of this device's journal: `HAVEN_HOME` if that is set, else the one that the desktop's convention names. `None`
/// if the system names no home at all.
///
/// Everything by which a daemon is found lies here, its socket too. The folder that the convention has for sockets goes with the
/// session that made it, while the daemon and what it has open stay.
pub fn data() -> Option<PathBuf> {
    if let Some(home) = env::var_os("HAVEN_HOME").filter(|home| !home.is_empty()) {
        return std::path::absolute(home).ok();
    }
    let named = env::var_os("XDG_DATA_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let usual = || Some(env::home_dir().filter(|home| home.is_absolute())?.join(".local/share"));
    Some(named.or_else(usual)?.join("haven"))
}

/// Where the daemon's socket is: in the folder of the journal that it serves.
pub fn socket() -> Option<PathBuf> {
    Some(data()?.join(SOCKET))
}

/// Connects to the daemon at a socket; the path may be of any length. Nothing is sent before it is sure that the daemon
/// belongs to the same user.
///
/// Must be called within a tokio runtime with I/O and time enabled. A call on the connection fails with `DAEMON_UNREACHABLE` if
/// the daemon does not answer for about ten seconds, and in any case after two minutes.
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
        .timer(TokioTimer::new())
        .keep_alive_interval(SIGN_OF_LIFE.0)
        .keep_alive_timeout(SIGN_OF_LIFE.1)
        .handshake(TokioIo::new(stream))
        .await;
    // Whoever closes a connection that has just been made is on its way out: nobody listens any more.
    let (sender, connection) = connected.map_err(|_| absent())?;
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

fn absent() -> ApiError {
    ApiError::new(ErrorReason::DaemonUnreachable, "not connected")
}

fn unreachable(error: &io::Error) -> ApiError {
    let unreachable = absent();
    match error.kind() {
        // The last: as many wait already as may, because nobody is being let in.
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused | io::ErrorKind::WouldBlock => unreachable,
        io::ErrorKind::PermissionDenied => unreachable
            .because("the folder of the journal is another user's")
            .with_next("Set HAVEN_HOME to a folder of your own."),
        io::ErrorKind::NotADirectory => unreachable
            .because("where the folder of the journal should be there's a file")
            .with_next("Set HAVEN_HOME to a folder."),
        _ => unreachable.because(refused(error)),
    }
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
    type Error = StdError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, StdError>> + Send>>;

    /// Always: a connection that is gone shows in the call itself, where its error keeps its source.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), StdError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let longer = request.extensions().get().map_or(Duration::ZERO, |Patience(longer)| *longer);
        let answer = self.sender.send_request(request);
        Box::pin(async move { Ok(tokio::time::timeout(CALL_MAX + longer, answer).await??) })
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
