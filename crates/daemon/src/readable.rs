//! The one file with words in it that is not sealed: the lines of the plan that their person chose to keep readable. What is in
//! it is the node's affair; here it is private, replaced whole or not at all, and gone when it is said to be gone.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use haven_api::support::{READABLE_BYTES_MAX, READABLE_FILE};
use haven_node::host::{KeepFault, StoreFault};
use rustix::fs::{Mode, OFlags};

use crate::folder;

/// The file in the folder of the device's data.
pub(crate) struct Readable {
    path: PathBuf,
}

impl Readable {
    /// Names the file, and clears away what a power cut may have left beside it.
    pub(crate) fn of(data: &Path) -> Self {
        let path = data.join(READABLE_FILE);
        if let Err(error) = folder::remove_unfinished(&path) {
            tracing::warn!(%error, "an unfinished file stays");
        }
        Self { path }
    }

    /// Reads the file; none if it is not there.
    pub(crate) fn read(&self) -> Result<Option<Vec<u8>>, KeepFault> {
        match self.open() {
            Ok(file) => {
                let mut bytes = Vec::new();
                let size_max = READABLE_BYTES_MAX as u64 + 1;
                file.take(size_max).read_to_end(&mut bytes).map_err(|error| refused(&error))?;
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(refused(&error)),
        }
    }

    /// Replaces the file, or removes it; durable when it returns.
    pub(crate) fn keep(&self, bytes: Option<&[u8]>) -> Result<(), KeepFault> {
        let done = match bytes {
            Some(bytes) => folder::write(&self.path, bytes),
            None => folder::remove(&self.path),
        };
        done.map_err(|error| refused(&error))
    }

    /// Opens the file and nothing else that may stand in its place: a pipe would make whoever asks for help wait.
    fn open(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(rustix::fs::open(&self.path, flags, Mode::empty())?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }
}

fn refused(error: &io::Error) -> KeepFault {
    let fault = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => StoreFault::Full,
        io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => StoreFault::ReadOnly,
        kind => StoreFault::Unavailable { detail: kind.to_string() },
    };
    KeepFault::Disk(fault)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn the_file_is_private_replaced_whole_and_gone_when_it_is_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(READABLE_FILE);
        let beside = dir.path().join(format!("{READABLE_FILE}.new"));
        fs::write(&beside, "a longer one that a power cut left").unwrap();
        let readable = Readable::of(dir.path());
        assert!(!beside.exists());
        assert_eq!(readable.read(), Ok(None));
        for words in ["first, and long", "second"] {
            readable.keep(Some(words.as_bytes())).unwrap();
            assert_eq!(readable.read(), Ok(Some(words.into())));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for _ in 0..2 {
            readable.keep(None).unwrap();
            assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }

    #[test]
    fn what_is_no_such_file_is_not_read_and_can_be_dropped() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join(READABLE_FILE), dir.path().join("other"));
        let readable = Readable::of(dir.path());
        fs::write(&other, "not ours").unwrap();
        symlink(&other, &path).unwrap();
        assert!(readable.read().is_err());
        readable.keep(None).unwrap();
        assert!(other.exists() && !path.exists());
        rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        assert!(readable.read().is_err(), "and it does not wait");
        readable.keep(None).unwrap();
        fs::write(&path, vec![b'x'; 2 * READABLE_BYTES_MAX]).unwrap();
        assert_eq!(readable.read().unwrap().unwrap().len(), READABLE_BYTES_MAX + 1);
        fs::remove_file(&path).unwrap();
        fs::create_dir(&path).unwrap();
        assert!(readable.read().is_err() && readable.keep(None).is_err());
        assert!(readable.keep(Some(b"words")).is_err());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2, "no words are left beside it");
    }
}
