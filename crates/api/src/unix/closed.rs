//! A process whose memory is its own.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Closes this process to core dumps and to tracing by other programs of the same user. Programs that it starts dump no core either:
/// an editor has words too.
///
/// # Errors
/// The system refused.
pub fn close_memory() -> io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    #[cfg(target_os = "linux")]
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)?;
    Ok(())
}
