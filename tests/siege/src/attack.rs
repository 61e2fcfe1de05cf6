//! What besiegers do. They share nothing with the honest member but the machine: a thread and a runtime of their own.

mod callers;
mod crowds;
mod floods;

use std::future::pending;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::runtime;
use tokio::sync::oneshot;
use tokio::time::sleep;

use crate::camp::Target;
use crate::siege::Siege;

/// A rest when there is no way in at all, for want of ports or descriptors.
const REST: Duration = Duration::from_millis(10);

/// Besiegers at work.
pub(crate) struct Attack {
    acts: Arc<AtomicU64>,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Attack {
    /// Lets them begin.
    pub(crate) fn begin(siege: Siege, target: Target) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let acts = Arc::default();
        let way =
            Way { address: target.url.trim_start_matches("http://").to_owned(), acts: Arc::clone(&acts) };
        let thread = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    _ = stopped => {}
                    () = attack(siege, &target, &way) => {}
                }
            });
        });
        Self { acts, stop, thread }
    }

    /// Lets them go, with all that they have open. Gives how much they did.
    pub(crate) fn end(self) -> u64 {
        // Who gave up by himself is found by the join.
        let _ = self.stop.send(());
        self.thread.join().expect("no besieger gives up");
        self.acts.load(Ordering::Relaxed)
    }
}

/// Goes on until it's dropped.
async fn attack(siege: Siege, target: &Target, way: &Way) {
    match siege {
        Siege::Loris => crowds::loris(way).await,
        Siege::Idle => crowds::idle(way).await,
        Siege::Unfinished => crowds::unfinished(way).await,
        Siege::Windows => crowds::windows(target, way).await,
        Siege::Resets => floods::flood(way, floods::resets).await,
        Siege::Continuations => floods::flood(way, floods::continuations).await,
        Siege::Pings => floods::flood(way, floods::pings).await,
        Siege::Settings => floods::flood(way, floods::settings).await,
        Siege::Connections => floods::connections(way).await,
        Siege::Challenges => callers::challenges(target, way).await,
        Siege::Invites => callers::invites(target, way).await,
        Siege::Unread => callers::unread(target, way).await,
    }
    pending::<()>().await;
}

/// The way to the server, and how often something was done there.
#[derive(Clone)]
struct Way {
    address: String,
    acts: Arc<AtomicU64>,
}

impl Way {
    /// Opens a connection that leaves no port behind when it goes: there are only so many to this server, and honest members need some.
    async fn open(&self) -> io::Result<TcpStream> {
        let opened = TcpStream::connect(&self.address).await;
        match &opened {
            Ok(stream) => {
                stream.set_zero_linger()?;
                self.act();
            }
            Err(_) => sleep(REST).await,
        }
        opened
    }

    /// Counts a connection, a call, or what is written at once.
    fn act(&self) {
        self.acts.fetch_add(1, Ordering::Relaxed);
    }
}
