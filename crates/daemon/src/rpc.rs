//! What the socket and loopback offer: the node's services, the daemon's own, health and reflection, each under limits.

use std::sync::Arc;

use axum::Router;
use haven_api::limits::MESSAGE_BYTES_MAX;
use haven_api::pb::daemon_service_server::DaemonServiceServer;
use haven_api::pb::grant_service_server::GrantServiceServer;
use haven_api::pb::settings_service_server::SettingsServiceServer;
use haven_node::node::Node;
use haven_node::services::Envelope;
use tokio::sync::watch;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_web::GrpcWebLayer;

use crate::activity::Activity;
use crate::by_grant::{ByGrant, Entrance};
use crate::config::Config;
use crate::granting::Granting;
use crate::grants::Desk;
use crate::home::Home;
use crate::idle::LastUse;
use crate::language;
use crate::loopback::Loopback;
use crate::program::Program;
use crate::settings::Settings;
use crate::socket::Peers;

/// Calls at once on one connection; a client that stays has a stream or two open.
pub(crate) const STREAMS_MAX: u32 = 128;

/// Bytes of one call's headers; ours have none but gRPC's own.
pub(crate) const HEADERS_MAX: u32 = 16 * 1024;

/// Streams that a client opened and reset before they were looked at, before the connection is closed.
pub(crate) const PENDING_RESETS_MAX: usize = 32;

/// Streams that we reset for a client's mistakes, before the connection is closed.
pub(crate) const OWN_RESETS_MAX: usize = 256;

/// Bytes on their way on one stream, and on a connection: an import batch without a pause.
pub(crate) const WINDOWS: (u32, u32) = (1024 * 1024, 2 * 1024 * 1024);

/// Why reflection can be built.
const OUR_OWN: &str = "the descriptors are the generator's own";

/// What the services need besides the node.
pub(crate) struct Serving {
    pub(crate) home: Home,
    pub(crate) config: Arc<Config>,
    /// Turns true when somebody asked the daemon to end.
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) last_use: LastUse,
    pub(crate) desk: Arc<Desk>,
    pub(crate) loopback: Arc<Loopback>,
}

/// Every service, as both entrances have them.
pub(crate) fn routes(node: Node, serving: &Serving) -> Routes {
    let (_, health) = tonic_health::server::health_reporter();
    let reflection = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(haven_api::pb::DESCRIPTORS)
    };
    let routes = node.routes();
    let granting = Granting::new(serving.desk.clone(), serving.loopback.clone(), &serving.home.data);
    let settings = Settings { node: node.clone(), config: serving.config.clone() };
    let program = Program::new(node, serving.home.clone(), serving.stop.clone());
    routes
        .add_service(DaemonServiceServer::new(program).max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(SettingsServiceServer::new(settings).max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(GrantServiceServer::new(granting).max_decoding_message_size(MESSAGE_BYTES_MAX))
        .add_service(health)
        .add_service(reflection().build_v1().expect(OUR_OWN))
        // For tools that have not moved on.
        .add_service(reflection().build_v1alpha().expect(OUR_OWN))
}

/// The services as loopback offers them: to pages too, by gRPC-web, and to nobody without a token.
pub(crate) fn on_loopback(routes: Routes, serving: &Serving) -> Router {
    let by_grant = ByGrant { desk: serving.desk.clone(), entrance: Entrance::Loopback };
    routes
        .prepare()
        .into_axum_router()
        .layer(Envelope)
        .layer(language::as_set(serving.config.clone()))
        .layer(Activity(serving.last_use.clone()))
        .layer(by_grant)
        .layer(GrpcWebLayer::new())
}

/// Serves the socket's connections until `drain` turns true; then ends when those that are open have.
pub(crate) async fn serve(
    routes: Routes,
    serving: Serving,
    peers: Peers,
    mut drain: watch::Receiver<bool>,
) -> Result<(), tonic::transport::Error> {
    Server::builder()
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_header_list_size(HEADERS_MAX)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
        .http2_max_local_error_reset_streams(Some(OWN_RESETS_MAX))
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .layer(ByGrant { desk: serving.desk, entrance: Entrance::Socket })
        .layer(Activity(serving.last_use))
        .layer(language::as_set(serving.config))
        .layer(Envelope)
        .add_routes(routes)
        .serve_with_incoming_shutdown(peers, async move {
            let _ = drain.wait_for(|drain| *drain).await;
        })
        .await
}
