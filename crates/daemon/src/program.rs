//! The daemon as a program: who it is, its settings, its end, its health.

use std::sync::Arc;

use haven_api::convert::daemon::{finding_to_pb, setting_to_pb};
use haven_api::daemon::Setting as Shown;
use haven_api::error::{ApiError, ErrorReason};
use haven_api::pb;
use haven_api::pb::daemon_service_server::DaemonService;
use haven_api::support::{Country, HELP_COUNTRY};
use haven_node::node::Node;
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use crate::config::{Config, Setting, SettingFault};
use crate::home::Home;
use crate::{clock, doctor};

/// The service of the program.
pub(crate) struct Program {
    node: Node,
    home: Home,
    config: Arc<Config>,
    stop: watch::Sender<bool>,
    started_ms: i64,
}

impl Program {
    pub(crate) fn new(node: Node, home: Home, config: Arc<Config>, stop: watch::Sender<bool>) -> Self {
        Self { node, home, config, stop, started_ms: clock::wall_ms() }
    }
}

#[tonic::async_trait]
impl DaemonService for Program {
    async fn get_daemon(
        &self,
        _: Request<pb::GetDaemonRequest>,
    ) -> Result<Response<pb::GetDaemonResponse>, Status> {
        Ok(Response::new(pb::GetDaemonResponse {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
            started_ms: self.started_ms,
        }))
    }

    async fn stop_daemon(
        &self,
        _: Request<pb::StopDaemonRequest>,
    ) -> Result<Response<pb::StopDaemonResponse>, Status> {
        self.stop.send_replace(true);
        Ok(Response::new(pb::StopDaemonResponse {}))
    }

    async fn get_config(
        &self,
        request: Request<pb::GetConfigRequest>,
    ) -> Result<Response<pb::GetConfigResponse>, Status> {
        let settings = match request.into_inner().key.as_str() {
            "" => self.config.all(),
            key => vec![self.config.get(key).map_err(|fault| problem(fault, key, ""))?],
        };
        let settings = settings.into_iter().map(shown).collect();
        Ok(Response::new(pb::GetConfigResponse { settings }))
    }

    async fn set_config(
        &self,
        request: Request<pb::SetConfigRequest>,
    ) -> Result<Response<pb::SetConfigResponse>, Status> {
        let pb::SetConfigRequest { key, value } = request.into_inner();
        let setting = self.config.set(&key, &value).map_err(|fault| problem(fault, &key, &value))?;
        Ok(Response::new(pb::SetConfigResponse { setting: Some(shown(setting)) }))
    }

    async fn diagnose(
        &self,
        _: Request<pb::DiagnoseRequest>,
    ) -> Result<Response<pb::DiagnoseResponse>, Status> {
        let mut findings = self.node.check_up().await;
        findings.extend(doctor::look(&self.home));
        Ok(Response::new(pb::DiagnoseResponse {
            findings: findings.into_iter().map(finding_to_pb).collect(),
        }))
    }
}

fn shown(setting: Setting) -> pb::Setting {
    setting_to_pb(Shown { key: setting.key.to_owned(), value: setting.value, is_default: setting.is_default })
}

fn problem(fault: SettingFault, key: &str, value: &str) -> ApiError {
    let says = fault.to_string();
    match fault {
        SettingFault::Unknown => ApiError::new(ErrorReason::NotFound, "no setting was named")
            .because(says)
            .with_next("`haven config get` shows the settings.")
            .with_nearest(key, Config::keys()),
        SettingFault::Value(_) if key == HELP_COUNTRY => {
            ApiError::invalid("nothing was set", says).with_candidates(Country::near(value))
        }
        SettingFault::Value(_) => ApiError::invalid("nothing was set", says),
        SettingFault::File(fault) => ApiError { what: "nothing was set".to_owned(), ..fault.told() },
    }
}
