//! Folders that nobody else can look into: made so, or checked before anything is put there. And files in them.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags};
use rustix::io::Errno;

use crate::fault::Fault;

/// The most that a text of this device's own may have: settings and grants have a few kilobytes.
const TEXT_BYTES_MAX: u64 = 1024 * 1024;

/// Opens a folder of one's own, made if it is not there (with those above it), and makes it private.
///
/// The last component is never followed if it is a link, and everything is checked on the opened folder, so that nobody
/// can put another one in its place meanwhile.
///
/// # Errors
/// [`Fault::Foreign`], [`Fault::Open`] or [`Fault::NotAFolder`] for one that others could have prepared.
pub(crate) fn private(path: &Path) -> Result<OwnedFd, Fault> {
    make(path)?;
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::RDONLY;
    let folder = rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::NOTDIR | Errno::LOOP => Fault::NotAFolder { path: path.to_owned() },
        other => Fault::at(path, other),
    })?;
    let found = rustix::fs::fstat(&folder).map_err(|errno| Fault::at(path, errno))?;
    if found.st_uid != rustix::process::geteuid().as_raw() {
        return Err(Fault::Foreign { path: path.to_owned() });
    }
    let mode = Mode::from_raw_mode(found.st_mode);
    if mode.intersects(Mode::WGRP | Mode::WOTH) {
        return Err(Fault::Open { path: path.to_owned() });
    }
    if mode.intersects(Mode::RWXG | Mode::RWXO) {
        rustix::fs::fchmod(&folder, Mode::RWXU).map_err(|errno| Fault::at(path, errno))?;
    }
    Ok(folder)
}

fn make(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::DirBuilderExt as _;
    if let Some(above) = path.parent() {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(above)
            .map_err(|error| Fault::at(above, error))?;
    }
    match fs::DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(Fault::at(path, error)),
        _ => Ok(()),
    }
}

/// Removes a socket that a daemon left behind in a folder; whoever calls this holds the folder's lock.
pub(crate) fn remove_socket(folder: &OwnedFd, name: &str, path: &Path) -> Result<(), Fault> {
    let found = match rustix::fs::statat(folder, name, rustix::fs::AtFlags::SYMLINK_NOFOLLOW) {
        Err(Errno::NOENT) => return Ok(()),
        found => found.map_err(|errno| Fault::at(path, errno))?,
    };
    if FileType::from_raw_mode(found.st_mode) != FileType::Socket {
        return Err(Fault::NotASocket { path: path.to_owned() });
    }
    rustix::fs::unlinkat(folder, name, rustix::fs::AtFlags::empty()).map_err(|errno| Fault::at(path, errno))
}

/// Writes a private file whole or not at all; it is durable when this returns.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    remove_unfinished(path)?;
    let new = unfinished(path);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| fs::rename(&new, path));
    if written.is_err() {
        // Half of it helps nobody, and may be words.
        let _ = fs::remove_file(&new);
    }
    written.and_then(|()| sync_folder_of(path))
}

/// Reads a text of this device's own. What isn't a file is refused without waiting for it: a pipe of that name would never end.
pub(crate) fn read(path: &Path) -> io::Result<String> {
    let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or_default();
    let file = fs::OpenOptions::new().read(true).custom_flags(nonblocking).open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    if found.len() > TEXT_BYTES_MAX {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    let mut text = String::new();
    file.take(TEXT_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// Removes a file, if it is there; that is durable when this returns.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    remove_unfinished(path)?;
    gone(fs::remove_file(path))?;
    sync_folder_of(path)
}

/// Removes what [`write`] leaves behind if the power is cut.
pub(crate) fn remove_unfinished(path: &Path) -> io::Result<()> {
    gone(fs::remove_file(unfinished(path)))
}

/// Where a file is written before it takes its place.
fn unfinished(path: &Path) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".new");
    name.into()
}

/// It was not there, or is not any more.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_folder_is_made_private_whatever_the_umask() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b");
        private(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o700, 0o700));
    }

    #[test]
    fn a_folder_that_others_may_read_is_closed_and_one_they_may_write_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        for (before, taken) in [(0o700, true), (0o755, true), (0o750, true), (0o775, false), (0o777, false)] {
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(before)).unwrap();
            let folder = private(dir.path());
            assert_eq!(folder.is_ok(), taken, "{before:o}");
            match folder {
                Ok(_) => assert_eq!(mode(dir.path()), 0o700, "{before:o}"),
                Err(fault) => assert!(matches!(fault, Fault::Open { .. }), "{fault}"),
            }
        }
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_link_and_a_file_are_no_folders() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("real")).unwrap();
        symlink(dir.path().join("real"), dir.path().join("link")).unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        for name in ["link", "file"] {
            let fault = private(&dir.path().join(name)).unwrap_err();
            assert!(matches!(fault, Fault::NotAFolder { .. }), "{name}: {fault}");
        }
    }

    #[test]
    fn only_a_socket_is_removed_from_where_the_socket_belongs() {
        let dir = tempfile::tempdir().unwrap();
        let folder = private(dir.path()).unwrap();
        let path = dir.path().join("s");
        remove_socket(&folder, "s", &path).unwrap();
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        remove_socket(&folder, "s", &path).unwrap();
        assert!(!path.exists());
        fs::write(&path, "mine").unwrap();
        assert!(matches!(remove_socket(&folder, "s", &path), Err(Fault::NotASocket { .. })));
    }
}
