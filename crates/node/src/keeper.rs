//! The one task that owns the engine and the store. Everything that changes goes through it, in turn; readers look at the
//! snapshot it leaves. It never waits for anybody while it holds something up: commits happen on its own thread.

mod front;
mod opening;
pub(crate) mod order;
pub(crate) mod readable;

use std::collections::BTreeSet;
use std::sync::Arc;

use haven_core::id::EntryId;
use haven_core::shelf::Shelf;
use haven_core::support::Chosen;
use haven_engine::command::{Command, Fault, Reply};
use haven_engine::drops::{self, Dropped};
use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Store, StoreFault};
use haven_engine::sync::Incoming;
use haven_engine::turn::turn;
use haven_engine::vault::{self, LocalKey, VaultFault};
use tokio::sync::{mpsc, watch};

use self::front::Front;
use self::order::{Answer, Order, Refused};
use crate::host::{Host, HostEntropy};
use crate::snapshot::{Snapshot, Stage};
use crate::tries::Tries;

/// The task; [`Keeper::run`] is it.
pub struct Keeper {
    host: Arc<dyn Host>,
    store: Box<dyn Store + Send>,
    shelf: Shelf,
    orders: mpsc::Receiver<Order>,
    vault: Vault,
    tries: Tries,
    front: Front,
}

/// What is kept open.
enum Vault {
    /// Nothing.
    Closed,
    /// A vault.
    Open(Box<Engine>),
    /// A vault whose last change was not kept: its engine is gone, what it showed can still be read, and its key opens it
    /// again.
    Broken(StoreFault, Arc<LocalKey>),
}

enum Happened {
    Ordered(Order),
    Heard(Option<Incoming>),
    TimerOver,
}

impl Keeper {
    pub(crate) fn new(
        host: Arc<dyn Host>,
        store: Box<dyn Store + Send>,
        shelf: Shelf,
        orders: mpsc::Receiver<Order>,
    ) -> Result<(Self, watch::Receiver<Arc<Snapshot>>), VaultFault> {
        let mut tries = Tries::default();
        tries.settle(&*store, host.now())?;
        let stage = match vault::state(&*store)? {
            vault::State::None => {
                readable::drop_all(&*host);
                Stage::None
            }
            vault::State::Locked(_) => Stage::Locked,
        };
        let (front, seen) = Front::new(Arc::clone(&host), stage, &*store);
        Ok((Self { host, store, shelf, orders, vault: Vault::Closed, tries, front }, seen))
    }

    /// Works until nobody can ask any more; then closes the store.
    pub async fn run(mut self) {
        loop {
            let happened = tokio::select! {
                order = self.orders.recv() => match order {
                    Some(order) => Happened::Ordered(order),
                    None => return,
                },
                message = front::heard(&mut self.front.link) => Happened::Heard(message),
                () = front::over(&mut self.front.timer) => Happened::TimerOver,
            };
            match happened {
                Happened::Ordered(order) => self.obey(order),
                Happened::Heard(Some(message)) => self.turn(Input::Server(message)),
                Happened::Heard(None) => self.restart_link(),
                Happened::TimerOver => {
                    self.front.timer = None;
                    self.front.drafts_may_change = true;
                    self.mend();
                    self.turn(Input::Wake);
                }
            }
        }
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Command(command, answer) => self.command(*command, answer),
            Order::Find(answer) => drop(answer.send(self.found())),
            Order::Try(answer) => drop(answer.send(self.begin_try())),
            Order::Passed(answer) => drop(answer.send(self.passed())),
            Order::Create(created, answer) => drop(answer.send(self.create(*created))),
            Order::Open(opening, answer) => drop(answer.send(self.open(opening))),
            Order::Rewrap(wrap, answer) => drop(answer.send(self.rewrap(wrap))),
            Order::Examine(answer) => drop(answer.send(self.examine())),
            Order::Choose(wanted, confirmed, answer) => drop(answer.send(self.choose(&wanted, confirmed))),
            Order::Sync(answer) => drop(answer.send(self.sync_now())),
            Order::Seal(dropped, answer) => drop(answer.send(self.seal(&dropped))),
            Order::Lock(answer) => {
                self.lock();
                let _ = answer.send(());
            }
        }
    }

    fn command(&mut self, command: Command, answer: Answer<Reply>) {
        if let Err(refused) = self.ready() {
            return drop(answer.send(Err(refused)));
        }
        self.front.drafts_may_change =
            matches!(command, Command::SaveDraft(_) | Command::CommitDraft { .. } | Command::DiscardDraft(_));
        let ticket = self.front.ask(answer);
        self.turn(Input::Client(ticket, command));
    }

    /// Makes words durable that nobody here can open. An open vault takes them at once.
    fn seal(&mut self, dropped: &Dropped) -> Result<EntryId, Refused> {
        if matches!(self.front.stage(), Stage::None) {
            return Err(Refused::NoVault);
        }
        let (commit, id) = drops::seal(&*self.store, dropped, &mut HostEntropy(&*self.host))?;
        self.store.apply(commit)?;
        self.front.drafts_may_change = true;
        match self.vault {
            Vault::Open(_) => self.turn(Input::Dropped),
            Vault::Closed | Vault::Broken(..) => self.front.waits(&*self.store),
        }
        Ok(id)
    }

    fn choose(&mut self, wanted: &BTreeSet<Chosen>, confirmed: bool) -> Result<(), Refused> {
        self.ready()?;
        self.front.choose(wanted, confirmed)
    }

    /// Makes sure that the vault is open, and shows what is durable.
    fn ready(&mut self) -> Result<(), Refused> {
        self.mend();
        match &self.vault {
            Vault::Open(_) => Ok(()),
            Vault::Broken(fault, _) => Err(Refused::Broken(fault.clone())),
            Vault::Closed => Err(self.closed()),
        }
    }

    /// Why a closed vault takes no commands.
    fn closed(&self) -> Refused {
        match self.front.stage() {
            Stage::None => Refused::NoVault,
            Stage::Locked | Stage::Unlocked => Refused::Locked,
        }
    }

    fn turn(&mut self, input: Input) {
        let Vault::Open(engine) = &mut self.vault else { return };
        let (now, mut entropy) = (self.host.now(), HostEntropy(&*self.host));
        let done = turn(engine, &mut *self.store, input, now, &mut entropy, &mut self.front);
        if let Err(fault) = done {
            self.front.fail(&fault);
            self.break_off(fault);
            return;
        }
        self.front.settle(&*self.store);
    }

    /// Connects anew, telling the engine first that the old connection is gone.
    fn restart_link(&mut self) {
        self.front.link = None;
        self.turn(Input::Server(Incoming::Anew));
        self.front.follow_server();
    }

    fn sync_now(&mut self) -> Result<(), Refused> {
        if matches!(self.vault, Vault::Closed) {
            return Err(self.closed());
        }
        if !self.front.has_server() {
            return Err(Refused::Fault(Fault::NoServer));
        }
        self.mend();
        // A device that is being let in would be lost with the connection.
        if !self.front.is_linking() {
            self.restart_link();
        }
        Ok(())
    }
}
