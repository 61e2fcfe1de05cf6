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

/// glibc keeps an arena a thread, each with what was once needed. Two are enough for our threads: an import of 10,000 entries
/// leaves 8 MiB less behind.
const ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// Starts the program again with few arenas, unless somebody has said how many there are to be: the allocator reads that
/// only when a program starts. Called before anything is opened; costs a millisecond, once.
pub(crate) fn with_few_arenas() {
    if env::var_os(ARENAS.0).is_some() {
        return;
    }
    // It does without, if the system refuses.
    let _ = again().exec();
}

/// The same program with the same arguments and surroundings.
///
/// `/proc/self/exe` is the very file that runs now, even if another one stands at its path since.
fn again() -> Command {
    let mut arguments = env::args_os();
    let name = arguments.next().unwrap_or_else(|| "havend".into());
    let mut command = Command::new("/proc/self/exe");
    command.arg0(name).args(arguments).env(ARENAS.0, ARENAS.1);
    command
}

/// Becomes a fresh process of the same program. Returns only if that failed.
///
/// # Errors
/// The system refused.
pub(crate) fn hand_over(only: &Only, socket: BorrowedFd<'_>) -> Result<Infallible, Fault> {
    let lock = only.hand_over()?;
    rustix::io::fcntl_setfd(socket, FdFlags::empty())
        .map_err(|errno| Fault::while_doing("handing the socket over", errno))?;
    let error = again()
        .env(LOCK_FD, lock.to_string())
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", socket.as_raw_fd().to_string())
        .env("LISTEN_PID", id().to_string())
        .exec();
    Err(Fault::while_doing("starting the fresh process", error))
}
