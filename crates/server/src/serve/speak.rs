//! One connection's life: HTTP/2 within limits, until it ends, grows old, is cut off or the server stops.

use std::sync::Arc;
use std::time::Duration;

use haven_wire::limits::MESSAGE_BYTES_MAX;
use haven_wire::pb::feed_service_server::FeedServiceServer;
use haven_wire::pb::mailbox_service_server::MailboxServiceServer;
use haven_wire::pb::roster_service_server::RosterServiceServer;
use haven_wire::pb::server_service_server::ServerServiceServer;
use haven_wire::pb::session_service_server::SessionServiceServer;
use haven_wire::pb::space_service_server::SpaceServiceServer;
use hyper::server::conn::http2::Builder;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep, sleep_until};
use tonic_health::pb::health_server::HealthServer;
use tonic_health::server::HealthService;

use super::dispatch::Dispatch;
use crate::connection::Connection;
use crate::limits::{
    CONNECTION_AGE_MAX, CONNECTION_WINDOW, DRAIN_TIMEOUT, HEADER_BYTES_MAX, KEEP_ALIVE_EVERY,
    KEEP_ALIVE_TIMEOUT, PULL_REQUEST_BYTES_MAX, RESETS_LOCAL_MAX, RESETS_PENDING_MAX, SEND_BUFFER,
    SMALL_MESSAGE_BYTES_MAX, STREAM_WINDOW, STREAMS_MAX,
};
use crate::server::Server;
use crate::service::Services;

/// The services behind every connection.
pub(super) struct Routes {
    pub(super) server: ServerServiceServer<Services>,
    pub(super) session: SessionServiceServer<Services>,
    pub(super) space: SpaceServiceServer<Services>,
    pub(super) find: SpaceServiceServer<Services>,
    pub(super) roster: RosterServiceServer<Services>,
    pub(super) feed: FeedServiceServer<Services>,
    pub(super) pull: FeedServiceServer<Services>,
    pub(super) mailbox: MailboxServiceServer<Services>,
    pub(super) health: HealthServer<HealthService>,
}

impl Routes {
    /// Makes the services. No compression: nothing that comes here can be compressed, and nothing may be a bomb.
    pub(super) fn new(server: Arc<Server>) -> Self {
        let services = Arc::new(Services(server));
        let small = SMALL_MESSAGE_BYTES_MAX;
        let health = HealthService::from_health_reporter(tonic_health::server::HealthReporter::new());
        Self {
            server: ServerServiceServer::from_arc(services.clone()).max_decoding_message_size(small),
            session: SessionServiceServer::from_arc(services.clone()).max_decoding_message_size(small),
            space: SpaceServiceServer::from_arc(services.clone())
                .max_decoding_message_size(MESSAGE_BYTES_MAX),
            find: SpaceServiceServer::from_arc(services.clone()).max_decoding_message_size(small),
            roster: RosterServiceServer::from_arc(services.clone())
                .max_decoding_message_size(MESSAGE_BYTES_MAX),
            feed: FeedServiceServer::from_arc(services.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX),
            pull: FeedServiceServer::from_arc(services.clone())
                .max_decoding_message_size(PULL_REQUEST_BYTES_MAX),
            mailbox: MailboxServiceServer::from_arc(services).max_decoding_message_size(small),
            health: HealthServer::new(health).max_decoding_message_size(small),
        }
    }
}

/// Speaks HTTP/2 on a connection. Without a request by `first_by` it ends.
pub(super) async fn speak(
    io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: &Arc<Connection>,
    dispatch: Dispatch,
    first_by: Instant,
) {
    let speaking = http2().serve_connection(TokioIo::new(io), dispatch);
    tokio::pin!(speaking);
    let first = sleep_until(first_by);
    tokio::pin!(first);
    let mut is_waiting = true;
    let old = sleep(age_of(connection));
    tokio::pin!(old);
    loop {
        tokio::select! {
            _ = speaking.as_mut() => return,
            () = connection.cut.cancelled() => return,
            () = connection.ending.cancelled() => break,
            () = old.as_mut() => connection.ending.cancel(),
            () = first.as_mut(), if is_waiting => {
                if !connection.is_served() {
                    return;
                }
                is_waiting = false;
            }
        }
    }
    speaking.as_mut().graceful_shutdown();
    tokio::select! {
        _ = speaking => {}
        () = connection.cut.cancelled() => {}
        () = sleep(DRAIN_TIMEOUT) => {}
    }
}

fn http2() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADER_BYTES_MAX)
        // What a peer has remembered here would pin the buffers that it came in, each of them some kilobytes.
        .header_table_size(0)
        .keep_alive_interval(KEEP_ALIVE_EVERY)
        .keep_alive_timeout(KEEP_ALIVE_TIMEOUT)
        .max_pending_accept_reset_streams(RESETS_PENDING_MAX)
        .max_local_error_reset_streams(RESETS_LOCAL_MAX)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .auto_date_header(false);
    builder
}

/// Up to a tenth more than the limit, spread by the connection's number, so that devices that came together after a
/// restart do not come together again an hour later.
fn age_of(connection: &Connection) -> Duration {
    let thousandth = u32::try_from(connection.number() * 37 % 100).unwrap_or_default();
    CONNECTION_AGE_MAX + CONNECTION_AGE_MAX / 1_000 * thousandth
}
