//! The socket that clients connect to: in the folder of the journal, for one's own programs only. Where its file was removed,
//! another takes its place.

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::UnixListener as StdListener;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use haven_api::unix::SOCKET;
use listenfd::ListenFd;
use rustix::fs::{AtFlags, CWD, Mode};
use rustix::io::Errno;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc;
use tokio::time::{Sleep, sleep};
use tokio_stream::Stream;

use crate::fault::Fault;
use crate::folder;

/// The pause after the system could not accept: most likely it is out of descriptors, and trying at once would spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// How often it is looked whether clients can find the daemon. They wait longer than that for one that holds the lock, and two
/// looks at a folder in memory cost a few microseconds.
const LOOK: Duration = Duration::from_secs(1);

/// Where a daemon is found: its folder, and its socket there.
pub(crate) struct Post {
    folder: OwnedFd,
    path: PathBuf,
    listener: StdListener,
    /// The file of the socket; none if it is not there.
    file: Option<FileId>,
}

/// The device and the number of a file: no other has both at the same time.
type FileId = (u64, u64);

impl Post {
    /// Takes the socket that an earlier process handed over, or binds a new one.
    ///
    /// # Errors
    /// The folder is not safe, or the system refused.
    pub(crate) fn take(folder: OwnedFd, path: &Path, handed: &mut ListenFd) -> Result<Self, Fault> {
        let handed = handed.take_unix_listener(0);
        let handed = handed.map_err(|error| Fault::while_doing("taking over the socket", error))?;
        let listener = match handed {
            Some(listener) => listener,
            None => bind(&folder, path)?,
        };
        listener.set_nonblocking(true).map_err(|error| Fault::while_doing("preparing the socket", error))?;
        let file = file_at(&folder);
        Ok(Self { folder, path: path.to_owned(), listener, file })
    }

    /// The socket as it is now.
    pub(crate) fn listener(&self) -> &StdListener {
        &self.listener
    }

    /// The socket, for the next process.
    pub(crate) fn into_listener(self) -> StdListener {
        self.listener
    }

    /// Keeps the daemon to be found: whenever the file of its socket was removed or replaced, makes another and sends it to
    /// whoever lets clients in. Ends when the folder is not there any more: nobody would come.
    pub(crate) async fn keep(&mut self, fresh: mpsc::Sender<StdListener>) {
        loop {
            sleep(LOOK).await;
            if self.is_abandoned() {
                tracing::warn!("the folder of the journal was moved away or removed");
                return;
            }
            if self.file.is_some() && file_at(&self.folder) == self.file {
                continue;
            }
            match self.renew() {
                Ok(listener) => {
                    tracing::warn!("the socket was removed; there is another");
                    let _ = fresh.send(listener).await;
                }
                Err(fault) => tracing::error!(%fault, "the socket was removed, and there is no other"),
            }
        }
    }

    fn renew(&mut self) -> Result<StdListener, Fault> {
        let listener = bind(&self.folder, &self.path)?;
        let refused = |error| Fault::while_doing("preparing the socket", error);
        listener.set_nonblocking(true).map_err(refused)?;
        let copy = listener.try_clone().map_err(refused)?;
        (self.listener, self.file) = (listener, file_at(&self.folder));
        Ok(copy)
    }

    /// Whether the path leads elsewhere, or nowhere. Where the system does not say, it does not.
    fn is_abandoned(&self) -> bool {
        let Ok(ours) = rustix::fs::fstat(&self.folder) else { return false };
        match rustix::fs::statat(CWD, &self.path, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) => (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino),
            Err(errno) => matches!(errno, Errno::NOENT | Errno::NOTDIR),
        }
    }
}

/// The file of the socket in a folder.
fn file_at(folder: &OwnedFd) -> Option<FileId> {
    let found = rustix::fs::statat(folder, SOCKET, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    Some((found.st_dev, found.st_ino))
}

/// Binds by way of the opened folder: no race with whoever renames folders, and no limit of 107 bytes on the path.
fn bind(folder: &OwnedFd, path: &Path) -> Result<StdListener, Fault> {
    let path = path.join(SOCKET);
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
    /// Brings the socket that takes the listener's place.
    fresh: mpsc::Receiver<StdListener>,
    door: Door,
    user: u32,
    pause: Option<Pin<Box<Sleep>>>,
}

impl Peers {
    /// Accepts from a listener.
    ///
    /// # Errors
    /// The system refused.
    pub(crate) fn new(
        listener: StdListener,
        fresh: mpsc::Receiver<StdListener>,
        door: Door,
    ) -> io::Result<Self> {
        let user = rustix::process::geteuid().as_raw();
        Ok(Self { listener: UnixListener::from_std(listener)?, fresh, door, user, pause: None })
    }

    /// Takes a socket in the listener's place. Whoever waited at the old one has seen its file go, and comes again.
    fn renew(&mut self, cx: &mut Context<'_>) {
        while let Poll::Ready(Some(listener)) = self.fresh.poll_recv(cx) {
            match UnixListener::from_std(listener) {
                Ok(listener) => self.listener = listener,
                Err(error) => tracing::error!(kind = ?error.kind(), "nobody can be let in at the new socket"),
            }
        }
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
        self.renew(cx);
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

    /// Lets clients in at a post; gives also where another socket goes.
    fn let_in(post: &Post, door: Door) -> (Peers, mpsc::Sender<StdListener>) {
        let (fresh, taken) = mpsc::channel(1);
        (Peers::new(post.listener().try_clone().unwrap(), taken, door).unwrap(), fresh)
    }

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
        let post = Post::take(folder, dir.path(), &mut ListenFd::empty()).unwrap();
        let mut peers = let_in(&post, Door::default()).0;
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
        let (post, door) = (Post::take(folder, dir.path(), &mut ListenFd::empty()).unwrap(), Door::default());
        let mut peers = let_in(&post, door.clone()).0;
        let _before = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        assert!(peers.next().await.unwrap().is_ok());
        door.close();
        let _after = UnixStream::connect(dir.path().join(SOCKET)).await.unwrap();
        let mut successor = let_in(&post, Door::default()).0;
        tokio::select! {
            biased;
            _ = peers.next() => panic!("somebody was let into a process that ends"),
            taken = successor.next() => assert!(taken.unwrap().is_ok()),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_socket_that_was_removed_or_replaced_is_there_again_and_lets_clients_in() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join(SOCKET);
        let mut post =
            Post::take(folder::private(dir.path()).unwrap(), dir.path(), &mut ListenFd::empty()).unwrap();
        let (mut peers, fresh) = let_in(&post, Door::default());
        for spoil in [
            |socket: &Path| fs::remove_file(socket).unwrap(),
            |socket: &Path| {
                fs::remove_file(socket).unwrap();
                drop(StdListener::bind(socket).unwrap());
            },
        ] {
            spoil(&socket);
            let client = async {
                loop {
                    if let Ok(client) = UnixStream::connect(&socket).await {
                        return client;
                    }
                    sleep(LOOK).await;
                }
            };
            let come = async { tokio::join!(client, peers.next()) };
            tokio::select! {
                () = post.keep(fresh.clone()) => panic!("the folder is there"),
                (_client, taken) = come => assert!(taken.unwrap().is_ok()),
            }
            assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_is_waited_for_in_a_folder_that_is_not_there_any_more() {
        let dir = tempfile::tempdir().unwrap();
        let (path, aside) = (dir.path().join("home"), dir.path().join("aside"));
        for replaced in [false, true] {
            let mut post =
                Post::take(folder::private(&path).unwrap(), &path, &mut ListenFd::empty()).unwrap();
            let (_peers, fresh) = let_in(&post, Door::default());
            fs::rename(&path, &aside).unwrap();
            if replaced {
                fs::create_dir(&path).unwrap();
            }
            tokio::time::timeout(LOOK * 2, post.keep(fresh)).await.unwrap();
            fs::remove_dir_all(&aside).unwrap();
        }
    }
}
