//! One run of the daemon: what is started in which order, what ends it, and what is closed in which order.

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use haven_node::error::{cannot_open, cannot_start};
use haven_node::keeper::Keeper;
use haven_node::node::{self, Node};
use haven_node::snapshot::Stage;
use haven_store::sqlite::SqliteStore;
use listenfd::ListenFd;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot, watch};

use crate::config::Config;
use crate::ends::Signals;
use crate::fault::Fault;
use crate::grants::Desk;
use crate::handover::{hand_over, with_few_arenas};
use crate::home::Home;
use crate::host::Process;
use crate::idle::{LastUse, TICK, Watchman};
use crate::loopback::{self, Loopback};
use crate::only::Only;
use crate::readable::Readable;
use crate::rpc::{self, Serving};
use crate::socket::{Door, Peers, Post};
use crate::{embedded, folder, harden, log};

/// Threads that answer clients; the keeper and key derivation have their own.
const WORKERS: usize = 2;

/// Bytes of a worker's stack; nothing of ours recurses there.
const WORKER_STACK: usize = 1024 * 1024;

/// How long open calls may take to end when the daemon stops.
const STOP: Duration = Duration::from_secs(5);

/// How long they may take when the vault was locked: keys are gone two seconds after it, at the latest.
const RELOCK: Duration = Duration::from_millis(500);

/// What ended a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Somebody wants the daemon to end.
    Stop,
    /// The vault was locked.
    Locked,
}

/// What a daemon needs before it serves anybody.
struct Ready {
    only: Only,
    config: Arc<Config>,
    store: SqliteStore,
}

/// Runs a daemon until it is asked to stop. A lock of the vault goes on in a fresh process.
///
/// # Errors
/// It could not be started, or the fresh process could not.
pub fn run(home: &Home, serve: Option<SocketAddr>) -> Result<(), Fault> {
    with_few_arenas();
    harden::harden()?;
    // A program that was started by way of /proc/self/exe is called `exe` by the system.
    let _ = rustix::thread::set_name(c"havend");
    let state = folder::private(&home.state)?;
    log::begin(&state, &home.log())?;
    let outcome = prepare(home).and_then(|ready| run_ready(home, ready, serve));
    if let Err(fault) = &outcome {
        tracing::error!(%fault, "the daemon ends");
    }
    outcome
}

fn prepare(home: &Home) -> Result<Ready, Fault> {
    let data = folder::private(&home.data)?;
    let only = Only::take(&data, &home.data)?;
    let config = Arc::new(Config::read(&home.config)?);
    let store =
        SqliteStore::open(&home.data).map_err(|fault| Fault::Journal(Box::new(cannot_open(&fault))))?;
    Ok(Ready { only, config, store })
}

fn run_ready(home: &Home, ready: Ready, serve: Option<SocketAddr>) -> Result<(), Fault> {
    let Ready { only, config, store } = ready;
    let signals = Signals::listen()?;
    let runtime = runtime()?;
    let (ending, listeners) = runtime.block_on(async {
        let server = match serve {
            Some(address) => Some(embedded::start(&home.server(), address).await?),
            None => None,
        };
        let ended = live(home, config, store, &signals).await;
        if let Some(server) = server {
            embedded::stop(server, STOP).await;
        }
        ended
    })?;
    runtime.shutdown_timeout(Duration::from_millis(100));
    if ending == Ending::Stop || signals.came() {
        return Ok(());
    }
    let listeners: Vec<_> = listeners.iter().map(AsFd::as_fd).collect();
    hand_over(&only, &listeners).map(|never| match never {})
}

fn runtime() -> Result<Runtime, Fault> {
    Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(WORKERS)
        .thread_stack_size(WORKER_STACK)
        .enable_all()
        .build()
        .map_err(|error| Fault::while_doing("starting threads", error))
}

/// Serves until something ends it, then closes in order: the vault, the streams, the connections, the store. Gives back what
/// listens, the socket first. The socket is opened last, so that whoever gets through to it meets a daemon that serves; until then faults go to whoever
/// started this.
async fn live(
    home: &Home,
    config: Arc<Config>,
    store: SqliteStore,
    signals: &Signals,
) -> Result<(Ending, Vec<OwnedFd>), Fault> {
    let (door, locked, stop) = (Door::default(), watch::Sender::new(false), watch::Sender::new(false));
    let host = Arc::new(Process::new(door.clone(), locked.clone(), Readable::of(&home.data), &config));
    let (node, keeper) =
        node::start(host, Box::new(store)).map_err(|fault| Fault::Journal(Box::new(cannot_start(fault))))?;
    let kept = keep(keeper)?;
    let mut handed = ListenFd::from_env();
    let mut post = Post::take(folder::private(&home.data)?, &home.data, &mut handed)?;
    let refused = |error| Fault::while_doing("taking connections", error);
    let (fresh, taken) = mpsc::channel(1);
    let socket = post.listener().try_clone();
    let peers = socket.and_then(|socket| Peers::new(socket, taken, door)).map_err(refused)?;
    log::detach_output()?;
    let (last_use, drain) = (LastUse::default(), watch::Sender::new(false));
    let (opened, come) = mpsc::channel(loopback::LISTENERS_MAX);
    let serving = Serving {
        home: home.clone(),
        config: Arc::clone(&config),
        stop: stop.clone(),
        last_use: last_use.clone(),
        desk: Arc::new(Desk::open(&home.data)),
        loopback: Arc::new(Loopback::new(&home.data, Arc::clone(&config), opened)),
    };
    let (desk, door) = (serving.desk.clone(), serving.loopback.clone());
    door.go_on_or_open(&mut handed, &desk);
    let routes = rpc::routes(node.clone(), &serving);
    let pages = rpc::on_loopback(routes.clone(), &serving);
    let pages = tokio::spawn(loopback::serve(pages, come, drain.subscribe()));
    let server = tokio::spawn(rpc::serve(routes, serving, peers, drain.subscribe()));
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "serving");
    let ending = tokio::select! {
        ending = ended(signals, &stop, &locked) => ending?,
        never = lock_when_idle(&node, &config, last_use) => match never {},
        () = post.keep(fresh) => Ending::Stop,
    };
    let deadline = match ending {
        Ending::Stop => STOP,
        Ending::Locked => RELOCK,
    };
    // A keeper that hangs holds nobody up: what it has not made durable was not acknowledged, and is gone with the process.
    if tokio::time::timeout(deadline, node.lock()).await.is_err() {
        tracing::error!("the keeper does not answer");
    }
    node.close_streams();
    drain.send_replace(true);
    drop(node);
    if tokio::time::timeout(deadline, async { (server.await, pages.await, kept.await) }).await.is_err() {
        tracing::warn!("calls were still open at the end");
    }
    desk.keep_uses();
    // Somebody who came while the vault was being locked may have been told that the daemon stops; then it does.
    let ending = if *stop.borrow() { Ending::Stop } else { ending };
    tracing::info!(?ending, "ended");
    let listeners = door.take_listeners().into_iter().map(OwnedFd::from);
    Ok((ending, std::iter::once(post.into_listener().into()).chain(listeners).collect()))
}

/// Runs the keeper on a thread of its own: it commits there, and readers go on meanwhile.
fn keep(keeper: Keeper) -> Result<oneshot::Receiver<()>, Fault> {
    let refused = |error| Fault::while_doing("starting the keeper", error);
    let runtime = Builder::new_current_thread().enable_time().build().map_err(refused)?;
    let (done, kept) = oneshot::channel();
    let thread = thread::Builder::new().name("keeper".to_owned());
    thread
        .spawn(move || {
            runtime.block_on(keeper.run());
            let _ = done.send(());
        })
        .map_err(refused)?;
    Ok(kept)
}

async fn ended(
    signals: &Signals,
    stop: &watch::Sender<bool>,
    locked: &watch::Sender<bool>,
) -> Result<Ending, Fault> {
    let (mut stop, mut locked) = (stop.subscribe(), locked.subscribe());
    Ok(tokio::select! {
        come = signals.come() => come.map(|()| Ending::Stop)?,
        _ = stop.wait_for(|stop| *stop) => Ending::Stop,
        _ = locked.wait_for(|locked| *locked) => Ending::Locked,
    })
}

/// Looks at the clocks and locks the vault when it is time. Never ends.
async fn lock_when_idle(node: &Node, config: &Config, last_use: LastUse) -> std::convert::Infallible {
    let idle = config.lock_idle();
    let mut watchman = Watchman::new(last_use);
    loop {
        tokio::time::sleep(TICK).await;
        let idle = *idle.borrow();
        if let Some(why) = watchman.look(idle)
            && node.stage() == Stage::Unlocked
        {
            tracing::info!(?why, "locking");
            node.lock().await;
        }
    }
}
