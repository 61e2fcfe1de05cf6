//! The file that a recovery kit is written to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::vault::exists;
use crate::ask;
use crate::fault::Fault;

/// A file that is made before the kit it is for, so that the kit has a place when it comes into being. It goes again unless it is kept.
pub(super) struct KitFile {
    path: PathBuf,
    file: File,
    kept: bool,
}

impl KitFile {
    /// Makes the file, for nobody else to read.
    ///
    /// # Errors
    /// It is there already, or can't be made.
    pub(super) fn make(path: PathBuf) -> Result<Self, Fault> {
        let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        match made {
            Ok(file) => Ok(Self { path, file, kept: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(exists(&path)),
            Err(error) => Err(Fault::system(format!("{} can't be made", path.display()), &error)),
        }
    }

    /// Writes a kit into it. Durable once this returns, the file's name too.
    ///
    /// # Errors
    /// The disk refuses.
    pub(super) fn fill(mut self, kit: &str) -> io::Result<Self> {
        let text = Zeroizing::new(format!(
            "{kit}\n\nThis is the recovery kit of a Haven journal. Whoever has it can read everything.\nPrint it, keep the \
             paper where only you find it, and delete this file.\n"
        ));
        self.file.write_all(text.as_bytes())?;
        self.file.sync_all()?;
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
        Ok(self)
    }

    /// Reads the kit back, as it stands on the disk.
    ///
    /// # Errors
    /// It can't be read.
    pub(super) fn read_back(&self) -> Result<Zeroizing<String>, Fault> {
        code(&self.path)
    }

    /// Lets the file stay, and names it.
    pub(super) fn keep(mut self) -> PathBuf {
        self.kept = true;
        self.path.clone()
    }
}

impl Drop for KitFile {
    fn drop(&mut self) {
        if !self.kept {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// The kit that stands in a file: its first line that isn't empty.
///
/// # Errors
/// The file can't be read, or has no such line.
pub(super) fn code(path: &Path) -> Result<Zeroizing<String>, Fault> {
    let text = Zeroizing::new(ask::text(path)?);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.map(|line| Zeroizing::new(line.to_owned())).ok_or_else(|| {
        Fault::usage("no kit was given", "the file is empty", "Give the file that the kit was written to.")
    })
}
