//! What the process gives up at once: core dumps, being traced, files that others may read.

use rustix::process::{Resource, Rlimit};

use crate::fault::Fault;

/// Closes the process to core dumps and to tracing by other programs of the same user, and makes new files private.
///
/// # Errors
/// The system refused; a daemon that could leak its memory does not start.
pub(crate) fn harden() -> Result<(), Fault> {
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
    rustix::process::setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })
        .map_err(|errno| Fault::while_doing("switching core dumps off", errno))?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(|errno| Fault::while_doing("closing the process to tracing", errno))?;
    Ok(())
}
