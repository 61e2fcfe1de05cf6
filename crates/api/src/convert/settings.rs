//! Settings, there and back.

use super::sent;
use crate::error::ApiError;
use crate::pb;
use crate::settings::Setting;

/// Writes a setting.
pub fn to_pb(setting: Setting) -> pb::Setting {
    let Setting { key, value, is_default, options } = setting;
    pb::Setting { key, value, is_default, options }
}

/// Reads a setting.
///
/// # Errors
/// The device named none.
pub fn from_pb(setting: Option<pb::Setting>) -> Result<Setting, ApiError> {
    let pb::Setting { key, value, is_default, options } = sent(setting, "setting")?;
    Ok(Setting { key, value, is_default, options })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_comes_back_as_it_went_and_none_is_unreadable() {
        let options = vec!["system".into(), "light".into()];
        let setting = Setting { key: "app.theme".into(), value: "light".into(), is_default: true, options };
        assert_eq!(from_pb(Some(to_pb(setting.clone()))), Ok(setting));
        assert_eq!(from_pb(None).unwrap_err().name(), "UNSUPPORTED");
    }
}
