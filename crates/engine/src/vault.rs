//! How a vault begins on a device, and how it is unlocked. What needs the passphrase is slow on purpose: half a second where the
//! device bears it, and 64 MiB or more; the shell runs it off its loop.

use std::sync::Arc;

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::kit::Kit;
use haven_crypto::limits::PASSPHRASE_BYTES_MAX;
pub use haven_crypto::local::LocalKey;
use haven_crypto::opened::Opened;
pub use haven_crypto::passphrase::KdfCost;
use haven_crypto::passphrase::{self, KdfFault, Passphrase, WrappedLocalKey};
use haven_crypto::words;
use haven_crypto::wrap::wrap;
use haven_feed::ids::{FeedId, LinkHash, SpaceId};
use haven_feed::roster::body::Founding;
use haven_feed::roster::{Link, Roster, SpaceKind, WrapContext, link};
use thiserror::Error;
use zeroize::Zeroizing;

use crate::drops;
use crate::io::{Commit, Entropy, Reader, StoreFault, Table, Write, draw};
use crate::keys::{Keys, decode_roots, meta};

/// What this device's store holds.
pub enum State {
    /// No vault.
    None,
    /// A vault that needs its passphrase.
    Locked(Locked),
}

/// A locked vault: the wrapped local key as it was read, its parameters within their bounds.
#[derive(Clone)]
pub struct Locked(WrappedLocalKey);

/// The secrets of an unlocked vault, on their way into an [`crate::engine::Engine`].
pub struct Unlocked {
    pub(crate) keys: Keys,
    pub(crate) space: SpaceId,
}

/// A new vault.
pub struct Created {
    /// Its secrets.
    pub unlocked: Unlocked,
    /// What makes it last; the first commit of the store.
    pub commit: Commit,
    /// The recovery kit, shown once.
    pub kit_code: Zeroizing<String>,
}

/// Why a vault could not be made, read or unlocked.
#[derive(Debug, Error)]
pub enum VaultFault {
    /// The passphrase is not the one.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// The parameters that protect it are outside the compiled bounds: somebody changed them.
    #[error("the file that guards the passphrase was altered")]
    Altered,
    /// Written by a newer version.
    #[error("the journal was made by a newer Haven")]
    Newer,
    /// The passphrase is too long to be stretched.
    #[error("the passphrase is too long")]
    PassphraseTooLong,
    /// The passphrase that was chosen holds a tab or another character that nobody sees.
    #[error("the passphrase has a tab in it, or another character that can't be seen")]
    PassphraseControl,
    /// The device's name is longer than 64 bytes.
    #[error("the device's name is longer than 64 bytes")]
    NameTooLong,
    /// The vault's own rows do not fit together.
    #[error("the journal's keys are damaged")]
    Damaged,
    /// Not enough memory for the passphrase to be stretched.
    #[error("there isn't enough memory to check the passphrase")]
    Memory,
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreFault),
}

impl From<KdfFault> for VaultFault {
    fn from(fault: KdfFault) -> Self {
        match fault {
            KdfFault::BelowFloor | KdfFault::AboveCeiling => Self::Altered,
            KdfFault::Incompatible => Self::Newer,
            KdfFault::Malformed => Self::Damaged,
            KdfFault::TooLong => Self::PassphraseTooLong,
            KdfFault::OutOfMemory => Self::Memory,
        }
    }
}

/// Says what the store holds.
///
/// # Errors
/// The store cannot be read, or what protects the vault was altered or is newer.
pub fn state(reader: &dyn Reader) -> Result<State, VaultFault> {
    let Some(wrapped) = reader.get(Table::Meta, meta::WRAP)? else { return Ok(State::None) };
    Ok(State::Locked(Locked(WrappedLocalKey::parse(&wrapped)?)))
}

/// Makes a vault on this device: its keys, its roster's first link, its recovery kit. Slow: stretches the passphrase.
///
/// # Errors
/// The passphrase or the name is too long.
pub fn create(
    passphrase: &str,
    cost: KdfCost,
    device: &str,
    entropy: &mut dyn Entropy,
) -> Result<Created, VaultFault> {
    let (local, wrapped) = guarded(passphrase, cost, entropy)?;
    create_with(local, wrapped, device, entropy)
}

/// A local key that a passphrase protects, for a vault that is still to come. Slow: stretches the passphrase.
///
/// # Errors
/// The passphrase is too long, or holds what nobody sees.
pub fn guarded(
    passphrase: &str,
    cost: KdfCost,
    entropy: &mut dyn Entropy,
) -> Result<(LocalKey, Vec<u8>), VaultFault> {
    let local = LocalKey::drawn(|place| entropy.fill(place));
    let wrapped = protect(&local, passphrase, cost, entropy)?;
    Ok((local, wrapped))
}

/// A local key out of the bytes it was made of, for the simulator, which stretches no passphrase.
pub fn local_key(bytes: [u8; 32]) -> LocalKey {
    LocalKey::from_entropy(bytes)
}

/// Makes a vault whose local key is wrapped already; the simulator wraps it with nothing.
///
/// # Errors
/// The name is too long.
pub fn create_with(
    local: LocalKey,
    wrapped: Vec<u8>,
    device: &str,
    entropy: &mut dyn Entropy,
) -> Result<Created, VaultFault> {
    let kit = Kit::drawn(|place| entropy.fill(place));
    let secrets = FeedSecrets::drawn(|place| entropy.fill(place));
    let root = EpochRoot::drawn(|place| entropy.fill(place));
    let genesis = genesis(&secrets, &kit.paper_secrets(), &root, device, entropy)?;
    let space = genesis.space();
    let keys = Keys::new(Arc::new(local), secrets, [(0, root)].into());
    let mut commit = first_commit(&keys, space, wrapped, entropy);
    commit.writes.push(Write::Link { space, seq: 0, bytes: genesis.bytes().to_vec() });
    Ok(Created { unlocked: Unlocked { keys, space }, commit, kit_code: kit.code() })
}

fn genesis(
    device: &FeedSecrets,
    paper: &FeedSecrets,
    root: &EpochRoot,
    name: &str,
    entropy: &mut dyn Entropy,
) -> Result<Link, VaultFault> {
    let (feed, standing) = (device.keys(), paper.keys());
    let seed: [u8; 32] = draw(entropy);
    let members = [(feed.id().into(), feed.kem.clone()), (standing.paper_id().into(), standing.kem.clone())];
    let wraps = members.map(|(recipient, key)| {
        let context =
            WrapContext { space: SpaceId::from_bytes(seed), epoch: 0, recipient, prev: LinkHash::ZERO };
        (recipient, wrap(root, &key, &context, draw(entropy)))
    });
    let founding = Founding {
        kind: SpaceKind::Vault,
        seed,
        sealed_name: root
            .keys()
            .seal_name(name, feed.id().into(), draw(entropy))
            .map_err(|_| VaultFault::NameTooLong)?,
        epoch_id: root.keys().id(),
        wraps: wraps.into(),
        feed,
        standing,
    };
    let body = founding.agreed(device.signer(), paper.signer());
    Ok(link::genesis(body, device.signer()).expect("a genesis of fresh keys that consented holds"))
}

/// The rows that a vault begins with on any device.
pub(crate) fn first_commit(
    keys: &Keys,
    space: SpaceId,
    wrapped: Vec<u8>,
    entropy: &mut dyn Entropy,
) -> Commit {
    let mut commit = Commit::default();
    commit.put(Table::Meta, meta::WRAP, wrapped);
    let secrets = keys.device.expose_for_sealing();
    let mut device = Zeroizing::new(Vec::with_capacity(SpaceId::LEN + secrets.len()));
    device.extend_from_slice(space.as_bytes());
    device.extend_from_slice(secrets);
    for (key, plain) in [(meta::DEVICE, device), (meta::EPOCHS, keys.encode_roots())] {
        commit.put(Table::Meta, key, keys.seal(Table::Meta, key, &plain, entropy));
    }
    drops::begin(keys, &mut commit, entropy);
    commit
}

/// What keeps a vault's key under another passphrase, whether the vault is open or not: [`Locked::rewrap`] made it.
pub fn rewrapped(wrapped: Vec<u8>) -> Commit {
    let mut commit = Commit::default();
    commit.put(Table::Meta, meta::WRAP, wrapped);
    commit
}

/// A passphrase that is to be set, in the form that is stretched: what its strength is estimated of.
///
/// # Errors
/// It is too long, or nobody would type it a second time.
pub fn chosen(passphrase: &str) -> Result<Passphrase, VaultFault> {
    let chosen = Passphrase::new(passphrase);
    match chosen.as_str().len() {
        bytes if bytes > PASSPHRASE_BYTES_MAX => Err(VaultFault::PassphraseTooLong),
        _ if chosen.has_control() => Err(VaultFault::PassphraseControl),
        _ => Ok(chosen),
    }
}

/// Makes up a passphrase for whoever would rather not think of one; `None` for random bytes that aren't.
pub fn suggested(entropy: &mut dyn Entropy) -> Option<Zeroizing<String>> {
    words::passphrase(&Zeroizing::new(draw(entropy)))
}

/// Finds out how hard a new passphrase is to be stretched on this device. Slow: `timed` does the work that it is given, once, and
/// tells the milliseconds that it took; one that does nothing gives the floor.
pub fn cost(timed: impl FnOnce(&mut dyn FnMut()) -> u64) -> KdfCost {
    passphrase::calibrated(|trial| {
        let mut done = false;
        let ms = timed(&mut || {
            done = passphrase::stretch(&Passphrase::new("a trial"), &trial.params([0; 16])).is_ok();
        });
        if done { ms } else { 0 }
    })
}

/// Wraps the local key under a passphrase. Slow.
pub(crate) fn protect(
    local: &LocalKey,
    passphrase: &str,
    cost: KdfCost,
    entropy: &mut dyn Entropy,
) -> Result<Vec<u8>, VaultFault> {
    let key = passphrase::stretch(&chosen(passphrase)?, &cost.params(draw(entropy)))?;
    Ok(key.wrap(local, draw(entropy)).as_bytes().to_vec())
}

impl Locked {
    /// Opens the local key. Slow. The rest is read by [`Unlocked::read`].
    ///
    /// # Errors
    /// The passphrase is wrong.
    pub fn unlock(&self, passphrase: &str) -> Result<LocalKey, VaultFault> {
        let key = passphrase::stretch(&Passphrase::new(passphrase), self.0.params())?;
        key.unwrap(&self.0).map_err(|_| VaultFault::WrongPassphrase)
    }

    /// Checks a passphrase that is asked for again. Slow.
    ///
    /// # Errors
    /// The passphrase is wrong.
    pub fn check(&self, passphrase: &str) -> Result<(), VaultFault> {
        self.unlock(passphrase).map(|_| ())
    }

    /// Wraps the local key under a new passphrase, for [`rewrapped`]. Slow, twice.
    ///
    /// # Errors
    /// The old passphrase is wrong, or the new one too long.
    pub fn rewrap(
        &self,
        old: &str,
        new: &str,
        cost: KdfCost,
        entropy: &mut dyn Entropy,
    ) -> Result<Vec<u8>, VaultFault> {
        protect(&self.unlock(old)?, new, cost, entropy)
    }
}

impl Unlocked {
    /// The space that the vault is.
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// This device's feed in it.
    pub fn feed(&self) -> FeedId {
        self.keys.feed
    }

    /// Reads the vault's other keys with its local key.
    ///
    /// # Errors
    /// The store cannot be read, or its rows do not belong to this key.
    pub fn read(local: Arc<LocalKey>, reader: &dyn Reader) -> Result<Self, VaultFault> {
        let row = |key: &[u8]| -> Result<Opened, VaultFault> {
            let sealed = reader.get(Table::Meta, key)?.ok_or(VaultFault::Damaged)?;
            local.open("haven/1/local meta", key, &sealed).map_err(|_| VaultFault::Damaged)
        };
        let device = row(meta::DEVICE)?;
        let (space, secrets) = device.bytes().split_at_checked(SpaceId::LEN).ok_or(VaultFault::Damaged)?;
        let space = SpaceId::try_from(space).map_err(|_| VaultFault::Damaged)?;
        let secrets = FeedSecrets::from_sealed(secrets).ok_or(VaultFault::Damaged)?;
        // Where the disk has damaged them, they come out of the roster once more.
        let roots = match row(meta::EPOCHS) {
            Ok(opened) => decode_roots(opened.bytes()).unwrap_or_default(),
            Err(VaultFault::Damaged) => Default::default(),
            Err(fault) => return Err(fault),
        };
        Ok(Self { keys: Keys::new(local, secrets, roots), space })
    }
}

/// Reads and verifies a roster from what the store holds of it.
pub(crate) fn roster(reader: &dyn Reader, space: SpaceId) -> Result<Roster, VaultFault> {
    let links = reader.links(space)?.into_iter().map(Link::parse).collect::<Result<Vec<_>, _>>();
    let roster = Roster::replay(&links.map_err(|_| VaultFault::Damaged)?).map_err(|_| VaultFault::Damaged)?;
    if roster.space() == space { Ok(roster) } else { Err(VaultFault::Damaged) }
}
