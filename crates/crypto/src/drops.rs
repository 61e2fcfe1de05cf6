//! Drops: words sealed while the vault is locked, for whoever unlocks it.
//!
//! ```text
//! drop = suite 1 (= 1) | enc 1120 | ciphertext | tag 16                       1137 bytes more than its content
//! suite 1: HPKE base mode (RFC 9180 §6.1), X-Wing, HKDF-SHA256, ChaCha20-Poly1305
//! enc, ciphertext | tag = SealBase(the device's drop key, info = "haven/1/drop", aad = suite, content)
//! id = SHA-256("haven/1/id of a drop" || drop)[..16]
//! key row = suite 1 | X-Wing key 1216, readable while locked;   secret = X-Wing seed 32, sealed by the local key
//! ```

use haven_feed::digest::digest;
use haven_feed::keys::{ENC_LEN, KemKey};
use thiserror::Error;
use zeroize::Zeroize as _;

use crate::base::{ENTROPY, open_base, seal_base};
use crate::derive::{self, Secret};
use crate::feedkeys::KemSecret;
use crate::labels;
use crate::opened::Opened;

/// The only suite there is yet.
const SUITE: u8 = 1;

/// Why a drop, or the key to seal one to, cannot be used.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum DropFault {
    /// A suite of a newer version; nothing was tried.
    #[error("this needs a newer version")]
    Incompatible,
    /// Altered, cut, or sealed to another key: always this one answer.
    #[error("this was altered or is not for this device")]
    NotOurs,
}

/// The public half of a device's pair: seals, and opens nothing. It lies readable on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DropKey(KemKey);

/// The secret half: opens.
pub struct DropSecret {
    bytes: Secret,
    kem: KemSecret,
}

impl DropKey {
    /// Its length as a row, in bytes.
    pub const LEN: usize = 1 + KemKey::LEN;

    /// Reads a row (module drawing). Resists keys that would make the agreed secret the same for everybody.
    pub fn parse(row: &[u8]) -> Result<Self, DropFault> {
        match row.split_first() {
            Some((&SUITE, key)) => {
                let key: &[u8; KemKey::LEN] = key.try_into().map_err(|_| DropFault::NotOurs)?;
                KemKey::from_bytes(key).map(Self).map_err(|_| DropFault::NotOurs)
            }
            Some(_) => Err(DropFault::Incompatible),
            None => Err(DropFault::NotOurs),
        }
    }

    /// Writes the row.
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut row = [SUITE; Self::LEN];
        row[1..].copy_from_slice(self.0.as_bytes());
        row
    }

    /// Seals content to the device (module drawing). The same `entropy` gives the same drop, so it must be fresh.
    ///
    /// Resists whoever reads the disk of a locked device, this program's own memory included once it has returned: there is
    /// nothing here that could open it. Does not resist whoever can *write* to the disk: base mode names no sender, so they
    /// can add drops of their own, or put their own key in the place of this one.
    pub fn seal(&self, content: &[u8], entropy: [u8; ENTROPY]) -> Vec<u8> {
        let (enc, ciphertext) = seal_base(&self.0, labels::DROP.as_bytes(), &[SUITE], content, entropy);
        [&[SUITE][..], &enc, &ciphertext].concat()
    }
}

impl DropSecret {
    fn new(bytes: Secret) -> Self {
        Self { kem: KemSecret::new(bytes.clone()), bytes }
    }

    /// Makes a new secret out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self::new(derive::drawn(fill))
    }

    /// The same out of 32 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 32]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    /// Takes back what [`expose_for_sealing`](Self::expose_for_sealing) gave, once the local key has opened it.
    pub fn from_sealed(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 32).then(|| Self::new(derive::secret(bytes)))
    }

    /// Lends the bare secret, to be sealed by the local key and for nothing else.
    pub fn expose_for_sealing(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Computes the public half.
    pub fn key(&self) -> DropKey {
        DropKey(self.kem.key().clone())
    }

    /// Opens what [`DropKey::seal`] made for this device.
    ///
    /// Resists low-order and non-canonical keys (RFC 7748 §6.1, RFC 9180 §7.1.4); whatever is damaged has one answer.
    pub fn open(&self, drop: &[u8]) -> Result<Opened, DropFault> {
        let (suite, sealed) = drop.split_first().ok_or(DropFault::NotOurs)?;
        if *suite != SUITE {
            return Err(DropFault::Incompatible);
        }
        let (enc, ciphertext) = sealed.split_first_chunk::<ENC_LEN>().ok_or(DropFault::NotOurs)?;
        let plain = open_base(&self.kem, enc, labels::DROP.as_bytes(), &[SUITE], ciphertext);
        plain.map(Opened::new).ok_or(DropFault::NotOurs)
    }
}

/// The id of a drop, which whatever it becomes bears too (module drawing).
///
/// Resists a drop that is put back once its words are in the journal, or stored twice: it becomes the same thing, and that is
/// there already. And nobody who writes drops of their own can choose the id of something that exists.
pub fn id(drop: &[u8]) -> [u8; 16] {
    digest(labels::DROP_ID, &[drop]).first()
}
