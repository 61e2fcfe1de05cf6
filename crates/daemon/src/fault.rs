//! Why a daemon does not start, as a person is told: what failed, why, and what to do next.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why a daemon cannot start or go on.
#[derive(Debug, Error)]
pub enum Fault {
    /// Nothing tells where the journal is: neither `HAVEN_HOME` nor a home folder.
    #[error("cannot find a home folder")]
    Homeless,
    /// A folder or file belongs to another user.
    #[error("{} belongs to another user", path.display())]
    Foreign {
        /// Which.
        path: PathBuf,
    },
    /// Other users may write into a folder.
    #[error("{} can be written by other users", path.display())]
    Open {
        /// Which.
        path: PathBuf,
    },
    /// A folder is a symbolic link, or no folder.
    #[error("{} is not a folder of its own", path.display())]
    NotAFolder {
        /// Which.
        path: PathBuf,
    },
    /// Something that is not a socket stands where the socket belongs.
    #[error("{} is not a socket", path.display())]
    NotASocket {
        /// Which.
        path: PathBuf,
    },
    /// Another daemon serves this folder.
    #[error("another havend serves {}", path.display())]
    Running {
        /// Which.
        path: PathBuf,
    },
    /// The configuration cannot be read.
    #[error("{} cannot be read: {detail}", path.display())]
    Config {
        /// Which file.
        path: PathBuf,
        /// Why.
        detail: String,
    },
    /// The journal's file cannot be opened.
    #[error("the journal cannot be opened: {0}")]
    Store(String),
    /// The server inside does not start.
    #[error("the server does not start: {0}")]
    Server(String),
    /// The system refused.
    #[error("{what}: {source}")]
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

    /// What a person can do about it.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Homeless => "Set HAVEN_HOME to a folder for the journal.",
            Self::Foreign { .. } => "Choose a folder of your own with HAVEN_HOME, or remove that one.",
            Self::Open { .. } => "Look whether anything in it is not yours, then run `chmod 700` on it.",
            Self::NotAFolder { .. } => "Set HAVEN_HOME to a real folder, not to a link to one.",
            Self::NotASocket { .. } => "Move it away and start again.",
            Self::Running { .. } => "Use the one that runs, or stop it with `haven daemon stop`.",
            Self::Config { .. } => "Correct the file, or remove it to go back to the defaults.",
            Self::Store(_) => "Run `haven doctor`; a newer journal needs a newer havend.",
            Self::Server(_) => "Choose another address, or start without --serve.",
            Self::System { .. } => {
                "Look at the folder's owner, its rights and the free space, and start again."
            }
        }
    }
}
