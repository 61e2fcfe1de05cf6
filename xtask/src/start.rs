//! `cargo xtask start`: from a fresh clone to a running device.

use std::path::{Path, PathBuf};

use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// The programs that make a device and a server.
const PROGRAMS: &[(&str, &str)] =
    &[("haven", "haven"), ("havend", "havend"), ("haven-server", "haven-server")];

/// Builds the programs and starts this device's daemon.
///
/// # Errors
/// When a program does not build or the daemon does not start.
pub fn command(repo: &Repo, release: bool) -> Result<(), Fault> {
    let folder = build(repo, release)?;
    run(repo, &folder, &["daemon", "start"])?;
    say::line("the daemon of this device is running. To use it from here:");
    say::line(&format!("  export PATH={}:$PATH", folder.display()));
    say::line("then, the first time:");
    say::line("  haven init --name \"This laptop\"");
    say::line("  haven add \"The first thing I want to keep.\"");
    say::line("and to see where things stand: haven status");
    Ok(())
}

/// Builds the programs, or finds them built, and returns their folder.
///
/// # Errors
/// When one does not build.
pub fn build(repo: &Repo, release: bool) -> Result<PathBuf, Fault> {
    say::progress("building haven, havend and haven-server (the first time takes a few minutes)");
    let mut arguments = vec!["build", "--bins"];
    arguments.extend(PROGRAMS.iter().flat_map(|(package, _)| ["--package", package]));
    arguments.extend(release.then_some("--release"));
    Shell::new(repo).run("cargo", &arguments)?;
    let folder = repo.binaries(release);
    let Some((_, program)) = PROGRAMS.iter().find(|(_, program)| !folder.join(program).is_file()) else {
        return Ok(folder);
    };
    let why = format!("the crate of `{program}` builds no program of that name");
    Err(Fault::new(format!("build {program}"), why, "It is not written yet; see the README for what is."))
}

/// Runs `haven` from a folder of binaries.
///
/// # Errors
/// When it fails; it has said why itself.
pub fn run(repo: &Repo, folder: &Path, arguments: &[&str]) -> Result<(), Fault> {
    Shell::new(repo).run(&folder.join("haven").display().to_string(), arguments)
}
