//! What services ask of the keeper.

use std::collections::BTreeSet;

use haven_core::id::EntryId;
use haven_core::support::{ChoiceFault, Chosen};
use haven_engine::command::{Command, Fault, Reply};
use haven_engine::drops::{Dropped, SealFault};
use haven_engine::engine::OpenFault;
use haven_engine::io::{Reader, StoreFault};
use haven_engine::vault::{Created, Locked, Unlocked, VaultFault};
use haven_feed::ids::{FeedId, SpaceId};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::host::KeepFault;
use crate::tries::TryFault;

/// Where an answer goes.
pub(crate) type Answer<T> = oneshot::Sender<Result<T, Refused>>;

/// One thing asked.
pub(crate) enum Order {
    /// Put a command to the engine.
    Command(Box<Command>, Answer<Reply>),
    /// Say what there is on this device.
    Find(Answer<Found>),
    /// Count a try of the passphrase and hand over what it is tried on.
    Try(oneshot::Sender<Result<Locked, TryRefused>>),
    /// The passphrase was right.
    Passed(Answer<()>),
    /// Keep a vault just made, and open it.
    Create(Box<Created>, Answer<Made>),
    /// Open the vault.
    Open(Opening, Answer<()>),
    /// Keep the vault's key under another passphrase.
    Rewrap(Vec<u8>, Answer<()>),
    /// Drop the keys.
    Lock(oneshot::Sender<()>),
    /// Look whether the store hangs together, and what waits in it.
    Examine(Answer<Examined>),
    /// Make exactly these lines of the plan readable while the vault is locked; the person has agreed, or not.
    Choose(BTreeSet<Chosen>, bool, Answer<()>),
    /// Connect to the server at once.
    Sync(Answer<()>),
    /// Keep words sealed until the vault is opened.
    Seal(Box<Dropped>, Answer<EntryId>),
}

/// Reads the keys of a vault whose passphrase was right.
pub(crate) type Opening = Box<dyn FnOnce(&dyn Reader) -> Result<Unlocked, VaultFault> + Send>;

/// What there is on this device.
pub(crate) enum Found {
    /// No vault.
    Nothing,
    /// One, locked or open.
    Vault,
}

/// What was found in the store, whether the vault is open or not.
pub(crate) struct Examined {
    /// What is wrong with the file, or why that cannot be told.
    pub(crate) problems: Result<Vec<String>, StoreFault>,
    /// Whether it went back and the person was not told yet.
    pub(crate) went_back: bool,
    /// Whether records were put aside.
    pub(crate) has_aside: bool,
    /// Whether alarms wait.
    pub(crate) has_alarms: bool,
}

/// A vault that was just made, and this device in it.
pub(crate) struct Made {
    /// The vault's space.
    pub(crate) vault: SpaceId,
    /// This device's feed.
    pub(crate) device: FeedId,
    /// Why it is not open, if it is not. It is durable all the same.
    pub(crate) unopened: Option<Refused>,
}

/// Why the keeper did not do it.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    /// There is no vault on this device.
    #[error("there's no journal on this device")]
    NoVault,
    /// There is one already.
    #[error("this device has a journal already")]
    VaultExists,
    /// It is locked.
    #[error("the journal is locked")]
    Locked,
    /// The keeper is gone.
    #[error("the daemon is stopping")]
    Stopping,
    /// The engine or the store said no.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// An earlier change was not kept, and the vault cannot be opened again yet.
    #[error("an earlier change wasn't saved: {0}")]
    Broken(StoreFault),
    /// The vault cannot be read, made or opened.
    #[error(transparent)]
    Vault(VaultFault),
    /// Its key is right and what it opens is not.
    #[error(transparent)]
    Open(OpenFault),
    /// The lines that were chosen cannot be readable.
    #[error(transparent)]
    Choice(#[from] ChoiceFault),
    /// Words cannot be sealed.
    #[error(transparent)]
    Seal(SealFault),
    /// The readable lines cannot be kept.
    #[error(transparent)]
    Keep(#[from] KeepFault),
}

impl From<VaultFault> for Refused {
    fn from(fault: VaultFault) -> Self {
        match fault {
            VaultFault::Store(fault) => fault.into(),
            other => Self::Vault(other),
        }
    }
}

impl From<SealFault> for Refused {
    fn from(fault: SealFault) -> Self {
        match fault {
            SealFault::Store(fault) => fault.into(),
            other => Self::Seal(other),
        }
    }
}

impl From<OpenFault> for Refused {
    fn from(fault: OpenFault) -> Self {
        match fault {
            OpenFault::Store(fault) => fault.into(),
            OpenFault::Vault(fault) => fault.into(),
            other => Self::Open(other),
        }
    }
}

impl From<StoreFault> for Refused {
    fn from(fault: StoreFault) -> Self {
        Self::Fault(Fault::Storage(fault))
    }
}

/// Why a passphrase may not be tried.
pub(crate) enum TryRefused {
    /// There is nothing it could open.
    NoVault,
    /// It is too early, or cannot be counted.
    Try(TryFault),
    /// The vault cannot be read.
    Vault(VaultFault),
    /// The keeper is gone.
    Stopping,
}

impl From<TryFault> for TryRefused {
    fn from(fault: TryFault) -> Self {
        Self::Try(fault)
    }
}

impl From<VaultFault> for TryRefused {
    fn from(fault: VaultFault) -> Self {
        Self::Vault(fault)
    }
}
