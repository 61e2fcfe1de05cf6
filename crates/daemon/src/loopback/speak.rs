//! The connections on loopback: HTTP/1 for pages, HTTP/2 for programs, each within limits, until the daemon ends.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener as StdListener};
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
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::sleep;
use tower::ServiceExt as _;

use super::guard::{self, Asked};
use super::{pages, peer};
use crate::rpc::{HEADERS_MAX, OWN_RESETS_MAX, PENDING_RESETS_MAX, STREAMS_MAX, WINDOWS};

/// Connections at once: six of each of ten pages, and some plug-ins.
const CONNECTIONS_MAX: usize = 64;

/// How long a request's head may take: it comes from this machine.
const HEAD_MAX: Duration = Duration::from_secs(10);

/// Bytes that are read ahead on one connection.
const BUFFER_MAX: usize = 64 * 1024;

/// The pause after the system could not accept, as at the socket.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Serves whoever connects to the listeners that come, until `drain` turns true; then ends when what is open has.
pub(crate) async fn serve(
    calls: Router,
    mut fresh: mpsc::Receiver<StdListener>,
    mut drain: watch::Receiver<bool>,
) {
    let room = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut tasks = JoinSet::new();
    loop {
        let come = tokio::select! {
            come = fresh.recv() => come,
            _ = drain.wait_for(|drain| *drain) => break,
        };
        let Some(listener) = come else { break };
        match TcpListener::from_std(listener) {
            Ok(listener) => drop(tasks.spawn(accept(listener, calls.clone(), room.clone(), drain.clone()))),
            Err(error) => tracing::error!(kind = ?error.kind(), "nobody can be let in on loopback"),
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// Accepts from one listener.
async fn accept(
    listener: TcpListener,
    calls: Router,
    room: Arc<Semaphore>,
    mut drain: watch::Receiver<bool>,
) {
    let Ok(own) = listener.local_addr() else { return };
    let mut tasks = JoinSet::new();
    loop {
        while tasks.try_join_next().is_some() {}
        let accepted = tokio::select! {
            accepted = next(&listener, &room) => accepted,
            _ = drain.wait_for(|drain| *drain) => break,
        };
        let (place, stream, peer) = accepted;
        let (calls, drain) = (calls.clone(), drain.clone());
        tasks.spawn(async move {
            if is_ours(peer, own) {
                speak(stream, own.port(), calls, drain).await;
            }
            drop(place);
        });
    }
    drop(listener);
    while tasks.join_next().await.is_some() {}
}

/// The next connection, once there is room for it.
async fn next(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> (tokio::sync::OwnedSemaphorePermit, TcpStream, SocketAddr) {
    loop {
        let place = room.clone().acquire_owned().await.expect("nobody closes it");
        match listener.accept().await {
            Ok((stream, peer)) => return (place, stream, peer),
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "a connection on loopback could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Whether a program of the same user is at the other end. Whom the system does not know is a stranger.
fn is_ours(peer: SocketAddr, own: SocketAddr) -> bool {
    match peer::user(peer, own) {
        Ok(user) if user == Some(rustix::process::geteuid().as_raw()) => true,
        Ok(_) => {
            tracing::warn!("another user's program was turned away on loopback");
            false
        }
        Err(error) => {
            tracing::error!(kind = ?error.kind(), "the system does not tell whose a connection is");
            false
        }
    }
}

async fn speak(stream: TcpStream, port: u16, calls: Router, mut drain: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let calls = calls.clone();
        async move { Ok::<_, Infallible>(answer(request, port, calls).await) }
    });
    let builder = builder();
    let speaking = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(speaking);
    tokio::select! {
        _ = speaking.as_mut() => return,
        _ = drain.wait_for(|drain| *drain) => {}
    }
    speaking.as_mut().graceful_shutdown();
    let _ = speaking.await;
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
async fn answer(request: Request<Incoming>, port: u16, calls: Router) -> Response {
    let (head, body) = request.into_parts();
    let mut answer = match guard::check(&head, port) {
        Ok(Asked::Call) => {
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
    answer
}
