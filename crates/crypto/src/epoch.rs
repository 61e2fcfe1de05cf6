//! Epochs: one random root a space and epoch, and the keys that come from it.
//!
//! ```text
//! key      = HKDF-Expand(root, "haven/1/epoch key")       records are sealed under it
//! salt_key = HKDF-Expand(root, "haven/1/epoch salt")      their salts are made with it
//! name_key = HKDF-Expand(root, "haven/1/epoch name")      names in the roster
//! link_key = HKDF-Expand(root, "haven/1/epoch link")      the previous epoch's root
//! epoch_id = HKDF-Expand(root, "haven/1/epoch id")        stands in the roster, in the clear
//!
//! sealed previous root = salted box under link_key, info = "haven/1/previous root" || previous epoch_id 32
//! sealed name          = salted box under name_key, info = "haven/1/name" || member id 8, of a name block
//! name block           = length 2 | UTF-8 | zeros, 128 bytes
//! ```

use haven_feed::ids::{EpochId, MemberId};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize as _, Zeroizing};

use crate::derive::{self, Secret, expand, first};
use crate::labels;
use crate::limits::{NAME_BLOCK_BYTES, NAME_BYTES_MAX};
use crate::salted::{self, SaltedKey};

/// Bytes of a sealed previous root.
pub const SEALED_ROOT_BYTES: usize = 32 + salted::OVERHEAD_BYTES;

/// Bytes of a sealed name, whatever the name.
pub const SEALED_NAME_BYTES: usize = NAME_BLOCK_BYTES + salted::OVERHEAD_BYTES;

/// Why something of an epoch did not open: altered, moved, or of another epoch.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
#[error("sealed under another epoch, or altered")]
pub struct OtherEpoch;

/// Why a name cannot be sealed: more UTF-8 bytes than [`NAME_BYTES_MAX`].
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
#[error("the name is too long")]
pub struct NameTooLong;

/// The root of an epoch: whoever has it reads the epoch's records, and every epoch's before it.
pub struct EpochRoot(Secret);

/// What an epoch seals with; comes from its root alone.
pub struct EpochKeys {
    pub(crate) key: Secret,
    pub(crate) salt_key: Secret,
    name_key: SaltedKey,
    link_key: SaltedKey,
    id: EpochId,
}

impl EpochRoot {
    /// Makes a new root out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self(derive::drawn(fill))
    }

    /// The same out of 32 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 32]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    pub(crate) fn from_secret(secret: Secret) -> Self {
        Self(secret)
    }

    pub(crate) fn secret(&self) -> &Secret {
        &self.0
    }

    /// Takes back what [`expose_for_sealing`](Self::expose_for_sealing) gave, once the local key has opened it.
    pub fn from_sealed(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 32).then(|| Self(derive::secret(bytes)))
    }

    /// Lends the bare root, to be sealed by the local key and for nothing else.
    pub fn expose_for_sealing(&self) -> &[u8; 32] {
        &self.0
    }

    /// Derives the epoch's keys (module drawing; RFC 5869 §3.3: the root is uniform, so Expand suffices).
    ///
    /// Resists one key's misuse telling anything about another, and `epoch_id` telling anything about any.
    pub fn keys(&self) -> EpochKeys {
        let derive = |label: &str| expand(&self.0, &[label.as_bytes()]);
        EpochKeys {
            key: derive(labels::EPOCH_KEY),
            salt_key: derive(labels::EPOCH_SALT),
            name_key: SaltedKey::new(derive(labels::EPOCH_NAME)),
            link_key: SaltedKey::new(derive(labels::EPOCH_LINK)),
            id: EpochId::from_bytes(*derive(labels::EPOCH_ID)),
        }
    }

    /// Says in constant time whether this is the root that a roster names by its epoch id.
    pub fn is(&self, epoch_id: &EpochId) -> bool {
        expand::<32>(&self.0, &[labels::EPOCH_ID.as_bytes()]).ct_eq(epoch_id.as_bytes()).into()
    }
}

impl EpochKeys {
    /// Gives the public name of the epoch, which stands in the roster.
    pub fn id(&self) -> EpochId {
        self.id
    }

    /// Seals the root of the epoch before under this one, so that a member of today reads what was written before.
    pub fn seal_previous(&self, previous: &EpochRoot, entropy: [u8; 32]) -> Vec<u8> {
        let id = previous.keys().id;
        self.link_key.seal(&[labels::PREVIOUS_ROOT.as_bytes(), id.as_bytes()], previous.0.as_ref(), &entropy)
    }

    /// Opens the root of the epoch before, which the roster names by `previous_id`.
    ///
    /// Resists a member who advances the epoch and hands on some other root: it must derive the id that stood in the
    /// roster before.
    pub fn open_previous(&self, sealed: &[u8], previous_id: &EpochId) -> Result<EpochRoot, OtherEpoch> {
        let info = [labels::PREVIOUS_ROOT.as_bytes(), previous_id.as_bytes().as_slice()];
        let plain = self.link_key.open(&info, sealed).ok_or(OtherEpoch)?;
        let root = EpochRoot::from_sealed(&plain).ok_or(OtherEpoch)?;
        if root.is(previous_id) { Ok(root) } else { Err(OtherEpoch) }
    }

    /// Seals the name of a feed or party; all names become equally long.
    pub fn seal_name(&self, name: &str, owner: MemberId, entropy: [u8; 32]) -> Result<Vec<u8>, NameTooLong> {
        let block = name_block(name).ok_or(NameTooLong)?;
        Ok(self.name_key.seal(&[labels::NAME.as_bytes(), owner.as_bytes()], block.as_ref(), &entropy))
    }

    /// Opens the name of a feed or party; one moved to another owner does not open.
    pub fn open_name(&self, sealed: &[u8], owner: MemberId) -> Result<String, OtherEpoch> {
        let plain =
            self.name_key.open(&[labels::NAME.as_bytes(), owner.as_bytes()], sealed).ok_or(OtherEpoch)?;
        name_from_block(&plain).ok_or(OtherEpoch)
    }
}

/// Writes a name block, or nothing if the name is too long.
pub(crate) fn name_block(name: &str) -> Option<Zeroizing<[u8; NAME_BLOCK_BYTES]>> {
    if name.len() > NAME_BYTES_MAX {
        return None;
    }
    let mut block = Zeroizing::new([0; NAME_BLOCK_BYTES]);
    let length = u16::try_from(name.len()).ok()?;
    block[..2].copy_from_slice(&length.to_be_bytes());
    block[2..2 + name.len()].copy_from_slice(name.as_bytes());
    Some(block)
}

/// Reads a name block strictly: UTF-8, within the limit, zeros to the end.
pub(crate) fn name_from_block(block: &[u8]) -> Option<String> {
    if block.len() != NAME_BLOCK_BYTES {
        return None;
    }
    let length = usize::from(u16::from_be_bytes(first(block)));
    if length > NAME_BYTES_MAX {
        return None;
    }
    let (name, zeros) = block[2..].split_at(length);
    let clean = zeros.iter().all(|byte| *byte == 0);
    let name = std::str::from_utf8(name).ok()?;
    clean.then(|| name.to_owned())
}
