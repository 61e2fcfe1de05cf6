//! `cargo xtask demo`: two devices and a server, live.

use crate::fault::Fault;
use crate::repo::Repo;

/// Shows two devices and a server at work on a throw-away journal.
///
/// # Errors
/// Always, until its scenes are written.
pub fn command(_: &Repo) -> Result<(), Fault> {
    Err(Fault::new(
        "show the demonstration",
        "its scenes are not written yet",
        "Try `cargo xtask start` instead.",
    ))
}
