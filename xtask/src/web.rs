//! The web app: what it needs from npm, its checks and tests, and the build that the daemon holds.

use std::path::Path;
use std::time::SystemTime;
use std::{fs, io};

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;
use crate::{npm, start};

const APP: &str = "clients/web";

/// The file that keeps the folder of the build in the tree.
const KEEP: &str = "dist/.keep";

/// What the app is made of, below its folder.
const SOURCES: [&str; 8] = [
    "core",
    "ui",
    "build",
    "index.html",
    "package-lock.json",
    "svelte.config.js",
    "tsconfig.json",
    "vite.config.ts",
];

/// Written once a build is whole and within its limits; the next one clears it away first.
const BUILT: &str = "dist/.built";

/// Builds the app for the daemon to hold, unless that was done since its sources were touched: a build that is the same would
/// only make the daemon be built again.
///
/// # Errors
/// When a package cannot be had, or the build fails or is larger than it may be.
pub fn command(repo: &Repo) -> Result<(), Fault> {
    npm::install(repo, APP)?;
    let app = repo.path(APP);
    let fault = |error: io::Error| Fault::io("build the web app", &error);
    let built = fs::metadata(app.join(BUILT)).and_then(|built| built.modified());
    if built
        .is_ok_and(|built| SOURCES.iter().all(|source| touched(&app.join(source)).is_ok_and(|at| at < built)))
    {
        return Ok(());
    }
    npm::run(repo, APP, &["run", "build"])?;
    [KEEP, BUILT].iter().try_for_each(|name| fs::write(app.join(name), "")).map_err(fault)
}

/// When anything at a path or below it was changed last.
fn touched(path: &Path) -> io::Result<SystemTime> {
    let found = fs::metadata(path)?;
    let mut last = found.modified()?;
    if found.is_dir() {
        for entry in fs::read_dir(path)? {
            last = last.max(touched(&entry?.path())?);
        }
    }
    Ok(last)
}

/// Checks the app's types, runs its tests and builds it.
///
/// # Errors
/// When any of that finds something.
pub(crate) fn test(repo: &Repo) -> Result<(), Fault> {
    npm::install(repo, APP)?;
    npm::run(repo, APP, &["run", "check"])?;
    npm::run(repo, APP, &["test"])?;
    command(repo)
}

/// Goes through every screen in a real browser and leaves a picture of each, in both themes and three widths. Where axe, a check of
/// ours, the page's policy, its width or its console has anything to say, that is a fault. Or renews the pictures that the tests
/// compare with.
///
/// # Errors
/// When the app or a device does not build or start, or a screen has a fault.
pub fn screens(repo: &Repo, folder: &Path, renews: bool) -> Result<(), Fault> {
    command(repo)?;
    let programs = start::build(repo, false)?;
    let folder =
        std::path::absolute(folder).map_err(|error| Fault::io("name the folder of the pictures", &error))?;
    journeys(
        repo,
        &programs,
        &folder,
        if renews { &["--renew", "pictures"] } else { &["--pictures", "screens"] },
    )
}

/// Plays every journey, with programs that are built already; only what fails leaves a picture.
///
/// # Errors
/// As above.
pub(crate) fn browse(repo: &Repo) -> Result<(), Fault> {
    let folder = repo.target().join("browser");
    journeys(repo, &repo.binaries(false), &folder, &[])
}

fn journeys(repo: &Repo, programs: &Path, folder: &Path, choice: &[&str]) -> Result<(), Fault> {
    let (programs, folder) = (programs.display().to_string(), folder.display().to_string());
    let arguments = [&["tests/journeys/run.mjs", &*programs, &*folder], choice].concat();
    Shell::new(repo).within(repo.path(APP)).run("node", &arguments)
}
