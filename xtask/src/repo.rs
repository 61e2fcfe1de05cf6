//! Where the repository is, and what is in it.

use std::env;
use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::shell::Shell;

/// The work tree and its build folder.
#[derive(Clone, Debug)]
pub struct Repo {
    root: PathBuf,
    target: PathBuf,
}

impl Repo {
    /// Finds the work tree that cargo runs this program for, or else the one it was built from.
    ///
    /// # Errors
    /// When the build folder cannot be made.
    pub fn find() -> Result<Self, Fault> {
        // Two work trees may share a build folder, so what was true at build time may be another tree's truth.
        let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let root = Path::new(&package).parent().unwrap_or(Path::new(".")).to_path_buf();
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
        std::fs::create_dir_all(&target).map_err(|error| Fault::io("make the build folder", &error))?;
        Ok(Self { root, target })
    }

    /// The top of the work tree.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The build folder; everything a chore makes goes below it.
    #[must_use]
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// The folder of the binaries of a profile.
    #[must_use]
    pub fn binaries(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" })
    }

    /// The path below the top, whether it exists or not.
    #[must_use]
    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Lists the files of the work tree: those that git follows and those it would if they were added.
    ///
    /// # Errors
    /// When git is missing or this is not a git work tree.
    pub fn files(&self) -> Result<Vec<String>, Fault> {
        let arguments = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let listed = Shell::new(self).read("git", &arguments)?;
        let mut files: Vec<String> =
            listed.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect();
        files.sort();
        files.dedup();
        // A file that was removed but not yet staged is still listed.
        files.retain(|name| self.root.join(name).is_file());
        Ok(files)
    }
}
