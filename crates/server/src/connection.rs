//! One connection, as the services know it: a number, the spaces it is counted in, and two ways to end it.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;
use tonic::Extensions;

use crate::limits::GUEST_REQUESTS_MAX;
use crate::space::Space;

/// Numbers are never used twice in one run.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A connection from a device or a proxy.
pub(crate) struct Connection {
    number: u64,
    served: AtomicBool,
    /// Requests that were not answered yet.
    asking: AtomicUsize,
    /// Mailboxes that are watched by it.
    watching: AtomicUsize,
    spaces: Mutex<Vec<Arc<Space>>>,
    /// Cancelled when it should end in order: by its age, or because the server stops.
    pub(crate) ending: CancellationToken,
    /// Cancelled when it is cut off: its peer takes nothing, or never asked anything.
    pub(crate) cut: CancellationToken,
    /// Cancelled when it is no more, and with it all that it had in memory.
    pub(crate) gone: CancellationToken,
}

impl Connection {
    /// Registers a new connection, which ends when the server stops.
    pub(crate) fn new(draining: &CancellationToken) -> Arc<Self> {
        Arc::new(Self {
            number: NEXT.fetch_add(1, Ordering::Relaxed),
            served: AtomicBool::new(false),
            asking: AtomicUsize::new(0),
            watching: AtomicUsize::new(0),
            spaces: Mutex::default(),
            ending: draining.child_token(),
            cut: CancellationToken::new(),
            gone: CancellationToken::new(),
        })
    }

    /// Finds the connection a request came by.
    pub(crate) fn of(extensions: &Extensions) -> Arc<Self> {
        let connection = extensions.get::<Arc<Self>>();
        connection.expect("every request is given its connection before it is routed").clone()
    }

    /// Returns its number.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Notes that it has made a request.
    pub(crate) fn serve(&self) {
        self.served.store(true, Ordering::Relaxed);
    }

    /// Says whether it has made a request.
    pub(crate) fn is_served(&self) -> bool {
        self.served.load(Ordering::Relaxed)
    }

    /// Counts a request until it is answered. None if it is one too many for a connection that no member has used.
    pub(crate) fn ask(self: &Arc<Self>) -> Option<Asking> {
        let before = self.asking.fetch_add(1, Ordering::Relaxed);
        let asking = Asking(self.clone());
        (before < GUEST_REQUESTS_MAX || self.is_members()).then_some(asking)
    }

    /// Counts a mailbox that it watches, until dropped.
    pub(crate) fn watch(self: &Arc<Self>) -> Watching {
        self.watching.fetch_add(1, Ordering::Relaxed);
        Watching(self.clone())
    }

    /// Says whether it watches a mailbox: a member opened that one, and told whoever comes by this connection.
    pub(crate) fn is_watching(&self) -> bool {
        self.watching.load(Ordering::Relaxed) > 0
    }

    /// Says whether a member of some space has used it.
    pub(crate) fn is_members(&self) -> bool {
        !self.spaces.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The space whose member was the first to use it.
    pub(crate) fn space(&self) -> Option<Arc<Space>> {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner).first().cloned()
    }

    /// Leaves a space when the connection ends.
    pub(crate) fn leave_at_end(&self, space: Arc<Space>) {
        self.spaces.lock().unwrap_or_else(PoisonError::into_inner).push(space);
    }
}

/// A request that is not answered yet; counted until dropped.
pub(crate) struct Asking(Arc<Connection>);

/// A mailbox that is watched; counted until dropped.
pub(crate) struct Watching(Arc<Connection>);

impl Drop for Watching {
    fn drop(&mut self) {
        self.0.watching.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.asking.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        for space in self.spaces.get_mut().unwrap_or_else(PoisonError::into_inner) {
            space.leave(self.number);
        }
        self.gone.cancel();
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({})", self.number)
    }
}
