//! A lock of the vault replaces the process by a fresh one: keys and words in freed memory are gone with the old one. The
//! sockets and the folder's lock are handed over, so that clients that connect meanwhile only wait.

use std::convert::Infallible;
use std::env;
use std::os::fd::{AsRawFd as _, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, id};

use rustix::io::{Errno, FdFlags};

use crate::fault::Fault;
use crate::only::{LOCK_FD, Only};

/// glibc keeps an arena a thread, each with what was once needed. Two are enough for our threads: an import of 10,000 entries
/// leaves 8 MiB less behind.
const ARENAS: (&str, &str) = ("MALLOC_ARENA_MAX", "2");

/// The first number for a listener that is handed over; those that the standard streams have are below it.
const ROW_FROM: i32 = 3;

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

/// Becomes a fresh process of the same program, which goes on listening: at the socket first, then on loopback. Returns only if
/// that failed.
///
/// # Errors
/// The system refused.
pub(crate) fn hand_over(only: &Only, listeners: &[BorrowedFd<'_>]) -> Result<Infallible, Fault> {
    let lock = only.hand_over()?;
    let row = in_a_row(listeners).map_err(|errno| Fault::while_doing("handing the sockets over", errno))?;
    let first = row.first().map_or(-1, |listener| listener.as_raw_fd());
    let error = again()
        .env(LOCK_FD, lock.to_string())
        .env("LISTEN_FDS", row.len().to_string())
        .env("LISTEN_FDS_FIRST_FD", first.to_string())
        .env("LISTEN_PID", id().to_string())
        .exec();
    Err(Fault::while_doing("starting the fresh process", error))
}

/// The same listeners under numbers that follow each other, which is how the next process is told of them, and which stay open
/// when it begins.
fn in_a_row(listeners: &[BorrowedFd<'_>]) -> Result<Vec<OwnedFd>, Errno> {
    let mut from = ROW_FROM;
    loop {
        let mut row = Vec::new();
        for listener in listeners {
            let copy = rustix::io::fcntl_dupfd_cloexec(listener, from)?;
            from = copy.as_raw_fd() + 1;
            row.push(copy);
        }
        let is_row = row.windows(2).all(|pair| pair[0].as_raw_fd() + 1 == pair[1].as_raw_fd());
        if is_row {
            row.iter().try_for_each(|copy| rustix::io::fcntl_setfd(copy, FdFlags::empty()))?;
            return Ok(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::os::fd::AsFd as _;

    use super::*;

    #[test]
    fn listeners_are_handed_over_in_a_row_wherever_there_is_room() {
        let listeners: Vec<_> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
        let row = in_a_row(&listeners.iter().map(|listener| listener.as_fd()).collect::<Vec<_>>()).unwrap();
        assert!(row.windows(2).all(|pair| pair[0].as_raw_fd() + 1 == pair[1].as_raw_fd()));
        for (copy, listener) in row.into_iter().zip(&listeners) {
            assert_eq!(rustix::io::fcntl_getfd(&copy).unwrap(), FdFlags::empty());
            let address = TcpListener::from(copy).local_addr().unwrap();
            assert_eq!(address, listener.local_addr().unwrap());
        }
    }
}
