//! The socket that clients connect to: in a folder of one's own, for one's own programs only.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixListener as StdListener;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use listenfd::ListenFd;
use rustix::fs::{AtFlags, Mode};
use tokio::net::{UnixListener, UnixStream};
use tokio::time::{Sleep, sleep};
use tokio_stream::Stream;

use crate::fault::Fault;
use crate::folder;
use crate::home::SOCKET;

/// The pause after the system could not accept: most likely it is out of descriptors, and trying at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Takes the socket that an earlier process or the service manager handed over, or binds a new one.
///
/// # Errors
/// The folder is not safe, or the system refused.
pub(crate) fn listen(folder: &OwnedFd, runtime: &Path) -> Result<StdListener, Fault> {
    let handed = ListenFd::from_env().take_unix_listener(0);
    let handed = handed.map_err(|error| Fault::while_doing("taking over the socket", error))?;
    let listener = match handed {
        Some(listener) => listener,
        None => bind(folder, runtime)?,
    };
    listener.set_nonblocking(true).map_err(|error| Fault::while_doing("preparing the socket", error))?;
    Ok(listener)
}

/// Binds by way of the opened folder: no race with whoever renames folders, and no limit of 107 bytes on the path.
fn bind(folder: &OwnedFd, runtime: &Path) -> Result<StdListener, Fault> {
    let path = runtime.join(SOCKET);
    folder::remove_socket(folder, SOCKET, &path)?;
    let short = format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd());
    let listener = StdListener::bind(short).map_err(|error| Fault::at(&path, error))?;
    rustix::fs::chmodat(folder, SOCKET, Mode::RUSR | Mode::WUSR, AtFlags::empty())
        .map_err(|errno| Fault::at(&path, errno))?;
    Ok(listener)
}

/// Closes the door of a process that is about to be replaced. Whoever connects after that waits in the socket's queue, and
/// the next process lets them in.
#[derive(Clone, Default)]
pub(crate) struct Door(Arc<Mutex<bool>>);

impl Door {
    /// Closes it. When this returns, nobody is being let in any more.
    pub(crate) fn close(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
    }
}

/// Connections from programs of the same user; others are closed before a byte is read.
pub(crate) struct Peers {
    listener: UnixListener,
    door: Door,
    user: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Peers {
    /// Accepts from a listener.
    ///
    /// # Errors
    /// The system refused.
    pub(crate) fn new(listener: StdListener, door: Door) -> io::Result<Self> {
        let user = rustix::process::geteuid().as_raw();
        Ok(Self { listener: UnixListener::from_std(listener)?, door, user, pause: None })
    }

    /// Accepts the next connection, while the door is open. Looking and accepting are one under the lock: a connection that
    /// came after the door was closed is not taken, however the two threads run.
    fn accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<UnixStream>> {
        let closed = self.door.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *closed {
            return Poll::Pending;
        }
        self.listener.poll_accept(cx).map_ok(|(stream, _)| stream)
    }

    fn is_ours(&self, stream: &UnixStream) -> bool {
        let ours = stream.peer_cred().is_ok_and(|peer| peer.uid() == self.user);
        if !ours {
            tracing::warn!("another user's program was turned away");
        }
        ours
    }
}

impl Stream for Peers {
    type Item = io::Result<UnixStream>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(pause) = &mut self.pause {
                std::task::ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match std::task::ready!(self.accept(cx)) {
                Ok(stream) if self.is_ours(&stream) => return Poll::Ready(Some(Ok(stream))),
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(kind = ?error.kind(), "a connection could not be accepted");
                    self.pause = Some(Box::pin(sleep(ACCEPT_PAUSE)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    use tokio_stream::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn a_socket_is_private_takes_long_paths_and_replaces_a_stale_one() {
        let dir = tempfile::tempdir().unwrap();
        let long = dir.path().join("x".repeat(200));
        for _ in 0..2 {
            let folder = folder::private(&long).unwrap();
            let listener = bind(&folder, &long).unwrap();
            assert_eq!(fs::metadata(long.join(SOCKET)).unwrap().permissions().mode() & 0o777, 0o600);
            drop(listener);
        }
    }

    #[tokio::test]
    async fn only_ones_own_programs_are_let_in() {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder::private(dir.path()).unwrap();
        let listener = listen(&folder, dir.path()).unwrap();
        let mut peers = Peers::new(listener, Door::default()).unwrap();
        let client = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        assert!(peers.next().await.unwrap().is_ok());
        peers.user += 1;
        let stranger = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        tokio::select! {
            _ = peers.next() => panic!("a stranger was let in"),
            closed = async { stranger.readable().await.unwrap(); stranger.try_read(&mut [0]) } => {
                assert_eq!(closed.unwrap(), 0);
            }
        }
        drop(client);
    }

    #[tokio::test]
    async fn nobody_is_taken_once_the_door_is_closed_and_the_next_process_takes_them() {
        let dir = tempfile::tempdir().unwrap();
        let folder = folder::private(dir.path()).unwrap();
        let listener = listen(&folder, dir.path()).unwrap();
        let (kept, door) = (listener.try_clone().unwrap(), Door::default());
        let mut peers = Peers::new(listener, door.clone()).unwrap();
        let _before = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        assert!(peers.next().await.unwrap().is_ok());
        door.close();
        let _after = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        let mut successor = Peers::new(kept, Door::default()).unwrap();
        tokio::select! {
            biased;
            _ = peers.next() => panic!("somebody was let into a process that ends"),
            taken = successor.next() => assert!(taken.unwrap().is_ok()),
        }
    }
}
