//! The web app as a slow laptop has it: built with optimisation, throttled, in a real browser. Nothing here fails for being slow.

use super::ENTRIES;
use crate::corpus;
use crate::fault::Fault;
use crate::repo::Repo;
use crate::shell::Shell;
use crate::{say, start, web};

/// Prints each figure with its limit, and how quick the machine was meanwhile.
///
/// # Errors
/// When something does not build or start, or a screen does not show.
pub(super) fn measure(repo: &Repo) -> Result<(), Fault> {
    web::command(repo)?;
    let programs = start::build(repo, true)?;
    let folder = tempfile::tempdir_in(repo.target()).map_err(|error| Fault::io("make a folder", &error))?;
    let journal = folder.path().join("journal.jsonl");
    std::fs::write(&journal, corpus::to_jsonl(&corpus::grow(&corpus::diary(repo)?, ENTRIES)?)?)
        .map_err(|error| Fault::io("write the journal", &error))?;
    say::progress("the web app, best of five; without throttling where the row doesn't say so");
    let (programs, journal) = (programs.display().to_string(), journal.display().to_string());
    Shell::new(repo)
        .within(repo.path("clients/web"))
        .run("node", &["tests/bench/run.mjs", &programs, &journal])
}
