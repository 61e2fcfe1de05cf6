//! How a vault comes to be open, and how it is closed.

use std::ops::ControlFlow;

use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Commit, Context, StoreFault, Table};
use haven_engine::turn::release;
use haven_engine::vault::{self, Created, Locked, State, Unlocked};

use super::order::{Examined, Found, Made, Opening, Refused, TryRefused};
use super::{Keeper, Vault};
use crate::host::HostEntropy;
use crate::snapshot::Stage;

/// The engine's row of the vault's wrapped key, the only one that is written without it: a passphrase may be changed while
/// the vault is locked.
const WRAP: &[u8] = b"wrap";

impl Keeper {
    pub(super) fn found(&self) -> Result<Found, Refused> {
        match vault::state(&*self.store)? {
            State::None => Ok(Found::Nothing),
            State::Locked(_) => Ok(Found::Vault),
        }
    }

    pub(super) fn begin_try(&mut self) -> Result<Locked, TryRefused> {
        let State::Locked(locked) = vault::state(&*self.store)? else { return Err(TryRefused::NoVault) };
        let now = self.host.now();
        self.tries.begin(&mut *self.store, now)?;
        Ok(locked)
    }

    pub(super) fn passed(&mut self) -> Result<(), Refused> {
        Ok(self.tries.passed(&mut *self.store)?)
    }

    pub(super) fn create(&mut self, created: Created) -> Result<Made, Refused> {
        if matches!(self.found()?, Found::Vault) {
            return Err(Refused::VaultExists);
        }
        let (vault, device) = (created.unlocked.space(), created.unlocked.feed());
        self.store.apply(created.commit)?;
        // From here on the vault stands, and what belongs to it must reach the person whatever happens.
        let unopened = self.start(created.unlocked).err();
        if unopened.is_some() {
            self.front.closed(Stage::Locked);
        }
        Ok(Made { vault, device, unopened })
    }

    /// Opens the vault with its key. Opening an open one changes nothing.
    pub(super) fn open(&mut self, opening: Opening) -> Result<(), Refused> {
        self.passed()?;
        if matches!(self.vault, Vault::Open(_)) {
            return Ok(());
        }
        let unlocked = opening(&*self.store)?;
        self.start(unlocked)
    }

    fn start(&mut self, unlocked: Unlocked) -> Result<(), Refused> {
        let (now, mut entropy) = (self.host.now(), HostEntropy(&*self.host));
        let mut cx = Context { now, entropy: &mut entropy, reader: &*self.store };
        let (engine, step) = Engine::open(unlocked, &mut cx)?;
        if let Err(fault) = release(step, &mut *self.store, &mut self.front) {
            self.front.fail(&fault);
            return Err(fault.into());
        }
        self.vault = Vault::Open(Box::new(engine));
        self.front.opened(&*self.store);
        tracing::info!("the vault is open");
        self.tell_went_back();
        Ok(())
    }

    /// Tells the person that an older copy of the journal's file was put in its place; the store forgets it once that is
    /// durable.
    fn tell_went_back(&mut self) {
        let Some(regression) = self.store.regression() else { return };
        tracing::warn!(held = regression.held, seen = regression.seen, "the journal holds less than it held");
        self.turn(Input::StoreWentBack);
        if matches!(self.vault, Vault::Open(_)) {
            self.store.accept_regression();
        }
    }

    /// Looks at the store as a doctor does.
    pub(super) fn examine(&mut self) -> Result<Examined, Refused> {
        let has_rows = |table| {
            let mut found = false;
            let looked = self.store.scan(table, &mut |_, _| {
                found = true;
                ControlFlow::Break(())
            });
            looked.map(|()| found)
        };
        Ok(Examined {
            has_aside: has_rows(Table::Quarantine)?,
            has_alarms: has_rows(Table::Alarms)?,
            went_back: self.store.regression().is_some(),
            problems: self.store.verify(),
        })
    }

    /// Keeps the vault's key under another passphrase, whether the vault is open or not.
    pub(super) fn rewrap(&mut self, wrap: Vec<u8>) -> Result<(), Refused> {
        self.passed()?;
        let mut commit = Commit::default();
        commit.put(Table::Meta, WRAP, wrap);
        Ok(self.store.apply(commit)?)
    }

    /// Drops the keys and everything they opened, and tells the host.
    pub(super) fn lock(&mut self) {
        if matches!(self.vault, Vault::Closed) {
            return;
        }
        self.vault = Vault::Closed;
        self.front.closed(Stage::Locked);
        tracing::info!("the vault is locked");
        self.host.locked();
    }

    /// Gives an engine up that no longer agrees with the store, and opens the vault again from what is durable. While the
    /// store refuses that too, lists keep showing what they showed.
    pub(super) fn break_off(&mut self, fault: StoreFault) {
        tracing::error!(%fault, "not saved; the vault is opened again from what is durable");
        self.vault = Vault::Broken(fault);
    }
}
