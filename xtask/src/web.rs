//! The web app: what it needs from npm, its checks and tests, and the build that the daemon holds.

use std::fs;

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;

const APP: &str = "clients/web";

/// What the last installation was made from, beside the packages.
const STAMP: &str = "node_modules/.installed";

/// The file that keeps the folder of the build in the tree.
const KEEP: &str = "dist/.keep";

/// Builds the app for the daemon to hold.
///
/// # Errors
/// When a package cannot be had, or the build fails or is larger than it may be.
pub fn command(repo: &Repo) -> Result<(), Fault> {
    install(repo)?;
    npm(repo, &["run", "build"])?;
    fs::write(repo.path(APP).join(KEEP), "")
        .map_err(|error| Fault::io("keep the folder of the build", &error))
}

/// Checks the app's types, runs its tests and builds it.
///
/// # Errors
/// When any of that finds something.
pub(crate) fn test(repo: &Repo) -> Result<(), Fault> {
    install(repo)?;
    npm(repo, &["run", "check"])?;
    npm(repo, &["test"])?;
    command(repo)
}

/// Installs exactly what the lock file names, unless that is there.
fn install(repo: &Repo) -> Result<(), Fault> {
    let app = repo.path(APP);
    let fault = |error: std::io::Error| Fault::io("install the web app's packages", &error);
    let lock = fs::read(app.join("package-lock.json")).map_err(fault)?;
    if fs::read(app.join(STAMP)).is_ok_and(|there| there == lock) {
        return Ok(());
    }
    npm(repo, &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"])?;
    fs::write(app.join(STAMP), lock).map_err(fault)
}

fn npm(repo: &Repo, arguments: &[&str]) -> Result<(), Fault> {
    Shell::new(repo).within(repo.path(APP)).run("npm", arguments)
}
