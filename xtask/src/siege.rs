//! `cargo xtask siege`: a server besieged for longer than the tests do, with what an honest member sees of it.

use crate::cli::SiegeChoice;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::say;
use crate::shell::Shell;

/// What is built: the besieged and the besiegers.
const BUILT: [&str; 4] = ["--package", "haven-server", "--package", "haven-siege"];

/// Lays a siege, or each in turn, to programs built with optimisation.
///
/// # Errors
/// When the server dies, grows by too much or leaves an honest call unanswered, or there is no such siege.
pub fn command(repo: &Repo, choice: &SiegeChoice) -> Result<(), Fault> {
    say::progress(
        "building the server and its besiegers with optimisation (the first time takes some minutes)",
    );
    Shell::new(repo).run("cargo", &[&["build", "--release", "--bins"], &BUILT[..]].concat())?;
    let programs = repo.binaries(true);
    let besieger = programs.join("haven-siege").display().to_string();
    let seconds = choice.seconds.to_string();
    let arguments: Vec<&str> = choice.name.as_deref().into_iter().chain(["--seconds", &seconds]).collect();
    Shell::new(repo).with("HAVEN_BIN_DIR", programs).run(&besieger, &arguments)
}
