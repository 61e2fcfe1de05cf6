//! What the process gives up at once: core dumps, being traced, files that others may read. And what it asks for: room for connections.

use haven_api::unix::closed::close_memory;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::fault::Fault;

/// File descriptors it asks for at the most: more connections than a device has programs.
const DESCRIPTORS_MAX: u64 = 65_536;

/// Closes the process to core dumps and to tracing by other programs of the same user, makes new files private, and takes as many
/// descriptors as it may have.
///
/// # Errors
/// The system refused; a daemon that could leak its memory does not start.
pub(crate) fn harden() -> Result<(), Fault> {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    close_memory().map_err(|error| Fault::while_doing("closing its memory to others", error))?;
    raise_descriptors();
    Ok(())
}

/// What it begins with is often 1,024, which programs that connect and say nothing would use up. Where more isn't allowed, it goes on
/// with what it has.
fn raise_descriptors() {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let most = maximum.unwrap_or(DESCRIPTORS_MAX).min(DESCRIPTORS_MAX);
    if current.is_some_and(|current| current < most)
        && let Err(errno) = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum })
    {
        tracing::warn!(%errno, "no more file descriptors were given");
    }
}
