//! `cargo xtask demo`: two devices and a server, live.
//!
//! Everything happens in a temporary folder that is gone afterwards, with the programs as they are built, and through
//! their command lines only. Every scene compares what should be with what is; the chore succeeds only if all was equal.

mod report;
mod scenes;
mod sight;

use crate::fault::Fault;
use crate::live::Place;
use crate::repo::Repo;
use crate::{corpus, say, start};
use report::Report;

/// Shows two devices and a server at work on a throw-away journal.
///
/// # Errors
/// When a program does not do what it is asked, or a comparison does not hold.
pub fn command(repo: &Repo) -> Result<(), Fault> {
    let programs = start::build(repo, false)?;
    let diary = corpus::diary(repo)?;
    let place = Place::new(&programs)?;
    let mut report = Report::default();
    let played = scenes::play(&place, &diary, &mut report);
    say::line(&report.conclusion());
    let ended = played.and_then(|()| report.verdict());
    if ended.is_err() {
        say::progress(&format!("everything it made is kept in {}", place.keep().display()));
    }
    ended
}
