//! The program that runs on this device.

use super::{Client, Transport};
use crate::convert::daemon::{daemon_from_pb, finding_from_pb, setting_from_pb};
use crate::daemon::{Daemon, Finding, Setting};
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

    /// Reads a setting, or all of them if no key is given.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn settings(&self, key: Option<&str>) -> Result<Vec<Setting>, ApiError> {
        let request = pb::GetConfigRequest { key: key.unwrap_or_default().to_owned() };
        let answer = self.daemon_service().get_config(request).await?.into_inner();
        answer.settings.into_iter().map(|setting| setting_from_pb(Some(setting))).collect()
    }

    /// Changes a setting; an empty value goes back to the default.
    ///
    /// # Errors
    /// `NOT_FOUND`, `INVALID_ARGUMENT`.
    pub async fn set_setting(&self, key: &str, value: &str) -> Result<Setting, ApiError> {
        let request = pb::SetConfigRequest { key: key.to_owned(), value: value.to_owned() };
        setting_from_pb(self.daemon_service().set_config(request).await?.into_inner().setting)
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
