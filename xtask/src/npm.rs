//! npm packages of a folder of the work tree: installed as its lock file names them, its scripts run.

use std::{fs, io};

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;

/// What the last installation was made from, beside the packages.
const STAMP: &str = "node_modules/.installed";

/// Installs exactly what the lock file names, unless that is there.
///
/// # Errors
/// When a package cannot be had.
pub(crate) fn install(repo: &Repo, folder: &str) -> Result<(), Fault> {
    let place = repo.path(folder);
    let fault = |error: io::Error| Fault::io(format!("install the packages of {folder}"), &error);
    let lock = fs::read(place.join("package-lock.json")).map_err(fault)?;
    if fs::read(place.join(STAMP)).is_ok_and(|there| there == lock) {
        return Ok(());
    }
    run(repo, folder, &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"])?;
    fs::write(place.join(STAMP), lock).map_err(fault)
}

/// Runs npm in the folder.
///
/// # Errors
/// When it is missing or ends with anything but success.
pub(crate) fn run(repo: &Repo, folder: &str, arguments: &[&str]) -> Result<(), Fault> {
    Shell::new(repo).within(repo.path(folder)).run("npm", arguments)
}
