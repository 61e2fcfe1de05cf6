//! The service of the settings. They answer in every state of the vault.

use std::sync::Arc;

use haven_api::convert::settings::to_pb;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::pb;
use haven_api::pb::settings_service_server::SettingsService;
use haven_api::settings::{HELP_COUNTRY, Setting as Shown};
use haven_api::support::Country;
use haven_node::node::Node;
use tonic::{Request, Response, Status};

use crate::config::{Config, Setting, SettingFault};

/// The service.
pub(crate) struct Settings {
    pub(crate) node: Node,
    pub(crate) config: Arc<Config>,
}

#[tonic::async_trait]
impl SettingsService for Settings {
    async fn list_settings(
        &self,
        request: Request<pb::ListSettingsRequest>,
    ) -> Result<Response<pb::ListSettingsResponse>, Status> {
        let settings = match request.into_inner().key.as_str() {
            "" => self.config.all(),
            key => vec![self.config.get(key).map_err(|fault| problem(fault, key, ""))?],
        };
        let settings = settings.into_iter().map(shown).collect();
        Ok(Response::new(pb::ListSettingsResponse { settings }))
    }

    async fn set_setting(
        &self,
        request: Request<pb::SetSettingRequest>,
    ) -> Result<Response<pb::SetSettingResponse>, Status> {
        let pb::SetSettingRequest { key, value } = request.into_inner();
        let setting = self.config.set(&key, &value).map_err(|fault| problem(fault, &key, &value))?;
        self.node.settings_changed();
        Ok(Response::new(pb::SetSettingResponse { setting: Some(shown(setting)) }))
    }
}

fn shown(setting: Setting) -> pb::Setting {
    let Setting { key, value, is_default, options } = setting;
    let options = options.iter().map(|&option| option.to_owned()).collect();
    to_pb(Shown { key: key.to_owned(), value, is_default, options })
}

fn problem(fault: SettingFault, key: &str, value: &str) -> ApiError {
    let says = fault.to_string();
    match fault {
        SettingFault::Unknown => ApiError::new(ErrorReason::NotFound, "no setting was named")
            .because(says)
            .with_next("Choose one of the settings there are.")
            .at_terminal("`haven config get` shows the settings.")
            .with_nearest(key, Config::keys()),
        SettingFault::Value(_) if key == HELP_COUNTRY => {
            ApiError::invalid("nothing was set", says).with_candidates(Country::near(value))
        }
        SettingFault::Value(_) => ApiError::invalid("nothing was set", says),
        SettingFault::File(fault) => ApiError { what: "nothing was set".to_owned(), ..fault.told() },
    }
}
