//! The daemon as a program: who it is, its end, its health.

use haven_api::convert::daemon::finding_to_pb;
use haven_api::pb;
use haven_api::pb::daemon_service_server::DaemonService;
use haven_node::node::Node;
use tokio::sync::watch;
use tonic::{Request, Response, Status};

use crate::home::Home;
use crate::{clock, doctor};

/// The service of the program.
pub(crate) struct Program {
    node: Node,
    home: Home,
    stop: watch::Sender<bool>,
    started_ms: i64,
}

impl Program {
    pub(crate) fn new(node: Node, home: Home, stop: watch::Sender<bool>) -> Self {
        Self { node, home, stop, started_ms: clock::wall_ms() }
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
