//! The connections on loopback: HTTP/1 for pages, HTTP/2 for programs, each within limits, until the daemon ends.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower::ServiceExt as _;

use super::guard::{self, Asked};
use super::room::{Answering, Room, Seat, Turn};
use super::tally::Tally;
use super::{pages, peer};
use crate::rpc::{HEADERS_MAX, OWN_RESETS_MAX, PENDING_RESETS_MAX, STREAMS_MAX, WINDOWS};

/// How long a request's head may take: it comes from this machine. The first one has less, see [`Room`].
const HEAD_MAX: Duration = Duration::from_secs(10);

/// Bytes that are read ahead on one connection.
const BUFFER_MAX: usize = 64 * 1024;

/// How long somebody with a token who asks nothing may take to go when another needs the place.
const LEAVE_MAX: Duration = Duration::from_secs(1);

/// The pause after the system could not accept, as at the socket.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// What those who accept share: the places, and how often they turned somebody away.
#[derive(Default)]
struct Porch {
    room: Arc<Room>,
    strangers: Tally,
    unknown: Tally,
    refused: Tally,
}

/// Serves whoever connects to the listeners that come, until `drain` turns true; then ends when what is open has.
pub(crate) async fn serve(
    calls: Router,
    mut fresh: mpsc::Receiver<StdListener>,
    mut drain: watch::Receiver<bool>,
) {
    let porch = Arc::new(Porch::default());
    let mut tasks = JoinSet::new();
    loop {
        let come = tokio::select! {
            come = fresh.recv() => come,
            _ = drain.wait_for(|drain| *drain) => break,
        };
        let Some(listener) = come else { break };
        match TcpListener::from_std(listener) {
            Ok(listener) => drop(tasks.spawn(accept(listener, calls.clone(), porch.clone(), drain.clone()))),
            Err(error) => tracing::error!(kind = ?error.kind(), "nobody can be let in on loopback"),
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Accepts from one listener.
async fn accept(listener: TcpListener, calls: Router, porch: Arc<Porch>, mut drain: watch::Receiver<bool>) {
    let Ok(own) = listener.local_addr() else { return };
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let (seat, stream) = tokio::select! {
            next = porch.next(&listener, own) => next,
            _ = drain.wait_for(|drain| *drain) => break,
        };
        tasks.spawn(speak(stream, seat, own.port(), calls.clone(), drain.clone()));
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

impl Porch {
    /// The next connection of the same user, which gets a place. Strangers get none: they could keep its user out.
    async fn next(&self, listener: &TcpListener, own: SocketAddr) -> (Seat, TcpStream) {
        loop {
            match listener.accept().await {
                Ok((stream, peer)) if self.is_ours(peer, own) => return (self.room.enter().await, stream),
                Ok(_) => {}
                Err(error) => {
                    if let Some(times) = self.refused.count() {
                        tracing::warn!(kind = ?error.kind(), times, "connections on loopback could not be accepted");
                    }
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    /// Whether a program of the same user is at the other end. Whom the system does not know is a stranger.
    fn is_ours(&self, peer: SocketAddr, own: SocketAddr) -> bool {
        match peer::user(peer, own) {
            Ok(user) if user == Some(rustix::process::geteuid().as_raw()) => return true,
            Ok(_) => {
                if let Some(times) = self.strangers.count() {
                    tracing::warn!(times, "another user's programs were turned away on loopback");
                }
            }
            Err(error) => {
                if let Some(times) = self.unknown.count() {
                    tracing::error!(kind = ?error.kind(), times, "the system does not tell whose connections are");
                }
            }
        }
        false
    }
}

async fn speak(stream: TcpStream, seat: Seat, port: u16, calls: Router, mut drain: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let seat = Arc::new(seat);
    let seated = seat.clone();
    let service = service_fn(move |request| {
        let (calls, turn) = (calls.clone(), seated.turn());
        async move { Ok::<_, Infallible>(answer(request, port, calls, turn).await) }
    });
    let builder = builder();
    let mut speaking = pin!(builder.serve_connection(TokioIo::new(stream), service));
    let is_draining = tokio::select! {
        _ = speaking.as_mut() => return,
        may_end = seat.lost() => if may_end { false } else { return },
        _ = drain.wait_for(|drain| *drain) => true,
    };
    speaking.as_mut().graceful_shutdown();
    while timeout(LEAVE_MAX, speaking.as_mut()).await.is_err() && (is_draining || seat.is_needed()) {}
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_MAX).max_buf_size(BUFFER_MAX);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS_MAX)
        .max_header_list_size(HEADERS_MAX)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(OWN_RESETS_MAX)
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1);
    builder
}

/// Answers one request: refused before anything looks at it, or a call, or a file.
async fn answer(request: Request<Incoming>, port: u16, calls: Router, turn: Turn) -> Response {
    let (mut head, body) = request.into_parts();
    let mut answer = match guard::check(&head, port) {
        Ok(Asked::Call) => {
            head.extensions.insert(turn.place.clone());
            let request = Request::from_parts(head, Body::new(body));
            match calls.oneshot(request).await {
                Ok(answer) => answer,
                Err(never) => match never {},
            }
        }
        Ok(Asked::File) => pages::find(&head),
        Err(status) => pages::refused(status),
    };
    pages::dress(answer.headers_mut());
    answer.map(|body| Body::new(Answering { body, _turn: turn }))
}
