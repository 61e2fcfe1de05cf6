//! One daemon a folder: a locked file, kept locked across the change of process at a lock of the vault.

use std::env;
use std::fs;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::{Errno, FdFlags};

use crate::fault::Fault;

/// Tells the next process which descriptor holds the lock.
pub(crate) const LOCK_FD: &str = "HAVEND_LOCK_FD";

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
        let file = rustix::fs::openat(folder, "havend.lock", flags, Mode::RUSR | Mode::WUSR)
            .map_err(|errno| Fault::at(path, errno))?;
        if let Some(fd) = handed_over(&file) {
            return Ok(Self { file: None, fd });
        }
        match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Self { fd: file.as_raw_fd(), file: Some(file) }),
            Err(Errno::WOULDBLOCK) => Err(Fault::Running { path: path.to_owned() }),
            Err(errno) => Err(Fault::at(path, errno)),
        }
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

/// The descriptor that already holds the lock, if it is the same file: an earlier process of this daemon left it open.
fn handed_over(file: &OwnedFd) -> Option<i32> {
    let fd: i32 = env::var(LOCK_FD).ok()?.parse().ok()?;
    let left = fs::metadata(format!("/proc/self/fd/{fd}")).ok()?;
    let ours = rustix::fs::fstat(file).ok()?;
    let same = fd != file.as_raw_fd() && left.dev() == ours.st_dev && left.ino() == ours.st_ino;
    same.then_some(fd)
}
