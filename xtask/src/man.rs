//! `cargo xtask man`: the manual pages, written by the program that they describe.

use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;
use crate::{say, start};

/// Writes the manual pages to target/man.
///
/// # Errors
/// When the programs do not build or the pages cannot be written.
pub fn command(repo: &Repo) -> Result<(), Fault> {
    let programs = start::build(repo, false)?;
    let pages = repo.target().join("man");
    std::fs::create_dir_all(&pages).map_err(|error| Fault::io("make the folder of the pages", &error))?;
    let folder = pages.display().to_string();
    Shell::new(repo).run(&programs.join("haven").display().to_string(), &["man", "--out", &folder])?;
    say::line(&folder);
    Ok(())
}
