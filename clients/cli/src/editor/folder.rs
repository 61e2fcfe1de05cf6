//! The folder that an editor works in: private, in memory, locked while somebody uses it, removed afterwards.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::mem;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::{env, str};

use rustix::io::FdFlags;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::Fault;
use crate::limits::TEXT_READ_MAX;

/// The words.
const TEXT: &str = "entry.md";

/// What the words are about.
const ABOUT: &str = "about.json";

/// A folder that an editor works in. Removed when this is dropped.
pub(super) struct Folder {
    path: PathBuf,
    /// Open and locked for as long as this program or the editor runs.
    lock: File,
    stays: bool,
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
        let folder = Self { path, lock, stays: false };
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
    pub(super) fn text(&self) -> Result<String, Fault> {
        let file = self.file();
        let unreadable = |error: io::Error| Fault::unreadable(&file, &error);
        let mut bytes = Vec::new();
        File::open(&file)
            .map_err(unreadable)?
            .take(TEXT_READ_MAX)
            .read_to_end(&mut bytes)
            .map_err(unreadable)?;
        let text = match str::from_utf8(&bytes) {
            Ok(text) => text.to_owned(),
            // Better a few signs lost than all words.
            Err(_) => String::from_utf8_lossy(&bytes).into_owned(),
        };
        Ok(text.strip_suffix('\n').unwrap_or(&text).to_owned())
    }

    /// What the words are about, if that can still be read.
    pub(super) fn about<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(&fs::read(self.path.join(ABOUT)).ok()?).ok()
    }

    /// Leaves the folder for a later command.
    pub(super) fn leave(mut self) {
        self.stays = true;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !mem::take(&mut self.stays) {
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
        Some(Folder { path, lock, stays: false })
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
