//! The door: accepts for ever, whatever one accept says, and keeps the number of those who only stand in it small.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use rustix::process::{Resource, getrlimit};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::task::TaskTracker;

use super::Front;
use super::dispatch::Dispatch;
use super::speak::{Routes, speak};
use crate::connection::Connection;
use crate::limits::{
    ACCEPT_REST, CONNECTIONS_MAX, CONNECTIONS_YOUNG_MAX, DESCRIPTORS_RESERVED, FIRST_REQUEST_TIMEOUT,
};
use crate::server::Server;

/// The door of a server.
pub(super) struct Door {
    server: Arc<Server>,
    front: Front,
    routes: Arc<Routes>,
    connections: TaskTracker,
    open: Arc<AtomicUsize>,
    open_max: usize,
    young: VecDeque<Weak<Connection>>,
}

/// Counts one open connection until dropped.
struct Counted(Arc<AtomicUsize>);

impl Door {
    /// Opens the door.
    pub(super) fn new(server: Arc<Server>, front: Front, connections: TaskTracker) -> Self {
        let routes = Arc::new(Routes::new(server.clone()));
        Self {
            server,
            front,
            routes,
            connections,
            open: Arc::default(),
            open_max: open_max(),
            young: VecDeque::new(),
        }
    }

    /// Accepts connections. Never returns: a failed accept (no file descriptor left, a peer already gone) is not the end.
    pub(super) async fn keep_open(mut self) {
        loop {
            match self.front.listener.accept().await {
                Ok((stream, _)) => self.welcome(stream),
                Err(error) => {
                    tracing::warn!(kind = %error.kind(), "could not accept a connection");
                    sleep(ACCEPT_REST).await;
                }
            }
        }
    }

    fn welcome(&mut self, stream: TcpStream) {
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.open_max {
            self.open.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let counted = Counted(self.open.clone());
        // With Nagle's algorithm an answer waits for an acknowledgement that waits for it: 40 ms each.
        let _ = stream.set_nodelay(true);
        let connection = Connection::new(&self.server.draining);
        self.watch_young(&connection);
        let dispatch = Dispatch::new(self.server.clone(), self.routes.clone(), connection.clone());
        let tls = self.front.tls.clone();
        self.connections.spawn(async move {
            let by = Instant::now() + FIRST_REQUEST_TIMEOUT;
            match tls {
                None => speak(stream, &connection, dispatch, by).await,
                Some(tls) => {
                    if let Ok(Ok(stream)) = timeout_at(by, tls.accept(stream)).await {
                        speak(stream, &connection, dispatch, by).await;
                    }
                }
            }
            drop(counted);
        });
    }

    /// Beyond the limit the one that has stalled longest is cut off.
    fn watch_young(&mut self, connection: &Arc<Connection>) {
        let grown = |connection: &Weak<Connection>| connection.upgrade().is_none_or(|one| one.is_served());
        while self.young.front().is_some_and(grown) {
            self.young.pop_front();
        }
        if self.young.len() >= CONNECTIONS_YOUNG_MAX {
            self.young.retain(|one| !grown(one));
        }
        if self.young.len() >= CONNECTIONS_YOUNG_MAX
            && let Some(oldest) = self.young.pop_front().and_then(|oldest| oldest.upgrade())
        {
            oldest.cut.cancel();
        }
        self.young.push_back(Arc::downgrade(connection));
    }
}

/// As many as there are file descriptors for, a few kept free, and no more than the limit.
fn open_max() -> usize {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let free = usize::try_from(descriptors.saturating_sub(DESCRIPTORS_RESERVED)).unwrap_or(usize::MAX);
    CONNECTIONS_MAX.min(free)
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
