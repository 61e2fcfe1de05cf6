//! The log: a private file with our own lines only. What libraries print goes nowhere, since nobody knows what they print.

use std::fs;
use std::os::fd::{AsFd as _, OwnedFd};
use std::panic;
use std::path::Path;
use std::sync::Mutex;

use rustix::fs::{Mode, OFlags};
use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::fault::Fault;

/// The size at which a log is set aside when a daemon starts, in bytes: years of ordinary days.
const LOG_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Begins to log into a file of an opened folder. `RUST_LOG` may name one level for our own lines; libraries only warn.
///
/// # Errors
/// The file cannot be written.
pub(crate) fn begin(folder: &OwnedFd, path: &Path) -> Result<(), Fault> {
    if fs::symlink_metadata(path).is_ok_and(|found| found.len() > LOG_BYTES_MAX) {
        fs::rename(path, path.with_extension("log.1")).map_err(|error| Fault::at(path, error))?;
    }
    let flags = OFlags::CREATE | OFlags::APPEND | OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
    let file = rustix::fs::openat(folder, "havend.log", flags, Mode::RUSR | Mode::WUSR)
        .map_err(|errno| Fault::at(path, errno))?;
    let level = std::env::var("RUST_LOG").ok().and_then(|level| level.trim().parse::<Level>().ok());
    let lines =
        tracing_subscriber::fmt::layer().with_ansi(false).with_writer(Mutex::new(fs::File::from(file)));
    let _ = tracing_subscriber::registry().with(lines).with(ours(level.unwrap_or(Level::INFO))).try_init();
    panic::set_hook(Box::new(|fault| {
        let place = fault.location().map_or_else(String::new, ToString::to_string);
        tracing::error!(%place, "a fault of our own");
    }));
    Ok(())
}

/// Our own lines from a level on. The lines of libraries may show headers and bytes: only their warnings pass.
fn ours(level: Level) -> Targets {
    Targets::new().with_default(LevelFilter::WARN).with_target("haven", level)
}

/// Sends standard input, output and error to nowhere.
///
/// # Errors
/// The system refused.
pub(crate) fn detach_output() -> Result<(), Fault> {
    let refused = |errno| Fault::while_doing("detaching from the terminal", errno);
    let nowhere =
        rustix::fs::open("/dev/null", OFlags::RDWR | OFlags::CLOEXEC, Mode::empty()).map_err(refused)?;
    rustix::stdio::dup2_stdin(nowhere.as_fd()).map_err(refused)?;
    rustix::stdio::dup2_stdout(nowhere.as_fd()).map_err(refused)?;
    rustix::stdio::dup2_stderr(nowhere.as_fd()).map_err(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_only_warn_even_at_trace() {
        let filter = ours(Level::TRACE);
        for (target, level, shown) in [
            ("haven_node::keeper", Level::TRACE, true),
            ("havend::serve", Level::TRACE, true),
            ("h2::codec", Level::INFO, false),
            ("h2::codec", Level::TRACE, false),
            ("automerge", Level::WARN, true),
        ] {
            assert_eq!(filter.would_enable(target, &level), shown, "{target} {level}");
        }
    }
}
