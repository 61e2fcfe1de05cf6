//! One daemon a folder: a locked file, kept locked across the change of process at a lock of the vault. It holds a note of who
//! locked it, so that a daemon that does not answer is found all the same.

use std::env;
use std::fs;
use std::os::fd::{AsFd as _, AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::thread;
use std::time::Duration;

use haven_api::unix::holder::{Held, Holder, LOCK};
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::{Errno, FdFlags};

use crate::fault::Fault;

/// Tells the next process which descriptor holds the lock.
pub(crate) const LOCK_FD: &str = "HAVEND_LOCK_FD";

/// How often a lock that nobody has signed is tried, and the pause between: a client that looks who has it takes it for an
/// instant.
const TRIES: (u32, Duration) = (10, Duration::from_millis(10));

/// The right to serve a folder, held until the process ends.
pub(crate) struct Only {
    /// None if an earlier process of the same daemon handed it over: the descriptor stays open by itself.
    file: Option<OwnedFd>,
    fd: i32,
}

impl Only {
    /// Takes the lock of a folder, or finds it handed over.
    ///
    /// # Errors
    /// [`Fault::Running`] if another daemon holds it.
    pub(crate) fn take(folder: &OwnedFd, path: &Path) -> Result<Self, Fault> {
        let flags = OFlags::CREATE | OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let file = rustix::fs::openat(folder, LOCK, flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| Fault::at(path, errno))?;
        if let Some(fd) = handed_over(&file) {
            return Ok(Self { file: None, fd });
        }
        for tries_left in (0..TRIES.0).rev() {
            match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => break,
                Err(Errno::WOULDBLOCK) if tries_left == 0 || is_signed(path) => {
                    return Err(Fault::Running { path: path.to_owned() });
                }
                Err(Errno::WOULDBLOCK) => thread::sleep(TRIES.1),
                Err(errno) => return Err(Fault::at(path, errno)),
            }
        }
        sign(file.as_fd());
        Ok(Self { fd: file.as_raw_fd(), file: Some(file) })
    }

    /// Keeps the descriptor open for the next process and tells its number.
    pub(crate) fn hand_over(&self) -> Result<i32, Fault> {
        if let Some(file) = &self.file {
            rustix::io::fcntl_setfd(file, FdFlags::empty())
                .map_err(|errno| Fault::while_doing("handing the lock over", errno))?;
        }
        Ok(self.fd)
    }
}

/// Notes in the locked file who holds it. A process that locks the vault keeps its id and its beginning, and so the note.
fn sign(file: BorrowedFd<'_>) {
    let Some(holder) = Holder::this() else { return };
    let written =
        rustix::fs::ftruncate(file, 0).and_then(|()| rustix::io::pwrite(file, holder.note().as_bytes(), 0));
    if let Err(error) = written {
        // A full disk, most likely. The lock holds; only a daemon that hangs could not be named.
        tracing::warn!(%error, "nobody can tell whose the lock is");
    }
}

/// Whether the lock of a folder is a living daemon's.
fn is_signed(folder: &Path) -> bool {
    matches!(Held::of(folder), Ok(Held::By(_)))
}

/// The descriptor that already holds the lock, if it is the same file: an earlier process of this daemon left it open.
fn handed_over(file: &OwnedFd) -> Option<i32> {
    let fd: i32 = env::var(LOCK_FD).ok()?.parse().ok()?;
    let left = fs::metadata(format!("/proc/self/fd/{fd}")).ok()?;
    let ours = rustix::fs::fstat(file).ok()?;
    let same = fd != file.as_raw_fd() && left.dev() == ours.st_dev && left.ino() == ours.st_ino;
    same.then_some(fd)
}
