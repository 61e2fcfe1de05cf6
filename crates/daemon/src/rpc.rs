//! What the socket offers: the node's services, the daemon's own, health and reflection, each under limits.

use std::sync::Arc;

use haven_api::limits::MESSAGE_BYTES_MAX;
use haven_api::pb::daemon_service_server::DaemonServiceServer;
use haven_node::node::Node;
use haven_node::services::Envelope;
use tokio::sync::watch;
use tonic::transport::Server;

use crate::activity::Activity;
use crate::config::Config;
use crate::home::Home;
use crate::idle::LastUse;
use crate::program::Program;
use crate::socket::Peers;

/// Calls at once on one connection; a client that stays has a stream or two open.
const STREAMS_MAX: u32 = 128;

/// Bytes of one call's headers; ours have none but gRPC's own.
const HEADERS_MAX: u32 = 16 * 1024;

/// Streams that a client opened and reset before they were looked at, before the connection is closed.
const PENDING_RESETS_MAX: usize = 32;

/// Streams that we reset for a client's mistakes, before the connection is closed.
const OWN_RESETS_MAX: usize = 256;

/// Bytes on their way on one stream, and on a connection: an import batch without a pause.
const WINDOWS: (u32, u32) = (1024 * 1024, 2 * 1024 * 1024);

/// What the services need besides the node.
pub(crate) struct Serving {
    pub(crate) home: Home,
    pub(crate) config: Arc<Config>,
    /// Turns true when somebody asked the daemon to end.
    pub(crate) stop: watch::Sender<bool>,
    pub(crate) last_use: LastUse,
}

/// Serves connections until `drain` turns true; then ends when those that are open have.
pub(crate) async fn serve(
    node: Node,
    serving: Serving,
    peers: Peers,
    mut drain: watch::Receiver<bool>,
) -> Result<(), tonic::transport::Error> {
    let (_, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(haven_api::pb::DESCRIPTORS)
        .build_v1()
        .expect("the descriptors are the generator's own");
    let routes = node.routes();
    let program = DaemonServiceServer::new(Program::new(node, serving.home, serving.config, serving.stop))
        .max_decoding_message_size(MESSAGE_BYTES_MAX);
    Server::builder()
        .max_concurrent_streams(STREAMS_MAX)
        .http2_max_header_list_size(HEADERS_MAX)
        .http2_max_pending_accept_reset_streams(Some(PENDING_RESETS_MAX))
        .http2_max_local_error_reset_streams(Some(OWN_RESETS_MAX))
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .layer(Activity(serving.last_use))
        .layer(Envelope)
        .add_routes(routes)
        .add_service(program)
        .add_service(health)
        .add_service(reflection)
        .serve_with_incoming_shutdown(peers, async move {
            let _ = drain.wait_for(|drain| *drain).await;
        })
        .await
}
