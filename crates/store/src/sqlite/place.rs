//! The folder of a store and the files in it: made private, kept private, and refused if they are somebody else's.

use std::fs::{self, DirBuilder, File};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};

use haven_engine::io::StoreFault;
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, RawMode, Stat};
use rustix::io::Errno;

use super::{DATABASE_FILE, MARK_FILE, connection, fault};
use crate::limits::PAGE_BYTES;

/// Where a new journal is made before it gets its name.
pub(super) const DRAFT_FILE: &str = "journal.new";

const FOLDER_MODE: RawMode = 0o700;
const FILE_MODE: RawMode = 0o600;
const STICKY: RawMode = 0o1000;
const PERMISSIONS: RawMode = 0o7777;

/// What SQLite appends to the name of a database for the files it puts beside it.
const SUFFIXES: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// A folder that is ours alone, held open so that nobody can exchange it for another.
pub(super) struct Place {
    folder: PathBuf,
    handle: OwnedFd,
}

impl Place {
    /// Makes the folder if it is missing, refuses one that is not ours, and closes it and its files to everybody else.
    pub(super) fn claim(folder: &Path) -> Result<Self, StoreFault> {
        // Without a slash at the end, or a link would be followed.
        let folder: PathBuf = folder.components().collect();
        match rustix::fs::statat(CWD, &folder, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => check_kind(&stat, FileType::Directory, "the journal's folder")?,
            Err(Errno::NOENT) => make_folder(&folder)?,
            Err(errno) => return Err(fault::of_system(errno)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::open(&folder, flags, Mode::empty()).map_err(fault::of_system)?;
        keep_private(&handle)?;
        let folder = fs::canonicalize(&folder).map_err(|error| fault::of_io(&error))?;
        let place = Self { folder, handle };
        place.check_files()?;
        Ok(place)
    }

    /// The path of one of the store's files. The database refuses links, so none is in the way here.
    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// Opens one of the store's files to read and write, and makes an empty one if it is missing.
    pub(super) fn open_or_make(&self, file: &str) -> Result<File, StoreFault> {
        let opened = self.open(file, OFlags::RDWR | OFlags::CREATE)?;
        // A umask can have taken even our own permissions away.
        rustix::fs::fchmod(&opened, Mode::from_raw_mode(FILE_MODE)).map_err(fault::of_system)?;
        Ok(opened)
    }

    /// Looks whether a journal is here, before the database may touch it. `held_records` says whether one was here
    /// before: then a missing one is a fault, as is a log without its journal, which the database would throw away.
    pub(super) fn holds_journal(&self, held_records: bool) -> Result<bool, StoreFault> {
        let has_log = self.stat(&format!("{DATABASE_FILE}-wal"))?.is_some_and(|stat| stat.st_size > 0);
        let Some(stat) = self.stat(DATABASE_FILE)? else {
            let is_missing = held_records || has_log;
            return if is_missing { Err(fault::damaged("the file is missing")) } else { Ok(false) };
        };
        let mut header = [0; connection::HEADER_BYTES];
        match self.open(DATABASE_FILE, OFlags::RDONLY)?.read_exact_at(&mut header, 0) {
            Ok(()) => connection::check_header(&header)?,
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(fault::damaged("the file is cut short"));
            }
            Err(error) => return Err(fault::of_io(&error)),
        }
        // The database would read a last page that is cut short as if it ended in zeros. A log can still complete it.
        if !has_log && stat.st_size % i64::from(PAGE_BYTES) != 0 {
            return Err(fault::damaged("the file is cut short"));
        }
        Ok(true)
    }

    /// Makes an empty file for a new journal; removes what a crash left of an earlier one.
    pub(super) fn begin_draft(&self) -> Result<(), StoreFault> {
        for suffix in SUFFIXES {
            match rustix::fs::unlinkat(&self.handle, format!("{DRAFT_FILE}{suffix}"), AtFlags::empty()) {
                Ok(()) | Err(Errno::NOENT) => {}
                Err(errno) => return Err(fault::of_system(errno)),
            }
        }
        self.open_or_make(DRAFT_FILE).map(drop)
    }

    /// Gives the complete new journal its name, durably.
    pub(super) fn publish_draft(&self) -> Result<(), StoreFault> {
        rustix::fs::renameat(&self.handle, DRAFT_FILE, &self.handle, DATABASE_FILE)
            .and_then(|()| rustix::fs::fsync(&self.handle))
            .map_err(fault::of_system)
    }

    fn open(&self, file: &str, flags: OFlags) -> Result<File, StoreFault> {
        let mode = Mode::from_raw_mode(FILE_MODE);
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::openat(&self.handle, file, flags, mode).map_err(fault::of_system)?;
        Ok(File::from(handle))
    }

    fn check_files(&self) -> Result<(), StoreFault> {
        let journal = SUFFIXES.iter().map(|suffix| format!("{DATABASE_FILE}{suffix}"));
        for file in journal.chain([MARK_FILE.to_owned()]) {
            let Some(stat) = self.stat(&file)? else { continue };
            check_kind(&stat, FileType::RegularFile, &file)?;
            if stat.st_mode & PERMISSIONS != FILE_MODE {
                let mode = Mode::from_raw_mode(FILE_MODE);
                rustix::fs::chmodat(&self.handle, &file, mode, AtFlags::empty()).map_err(fault::of_system)?;
            }
        }
        Ok(())
    }

    fn stat(&self, file: &str) -> Result<Option<Stat>, StoreFault> {
        match rustix::fs::statat(&self.handle, file, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Ok(Some(stat)),
            Err(Errno::NOENT) => Ok(None),
            Err(errno) => Err(fault::of_system(errno)),
        }
    }
}

fn make_folder(folder: &Path) -> Result<(), StoreFault> {
    DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(folder)
        .map_err(|error| fault::of_io(&error))?;
    // A journal in a folder that a power cut takes away is lost. Some parents may not be read, and then it is up to the
    // system.
    if let Some(parent) = folder.parent().and_then(|parent| File::open(parent).ok()) {
        let _ = parent.sync_all();
    }
    Ok(())
}

/// Closes the folder to others, unless it is one that others are meant to use.
fn keep_private(folder: &OwnedFd) -> Result<(), StoreFault> {
    let stat = rustix::fs::fstat(folder.as_fd()).map_err(fault::of_system)?;
    check_kind(&stat, FileType::Directory, "the journal's folder")?;
    if stat.st_mode & STICKY != 0 {
        return Err(fault::unusable("the journal's folder is shared with others"));
    }
    if stat.st_mode & PERMISSIONS != FOLDER_MODE {
        rustix::fs::fchmod(folder, Mode::from_raw_mode(FOLDER_MODE)).map_err(fault::of_system)?;
    }
    Ok(())
}

fn check_kind(stat: &Stat, expected: FileType, name: &str) -> Result<(), StoreFault> {
    let found = FileType::from_raw_mode(stat.st_mode);
    if found == FileType::Symlink {
        return Err(fault::unusable(&format!("{name} is a link")));
    }
    if found != expected {
        let kind = if expected == FileType::Directory { "a folder" } else { "a file" };
        return Err(fault::unusable(&format!("{name} is not {kind}")));
    }
    if stat.st_uid != rustix::process::geteuid().as_raw() {
        return Err(fault::unusable(&format!("{name} belongs to another user")));
    }
    Ok(())
}
