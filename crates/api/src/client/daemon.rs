//! The program that runs on this device.

use super::{Client, Transport};
use crate::convert::daemon::{daemon_from_pb, finding_from_pb};
use crate::daemon::{Daemon, Finding};
use crate::error::ApiError;
use crate::pb;

impl<T: Transport> Client<T> {
    /// Asks which program answers.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn daemon(&self) -> Result<Daemon, ApiError> {
        Ok(daemon_from_pb(self.daemon_service().get_daemon(pb::GetDaemonRequest {}).await?.into_inner()))
    }

    /// Asks the program to end; it answers before it does.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn stop_daemon(&self) -> Result<(), ApiError> {
        self.daemon_service().stop_daemon(pb::StopDaemonRequest {}).await?;
        Ok(())
    }

    /// Checks what can be checked; no finding tells anything of the journal.
    ///
    /// # Errors
    /// The device cannot be reached.
    pub async fn diagnose(&self) -> Result<Vec<Finding>, ApiError> {
        let answer = self.daemon_service().diagnose(pb::DiagnoseRequest {}).await?.into_inner();
        answer.findings.into_iter().map(finding_from_pb).collect()
    }
}
