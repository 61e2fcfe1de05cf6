//! The folder that an editor works in: private, in memory, locked while somebody uses it, removed afterwards.

use std::cell::Cell;
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::io::FdFlags;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::ask::Words;
use crate::fault::Fault;
use crate::limits::{WINDOW_OPEN_MAX, WORDS_READ_MAX};

/// The words.
const TEXT: &str = "entry.md";

/// What the words are about.
const ABOUT: &str = "about.json";

/// A note that a window may still be open.
const OPEN: &str = "open";

/// A folder that an editor works in. Removed when this is dropped.
pub(super) struct Folder {
    path: PathBuf,
    /// Open and locked for as long as this program or the editor runs.
    lock: File,
    stays: Cell<bool>,
}

impl Folder {
    /// Makes a folder with the text to begin with.
    pub(super) fn make(about: &super::About) -> Result<Self, Fault> {
        let refused =
            |error: io::Error| Fault::system("there is no safe place for the editor's file", &error);
        let above = above();
        private(&above).map_err(refused)?;
        let path = above.join(crate::shapes::hex(&super::random()?));
        DirBuilder::new().mode(0o700).create(&path).map_err(refused)?;
        let lock = File::open(&path).map_err(refused)?;
        let folder = Self { path, lock, stays: Cell::new(false) };
        folder.lock.try_lock().map_err(|error| refused(error.into()))?;
        // The editor inherits it, so that nobody takes its folder away while it runs.
        rustix::io::fcntl_setfd(&folder.lock, FdFlags::empty()).map_err(|errno| refused(errno.into()))?;
        folder.write(ABOUT, &json(about)).map_err(refused)?;
        folder.write(TEXT, about.before.as_bytes()).map_err(refused)?;
        Ok(folder)
    }

    fn write(&self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(self.path.join(name))?;
        file.write_all(content)
    }

    /// The folder itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file to edit.
    pub(super) fn file(&self) -> PathBuf {
        self.path.join(TEXT)
    }

    /// The words as they are now, without the line feed that editors put at the end.
    ///
    /// # Errors
    /// They cannot be read, or are more than anybody writes; the folder stays then.
    pub(super) fn words(&self) -> Result<Words, Fault> {
        let file = self.file();
        let unreadable = |error: io::Error| {
            self.leave();
            Fault::unreadable(&file, &error)
        };
        let mut bytes = Vec::new();
        let opened = File::open(&file).map_err(unreadable)?;
        opened.take(WORDS_READ_MAX + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > WORDS_READ_MAX {
            return Err(unreadable(io::ErrorKind::FileTooLarge.into()));
        }
        Ok(Words::read(&bytes))
    }

    /// What the words are about, if that can still be read.
    pub(super) fn about<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path.join(ABOUT)).ok()?).ok()
    }

    /// Leaves the folder for a later command, whatever ends this one.
    pub(super) fn leave(&self) {
        self.stays.set(true);
    }

    /// Leaves the folder for a window that may still be open, and notes that it may be.
    pub(super) fn leave_open(&self) {
        self.leave();
        // Without the note the folder is only taken away sooner.
        let _ = self.write(OPEN, b"");
    }

    /// Whether it is left.
    pub(super) fn stays(&self) -> bool {
        self.stays.get()
    }

    /// The window is closed, or the words are safe: the folder goes.
    pub(super) fn close(&self) {
        self.stays.set(false);
    }

    /// Whether a window may still be open on it.
    pub(super) fn may_be_open(&self) -> bool {
        let noted = fs::metadata(self.path.join(OPEN)).and_then(|note| note.modified());
        noted.is_ok_and(|since| since.elapsed().is_ok_and(|age| age < WINDOW_OPEN_MAX))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.stays.get() {
            // What cannot be removed now is found by the next command.
            let _ = fs::remove_dir_all(&self.path);
            if let Some(above) = self.path.parent() {
                let _ = fs::remove_dir(above);
            }
        }
    }
}

/// Folders that nobody uses any more: something was killed.
pub(super) fn left_behind() -> Vec<Folder> {
    let above = above();
    let Ok(entries) = fs::read_dir(&above) else { return Vec::new() };
    if private(&above).is_err() {
        return Vec::new();
    }
    let unused = |entry: io::Result<fs::DirEntry>| {
        let path = entry.ok()?.path();
        let lock = File::open(&path).ok()?;
        lock.try_lock().ok()?;
        Some(Folder { path, lock, stays: Cell::new(false) })
    };
    entries.filter_map(unused).collect()
}

/// The folder above all: in memory where the system has such a place, and one's own.
fn above() -> PathBuf {
    let runtime =
        env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from).filter(|path| path.is_absolute() && path.is_dir());
    let user = rustix::process::geteuid().as_raw();
    match runtime {
        Some(runtime) => runtime.join("haven-edit"),
        None if Path::new("/dev/shm").is_dir() => PathBuf::from(format!("/dev/shm/haven-edit-{user}")),
        // Elsewhere the system's own temporary folder is one's own, if not in memory.
        None => env::temp_dir().join(format!("haven-edit-{user}")),
    }
}

/// Makes the folder above, or refuses one that somebody else has prepared.
fn private(path: &Path) -> io::Result<()> {
    match DirBuilder::new().mode(0o700).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let found = fs::symlink_metadata(path)?;
    let is_ours =
        found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0;
    if is_ours { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
}

fn json(about: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(about).expect("texts are always JSON")
}
