//! How a vault comes to be open, and how it is closed.

use std::ops::ControlFlow;
use std::sync::Arc;

use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Context, StoreFault, Table};
use haven_engine::turn::{Shell as _, release};
use haven_engine::vault::{self, Created, Locked, State, Unlocked};
use haven_engine::view::View;

use super::order::{Examined, Found, Made, Opening, Refused, TryRefused};
use super::{Keeper, Vault};
use crate::host::HostEntropy;
use crate::limits::MEND_MS;
use crate::snapshot::Stage;

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
        let (engine, step) = Engine::open(unlocked, self.shelf.clone(), &mut cx)?;
        let view = step.view.clone();
        if let Err(fault) = release(step, &mut *self.store, &mut self.front) {
            return self.only_read(engine, view, fault);
        }
        self.vault = Vault::Open(Box::new(engine));
        self.front.opened(&*self.store);
        tracing::info!("the vault is open");
        self.tell_went_back();
        Ok(())
    }

    /// Opens a vault for reading on a disk that takes nothing: what it shows was read from what is durable. Writing goes on
    /// as soon as there is room.
    fn only_read(
        &mut self,
        engine: Engine,
        view: Option<Arc<View>>,
        fault: StoreFault,
    ) -> Result<(), Refused> {
        let Some(view) = view.filter(|_| fault.leaves_reading()) else {
            self.front.fail(&fault);
            return Err(fault.into());
        };
        self.front.publish(view);
        self.front.opened(&*self.store);
        self.front.fail(&fault);
        self.vault = Vault::Open(Box::new(engine));
        self.break_off(fault);
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
        Ok(self.store.apply(vault::rewrapped(wrap))?)
    }

    /// Drops the keys and everything they opened, and tells the host.
    pub(super) fn lock(&mut self) {
        if matches!(self.vault, Vault::Closed) {
            return;
        }
        // Once more: a disk that let nothing go earlier may do it now.
        self.front.follow_plan();
        self.vault = Vault::Closed;
        self.front.closed(Stage::Locked);
        tracing::info!("the vault is locked");
        self.host.locked();
    }

    /// Gives an engine up that no longer agrees with the store. Lists keep showing what they showed until the vault is
    /// opened again: when somebody asks for something, or after a while.
    pub(super) fn break_off(&mut self, fault: StoreFault) {
        tracing::error!(%fault, "not saved; the vault will be opened again from what is durable");
        self.vault = match std::mem::replace(&mut self.vault, Vault::Closed) {
            Vault::Open(engine) => Vault::Broken(fault, engine.close()),
            other => other,
        };
        self.look_again_later();
    }

    /// Opens a vault again whose last change was not kept, from what is durable.
    pub(super) fn mend(&mut self) {
        let Vault::Broken(_, key) = &self.vault else { return };
        let unlocked = Unlocked::read(Arc::clone(key), &*self.store).map_err(Refused::from);
        if let Err(refused) = unlocked.and_then(|unlocked| self.start(unlocked)) {
            tracing::error!(%refused, "the vault cannot be opened again yet");
            self.look_again_later();
        }
    }

    fn look_again_later(&mut self) {
        let now_ms = self.host.now().mono_ms;
        self.front.wake(Some(now_ms + MEND_MS));
    }
}
