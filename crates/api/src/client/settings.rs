//! The settings of this device.

use super::{Client, Transport};
use crate::convert::settings::from_pb;
use crate::error::ApiError;
use crate::pb;
use crate::settings::Setting;

impl<T: Transport> Client<T> {
    /// Reads a setting, or all of them if no key is given.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub async fn settings(&self, key: Option<&str>) -> Result<Vec<Setting>, ApiError> {
        let request = pb::ListSettingsRequest { key: key.unwrap_or_default().to_owned() };
        let answer = self.settings_service().list_settings(request).await?.into_inner();
        answer.settings.into_iter().map(|setting| from_pb(Some(setting))).collect()
    }

    /// Changes a setting; an empty value goes back to the default.
    ///
    /// # Errors
    /// `NOT_FOUND`, `INVALID_ARGUMENT`.
    pub async fn set_setting(&self, key: &str, value: &str) -> Result<Setting, ApiError> {
        let request = pb::SetSettingRequest { key: key.to_owned(), value: value.to_owned() };
        from_pb(self.settings_service().set_setting(request).await?.into_inner().setting)
    }
}
