//! Names of sockets that are longer than the 107 bytes a socket's address holds.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, Mode, OFlags, openat};

/// Bytes of a path that a socket's address holds.
const ADDRESS_BYTES_MAX: usize = 107;

/// A path that fits a socket's address: the path itself, or a way through its opened folder. Good while it lives.
pub(super) struct ShortPath {
    path: PathBuf,
    _folder: Option<OwnedFd>,
}

impl ShortPath {
    /// Shortens a path.
    ///
    /// # Errors
    /// Its folder cannot be opened, or its last name alone is too long.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        if path.as_os_str().len() <= ADDRESS_BYTES_MAX {
            return Ok(Self { path: path.to_owned(), _folder: None });
        }
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(io::ErrorKind::InvalidFilename.into());
        };
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat(CWD, folder, flags, Mode::empty())?;
        let path = Path::new("/proc/self/fd").join(folder.as_raw_fd().to_string()).join(name);
        Ok(Self { path, _folder: Some(folder) })
    }

    pub(super) fn as_path(&self) -> &Path {
        &self.path
    }
}
