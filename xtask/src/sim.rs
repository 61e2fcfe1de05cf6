//! `cargo xtask sim`: more seeds than the tests run.

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;

/// Runs the simulator over a range of seeds.
///
/// # Errors
/// When a seed fails, or the simulator does not build.
pub fn command(repo: &Repo, seeds: u64, from: u64) -> Result<(), Fault> {
    let (seeds, from) = (seeds.to_string(), from.to_string());
    let arguments = ["run", "--quiet", "--package", "haven-sim", "--", "--seeds", &seeds, "--from", &from];
    Shell::new(repo).run("cargo", &arguments)
}
