//! Why a daemon does not start, as a person is told: what failed, why, and what to do next.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use haven_api::error::{ApiError, ErrorReason as Reason, refused};
use thiserror::Error;

/// Why a daemon cannot start or go on.
#[derive(Debug, Error)]
pub enum Fault {
    /// Nothing tells where the journal is: neither `HAVEN_HOME` nor a home folder.
    #[error("neither HAVEN_HOME nor a home folder is set")]
    Homeless,
    /// A folder or file belongs to another user.
    #[error("{} belongs to another user", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
    },
    /// Other users may write into a folder.
    #[error("other users may write to {}", path.display())]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// A folder is a symbolic link, or no folder.
    #[error("{} is a link or a file, not a folder", path.display())]
    NotAFolder {
        /// Which.
        path: PathBuf,
    },
    /// Something that is not a socket stands where the socket belongs.
    #[error("{} isn't the daemon's socket, but stands in its place", path.display())]
    NotASocket {
        /// Which.
        path: PathBuf,
    },
    /// Another daemon serves this folder.
    #[error("another daemon is using {}", path.display())]
    Running {
        /// Which.
        path: PathBuf,
    },
    /// The configuration cannot be read.
    #[error("{} can't be read: {detail}", path.display())]
    Config {
        /// Which file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The journal cannot be opened.
    #[error("{0}")]
    Journal(Box<ApiError>),
    /// The address for the server inside cannot be taken.
    #[error("the server can't listen at {address}: {}", taken(source))]
    Address {
        /// Which.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The server inside does not start.
    #[error("the server didn't start: {0}")]
    Server(String),
    /// The system refused.
    #[error("{what}: {}", refused(source))]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        source: io::Error,
    },
}

impl Fault {
    /// What the system said about a path.
    pub(crate) fn at(path: &Path, source: impl Into<io::Error>) -> Self {
        Self::System { what: path.display().to_string(), source: source.into() }
    }

    /// What the system said about an attempt.
    pub(crate) fn while_doing(what: &str, source: impl Into<io::Error>) -> Self {
        Self::System { what: what.to_owned(), source: source.into() }
    }

    /// The fault as an error that a client can be told.
    pub fn told(self) -> ApiError {
        let why = self.to_string();
        let told = |reason| ApiError::new(reason, "the daemon didn't start").because(why);
        match self {
            Self::Journal(error) => *error,
            Self::Homeless => {
                told(Reason::InvalidArgument).with_next("Set HAVEN_HOME to a folder for the journal.")
            }
            Self::Foreign { .. } => told(Reason::DaemonUnreachable)
                .with_next("Set HAVEN_HOME to a folder of your own; that one stays as it is."),
            Self::Open { .. } => told(Reason::DaemonUnreachable)
                .with_next("Check that everything in it is yours, then run `chmod 700` on it."),
            Self::NotAFolder { .. } => told(Reason::DaemonUnreachable)
                .with_next("Set HAVEN_HOME to a real folder, not to a link to one."),
            Self::NotASocket { .. } => {
                told(Reason::DaemonUnreachable).with_next("Move that file elsewhere, and start again.")
            }
            Self::Running { .. } => told(Reason::StorageInUse)
                .with_next("Use the one that runs, or stop it.")
                .at_terminal("Use the one that runs, or stop it with `haven daemon stop`."),
            Self::Config { .. } => told(Reason::DaemonUnreachable)
                .with_next("Correct that file, or move it elsewhere to go back to the defaults."),
            Self::Address { .. } => {
                told(Reason::InvalidArgument).with_next("Choose another port, or start without --serve.")
            }
            Self::Server(_) => told(Reason::StorageFailed).with_next(
                "Check the folder `server` inside the journal's folder, or start without --serve.",
            ),
            Self::System { ref source, .. } => of_system(source, told),
        }
    }
}

/// What the system refused, by what can be done about it.
fn of_system(source: &io::Error, told: impl FnOnce(Reason) -> ApiError) -> ApiError {
    match source.kind() {
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => told(Reason::StorageReadOnly),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => told(Reason::StorageFull),
        _ => told(Reason::DaemonUnreachable).with_next(
            "Check who owns the folder, who may write in it, and the free space; then start again.",
        ),
    }
}

fn taken(source: &io::Error) -> String {
    match source.kind() {
        io::ErrorKind::AddrInUse => "the port is taken".to_owned(),
        io::ErrorKind::AddrNotAvailable => "this machine has no such address".to_owned(),
        _ => refused(source).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever reads it may be in a hurry, and what stands in the folder may be all there is.
    #[test]
    fn no_advice_is_to_remove_anything() {
        let path = || PathBuf::from("/x");
        for fault in [
            Fault::Homeless,
            Fault::Foreign { path: path() },
            Fault::Open { path: path() },
            Fault::NotAFolder { path: path() },
            Fault::NotASocket { path: path() },
            Fault::Running { path: path() },
            Fault::Config { path: path(), detail: String::new() },
            Fault::Server(String::new()),
            Fault::at(&path(), io::ErrorKind::StorageFull),
            Fault::at(&path(), io::ErrorKind::OutOfMemory),
        ] {
            let next = fault.told().next.to_lowercase();
            assert!(next.ends_with('.'), "{next}");
            for word in ["remov", "delet", "erase", "rm ", "wipe"] {
                assert!(!next.contains(word), "{next}");
            }
        }
    }

    #[test]
    fn a_fault_is_told_by_what_can_be_done_about_it() {
        let system = |kind: io::ErrorKind| Fault::at(Path::new("/x"), kind);
        let path = || PathBuf::from("/x");
        let address = SocketAddr::from(([127, 0, 0, 1], 7460));
        for (fault, reason, why) in [
            (system(io::ErrorKind::ReadOnlyFilesystem), Reason::StorageReadOnly, "/x"),
            (system(io::ErrorKind::PermissionDenied), Reason::StorageReadOnly, "/x"),
            (system(io::ErrorKind::StorageFull), Reason::StorageFull, "/x"),
            (system(io::ErrorKind::OutOfMemory), Reason::DaemonUnreachable, "/x"),
            (Fault::Running { path: path() }, Reason::StorageInUse, "another daemon"),
            (Fault::Foreign { path: path() }, Reason::DaemonUnreachable, "another user"),
            (
                Fault::Address { address, source: io::ErrorKind::AddrInUse.into() },
                Reason::InvalidArgument,
                "127.0.0.1:7460: the port is taken",
            ),
        ] {
            let told = fault.told();
            assert_eq!(told.reason, reason, "{told}");
            assert!(told.why.contains(why) && told.next.ends_with('.'), "{told} {}", told.next);
        }
    }
}
