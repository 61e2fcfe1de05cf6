//! The door: accepts for ever, whatever one accept says, and keeps the number of those small who only stand in it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};

use rustix::net::listen;
use rustix::process::{Resource, getrlimit};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_util::task::TaskTracker;

use super::Front;
use super::dispatch::Dispatch;
use super::speak::{Routes, speak};
use crate::connection::Connection;
use crate::limits::{
    ACCEPT_REST, BACKLOG, CONNECTIONS_MAX, CONNECTIONS_MIN, DESCRIPTORS_RESERVED, FIRST_REQUEST_TIMEOUT,
    GUEST_GONE_TIMEOUT, GUESTS_MAX,
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
    /// Connections that were no member's when they were last looked at, the oldest first.
    guests: VecDeque<Weak<Connection>>,
    guests_max: usize,
}

/// Counts one open connection until dropped.
struct Counted(Arc<AtomicUsize>);

impl Door {
    /// Opens the door.
    pub(super) fn new(server: Arc<Server>, front: Front, connections: TaskTracker) -> Self {
        let routes = Arc::new(Routes::new(server.clone()));
        // It listens already, for fewer at once. If this fails they are what there is.
        let _ = listen(&front.listener, BACKLOG);
        let open_max = open_max();
        Self {
            server,
            front,
            routes,
            connections,
            open: Arc::default(),
            open_max,
            guests: VecDeque::new(),
            guests_max: GUESTS_MAX.min(open_max / 2),
        }
    }

    /// Accepts connections. Never returns: a failed accept (no file descriptor left, a peer already gone) is not the end.
    pub(super) async fn keep_open(mut self) {
        loop {
            match self.front.listener.accept().await {
                Ok((stream, _)) => self.welcome(stream).await,
                Err(error) => {
                    tracing::warn!(kind = %error.kind(), "could not accept a connection");
                    sleep(ACCEPT_REST).await;
                }
            }
        }
    }

    async fn welcome(&mut self, stream: TcpStream) {
        if self.open.fetch_add(1, Ordering::Relaxed) >= self.open_max {
            self.open.fetch_sub(1, Ordering::Relaxed);
            // There is room for the next one at least, if one of these is no member.
            self.cut_oldest_guest().await;
            return;
        }
        let counted = Counted(self.open.clone());
        // With Nagle's algorithm an answer waits for an acknowledgement that waits for it: 40 ms each.
        let _ = stream.set_nodelay(true);
        let connection = Connection::new(&self.server.draining);
        self.watch_guest(&connection).await;
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

    /// Beyond the limit the guest that has been there longest makes room.
    async fn watch_guest(&mut self, connection: &Arc<Connection>) {
        if self.guests.len() >= self.guests_max {
            self.guests.retain(is_guest);
            if self.guests.iter().filter(|guest| is_unexpected(guest)).count() >= self.guests_max {
                self.cut_oldest_guest().await;
            }
        }
        self.guests.push_back(Arc::downgrade(connection));
    }

    /// Cuts off the oldest of those whom nobody expects, and waits until it's gone: a crowd comes in no faster than it goes, or
    /// those who are on their way out would take up far more room than those who are in.
    async fn cut_oldest_guest(&mut self) {
        let oldest = self.guests.iter().position(is_unexpected).and_then(|at| self.guests.remove(at));
        let Some(oldest) = oldest.and_then(|oldest| oldest.upgrade()) else { return };
        oldest.cut.cancel();
        let gone = oldest.gone.clone();
        drop(oldest);
        // Whatever keeps it, the door doesn't stay shut for it.
        let _ = timeout(GUEST_GONE_TIMEOUT, gone.cancelled()).await;
    }
}

fn is_guest(connection: &Weak<Connection>) -> bool {
    connection.upgrade().is_some_and(|connection| !connection.is_members())
}

/// Who watches a mailbox was told of it by a member, and there are at most a few at each: they stay, however many come.
fn is_unexpected(connection: &Weak<Connection>) -> bool {
    connection.upgrade().is_some_and(|connection| !connection.is_members() && !connection.is_watching())
}

/// As many as there are file descriptors for, a few kept free, and no more than the limit. With next to no descriptors a
/// failed accept says when they are used up.
fn open_max() -> usize {
    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    let free = usize::try_from(descriptors.saturating_sub(DESCRIPTORS_RESERVED)).unwrap_or(usize::MAX);
    free.clamp(CONNECTIONS_MIN, CONNECTIONS_MAX)
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
