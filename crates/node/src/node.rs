//! A running device, as its services hold it: asks of the keeper, looks at the snapshot.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use haven_api::error::ApiError;
use haven_core::id::EntryId;
use haven_core::shelf::Shelf;
use haven_core::support::Chosen;
use haven_engine::command::{Command, Fault, Reply};
use haven_engine::drops::Dropped;
use haven_engine::io::Store;
use haven_engine::sync::SyncState;
use haven_engine::vault::{Created, LocalKey, Locked, Unlocked, VaultFault};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot, watch};

use crate::host::Host;
use crate::keeper::Keeper;
use crate::keeper::order::{Answer, Examined, Found, Made, Opening, Order, Refused, TryRefused};
use crate::limits::{ONLINE_WAIT_MS, ORDERS_MAX};
use crate::snapshot::{Snapshot, Stage};

/// A handle on a running device. Once the last one is dropped, the keeper ends.
#[derive(Clone)]
pub struct Node {
    shared: Arc<Shared>,
}

struct Shared {
    host: Arc<dyn Host>,
    /// What comes with this release as data, read once.
    shelf: Shelf,
    orders: mpsc::Sender<Order>,
    seen: watch::Receiver<Arc<Snapshot>>,
    closing: watch::Sender<bool>,
    /// How often a setting was changed. Where they are kept is the host's affair.
    settings: watch::Sender<u64>,
    /// One key derivation at a time: each takes 64 MiB and a processor.
    deriving: Semaphore,
    /// One device joins one vault at a time.
    joining: Arc<Semaphore>,
    /// Where words four to six go while the device that joins waits for them.
    comparing: Mutex<Option<mpsc::Sender<Typed>>>,
    /// Where the person's choice goes while the device that restores a vault waits for it.
    choosing: Mutex<Option<mpsc::Sender<Picked>>>,
}

/// Words four to six as a person typed them, and where it's told whether they fit.
pub(crate) struct Typed {
    pub(crate) words: String,
    pub(crate) answer: oneshot::Sender<Result<(), ApiError>>,
}

/// The vault that a person says is theirs, and where it's told whether it's one of those found.
pub(crate) struct Picked {
    pub(crate) vault: String,
    pub(crate) answer: oneshot::Sender<Result<(), ApiError>>,
}

/// Makes a device from its store. The keeper is a task to be run where commits may hold up nothing else: on a thread of
/// its own, or in the worker.
///
/// # Errors
/// The store cannot be read, or what protects the vault in it was altered.
pub fn start(host: Arc<dyn Host>, store: Box<dyn Store + Send>) -> Result<(Node, Keeper), VaultFault> {
    let (orders, taken) = mpsc::channel(ORDERS_MAX);
    let shelf = Shelf::built_in().expect("core's tests load every built-in definition");
    let (keeper, seen) = Keeper::new(Arc::clone(&host), store, shelf.clone(), taken)?;
    let shared = Shared {
        host,
        shelf,
        orders,
        seen,
        closing: watch::Sender::new(false),
        settings: watch::Sender::new(0),
        deriving: Semaphore::new(1),
        joining: Arc::new(Semaphore::new(1)),
        comparing: Mutex::new(None),
        choosing: Mutex::new(None),
    };
    Ok((Node { shared: Arc::new(shared) }, keeper))
}

impl Node {
    /// Whether there is a vault and whether it is open.
    pub fn stage(&self) -> Stage {
        self.snapshot().stage
    }

    /// The exercises, the measures and the sentences that come with Haven.
    pub(crate) fn shelf(&self) -> Shelf {
        self.shared.shelf.clone()
    }

    /// Locks the vault; nothing happens if it is not open.
    pub async fn lock(&self) {
        let (answer, done) = oneshot::channel();
        if self.shared.orders.send(Order::Lock(answer)).await.is_ok() {
            let _ = done.await;
        }
    }

    /// Opens the vault with its local key, for tests that stretch no passphrase. Whoever has that key needs none.
    ///
    /// # Errors
    /// The key is not this vault's, or its rows are damaged.
    pub async fn open_with(&self, key: LocalKey) -> Result<(), ApiError> {
        Ok(self.open(Box::new(move |reader| Unlocked::read(key.into(), reader))).await?)
    }

    /// Ends every stream to a client, so that connections can be closed in order.
    pub fn close_streams(&self) {
        self.shared.closing.send_replace(true);
    }

    /// Tells those who watch that a setting was changed.
    pub fn settings_changed(&self) {
        self.shared.settings.send_modify(|times| *times += 1);
    }

    /// How often a setting was changed.
    pub(crate) fn settings(&self) -> watch::Receiver<u64> {
        self.shared.settings.subscribe()
    }

    pub(crate) fn host(&self) -> &Arc<dyn Host> {
        &self.shared.host
    }

    /// The present state.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.seen.borrow().clone()
    }

    /// The present state and those to come.
    pub(crate) fn watch(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.shared.seen.clone()
    }

    /// Turns true when streams have to end.
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.shared.closing.subscribe()
    }

    /// The open journal.
    pub(crate) fn opened(&self) -> Result<Arc<Snapshot>, Refused> {
        let snapshot = self.snapshot();
        match snapshot.stage {
            Stage::Unlocked => Ok(snapshot),
            Stage::Locked => Err(Refused::Locked),
            Stage::None => Err(Refused::NoVault),
        }
    }

    pub(crate) async fn command(&self, command: Command) -> Result<Reply, Refused> {
        self.ask(|answer| Order::Command(Box::new(command), answer)).await
    }

    /// Puts a command that needs the server, again while the connection comes about: right after a vault was opened or a
    /// server was set there is none yet, and the person should not have to know.
    pub(crate) async fn command_online(&self, command: impl Fn() -> Command) -> Result<Reply, Refused> {
        let (mut seen, mut late) = (self.watch(), self.host().sleep(ONLINE_WAIT_MS));
        let was_offline = seen.borrow_and_update().view.status.sync == SyncState::Offline;
        let mut answer = self.command(command()).await;
        if is_offline(&answer) && was_offline {
            self.sync_now().await?;
        }
        while is_offline(&answer) {
            tokio::select! {
                changed = seen.changed() => changed.map_err(|_| Refused::Stopping)?,
                () = &mut late => break,
            }
            seen.borrow_and_update();
            answer = self.command(command()).await;
        }
        answer
    }

    pub(crate) async fn found(&self) -> Result<Found, Refused> {
        self.ask(Order::Find).await
    }

    pub(crate) async fn create(&self, created: Created) -> Result<Made, Refused> {
        self.ask(|answer| Order::Create(Box::new(created), answer)).await
    }

    pub(crate) async fn open(&self, opening: Opening) -> Result<(), Refused> {
        self.ask(|answer| Order::Open(opening, answer)).await
    }

    pub(crate) async fn passed(&self) -> Result<(), Refused> {
        self.ask(Order::Passed).await
    }

    pub(crate) async fn rewrap(&self, wrap: Vec<u8>) -> Result<(), Refused> {
        self.ask(|answer| Order::Rewrap(wrap, answer)).await
    }

    pub(crate) async fn examine(&self) -> Result<Examined, Refused> {
        self.ask(Order::Examine).await
    }

    pub(crate) async fn choose(&self, wanted: BTreeSet<Chosen>, confirmed: bool) -> Result<(), Refused> {
        self.ask(|answer| Order::Choose(wanted, confirmed, answer)).await
    }

    /// Keeps words sealed; they are in the journal at once if it is open.
    pub(crate) async fn seal(&self, dropped: Dropped) -> Result<EntryId, Refused> {
        self.ask(|answer| Order::Seal(Box::new(dropped), answer)).await
    }

    pub(crate) async fn sync_now(&self) -> Result<(), Refused> {
        self.ask(Order::Sync).await
    }

    /// The right to join or restore a vault, unless this device does so already.
    pub(crate) fn begin_joining(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.shared.joining).try_acquire_owned().ok()
    }

    /// Waits for words four to six, in place of whoever waited before.
    pub(crate) fn await_words(&self) -> mpsc::Receiver<Typed> {
        let (words, typed) = mpsc::channel(1);
        *self.shared.comparing.lock().unwrap_or_else(PoisonError::into_inner) = Some(words);
        typed
    }

    /// Hands words four to six to the device that joins; nothing if none waits for them.
    pub(crate) async fn compare(&self, words: String) -> Option<Result<(), ApiError>> {
        let waiting = self.shared.comparing.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (answer, told) = oneshot::channel();
        waiting.send(Typed { words, answer }).await.ok()?;
        told.await.ok()
    }

    /// Waits for the person's choice, in place of whoever waited before.
    pub(crate) fn await_choice(&self) -> mpsc::Receiver<Picked> {
        let (choice, picked) = mpsc::channel(1);
        *self.shared.choosing.lock().unwrap_or_else(PoisonError::into_inner) = Some(choice);
        picked
    }

    /// Hands the person's choice to the device that restores a vault; nothing if none waits for it.
    pub(crate) async fn pick(&self, vault: String) -> Option<Result<(), ApiError>> {
        let waiting = self.shared.choosing.lock().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (answer, told) = oneshot::channel();
        waiting.send(Picked { vault, answer }).await.ok()?;
        told.await.ok()
    }

    /// Counts a try of the passphrase and runs it, one at a time.
    pub(crate) async fn try_passphrase<T: Send + 'static>(
        &self,
        attempt: impl FnOnce(&Locked) -> Result<T, VaultFault> + Send + 'static,
    ) -> Result<T, TryRefused> {
        let _turn = self.shared.deriving.acquire().await.map_err(|_| TryRefused::Stopping)?;
        let (answer, counted) = oneshot::channel();
        self.shared.orders.send(Order::Try(answer)).await.map_err(|_| TryRefused::Stopping)?;
        let locked = counted.await.map_err(|_| TryRefused::Stopping)??;
        Ok(self.work(move || attempt(&locked)).await.ok_or(TryRefused::Stopping)??)
    }

    /// Derives a key that is not a try, one at a time.
    pub(crate) async fn derive<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let _turn = self.shared.deriving.acquire().await.map_err(|_| Refused::Stopping)?;
        self.work(work).await.ok_or(Refused::Stopping)
    }

    /// Runs heavy work where it holds nobody up; nothing if the host dropped it.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        let (send, done) = oneshot::channel();
        self.shared.host.work(Box::new(move || drop(send.send(work()))));
        done.await.ok()
    }

    /// An order whose answer is dropped was overtaken by a lock, or by the end of the keeper.
    async fn ask<T>(&self, order: impl FnOnce(Answer<T>) -> Order) -> Result<T, Refused> {
        let (answer, told) = oneshot::channel();
        self.shared.orders.send(order(answer)).await.map_err(|_| Refused::Stopping)?;
        match told.await {
            Ok(told) => told,
            Err(_) if self.stage() == Stage::Locked => Err(Refused::Locked),
            Err(_) => Err(Refused::Stopping),
        }
    }
}

fn is_offline(answer: &Result<Reply, Refused>) -> bool {
    matches!(answer, Err(Refused::Fault(Fault::ServerUnreachable)))
}
