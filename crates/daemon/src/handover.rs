//! A lock of the vault replaces the process by a fresh one: keys and words in freed memory are gone with the old one. The
//! socket and the folder's lock are handed over, so that clients that connect meanwhile only wait.

use std::convert::Infallible;
use std::env;
use std::os::fd::{AsRawFd as _, BorrowedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, id};

use rustix::io::FdFlags;

use crate::fault::Fault;
use crate::only::{LOCK_FD, Only};

/// glibc keeps an arena a thread, each with what was once needed; two are enough for our threads.
pub(crate) const ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// Becomes a fresh process of the same program with the same arguments. Returns only if that failed.
///
/// `/proc/self/exe` is the very file that runs now, even if another one stands at its path since.
///
/// # Errors
/// The system refused.
pub(crate) fn hand_over(only: &Only, socket: BorrowedFd<'_>) -> Result<Infallible, Fault> {
    let lock = only.hand_over()?;
    rustix::io::fcntl_setfd(socket, FdFlags::empty())
        .map_err(|errno| Fault::while_doing("handing the socket over", errno))?;
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| "havend".into());
    let error = Command::new("/proc/self/exe")
        .arg0(name)
        .args(arguments)
        .env(LOCK_FD, lock.to_string())
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", socket.as_raw_fd().to_string())
        .env("LISTEN_PID", id().to_string())
        .env(ARENAS.0, ARENAS.1)
        .exec();
    Err(Fault::while_doing("starting the fresh process", error))
}
