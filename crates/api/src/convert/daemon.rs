//! The program and its findings, there and back.

use haven_core::time::Timestamp;

use super::unreadable;
use crate::daemon::{Daemon, Finding, Level};
use crate::error::ApiError;
use crate::pb;

/// Writes which program answers.
pub fn daemon_to_pb(daemon: Daemon) -> pb::GetDaemonResponse {
    pb::GetDaemonResponse { version: daemon.version, pid: daemon.pid, started_ms: daemon.started.as_millis() }
}

/// Reads which program answers.
pub fn daemon_from_pb(daemon: pb::GetDaemonResponse) -> Daemon {
    Daemon { version: daemon.version, pid: daemon.pid, started: Timestamp::from_millis(daemon.started_ms) }
}

/// Writes a finding.
pub fn finding_to_pb(finding: Finding) -> pb::Finding {
    let level = match finding.level {
        Level::Good => pb::FindingLevel::Good,
        Level::Warning => pb::FindingLevel::Warning,
        Level::Bad => pb::FindingLevel::Bad,
    };
    pb::Finding { check: finding.check, level: level.into(), what: finding.what, next: finding.next }
}

/// Reads a finding.
///
/// # Errors
/// The device wrote something that is none.
pub fn finding_from_pb(finding: pb::Finding) -> Result<Finding, ApiError> {
    let level = match finding.level() {
        pb::FindingLevel::Unspecified => return Err(unreadable("level")),
        pb::FindingLevel::Good => Level::Good,
        pb::FindingLevel::Warning => Level::Warning,
        pb::FindingLevel::Bad => Level::Bad,
    };
    Ok(Finding { check: finding.check, level, what: finding.what, next: finding.next })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_comes_back_as_it_went() {
        let daemon = Daemon { version: "0.1.0".into(), pid: 7, started: Timestamp::from_millis(9) };
        assert_eq!(daemon_from_pb(daemon_to_pb(daemon.clone())), daemon);
        for level in [Level::Good, Level::Warning, Level::Bad] {
            let finding = Finding { check: "clock".into(), level, what: "right".into(), next: String::new() };
            assert_eq!(finding_from_pb(finding_to_pb(finding.clone())), Ok(finding));
        }
    }

    #[test]
    fn what_no_device_sends_is_unreadable() {
        assert_eq!(finding_from_pb(pb::Finding::default()).unwrap_err().name(), "UNSUPPORTED");
    }
}
