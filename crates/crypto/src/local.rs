//! The local key: seals everything that rests on this device's disk.
//!
//! ```text
//! row = salted box (see `salted`) under the local key, info =
//!       "haven/1/local" || length of purpose 1 || purpose || SHA-256(aad) 32
//! ```

use thiserror::Error;
use zeroize::Zeroize as _;

use crate::derive::{self, Secret};
use crate::labels;
use crate::opened::Opened;
use crate::salted::SaltedKey;

/// Why a sealed row did not open: altered, moved, made for another purpose, or sealed by another key.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
#[error("sealed data was altered, moved or made under another key")]
pub struct NotOurs;

/// The random key of this device's disk; wrapped by the passphrase (`passphrase`), never stored bare.
pub struct LocalKey(SaltedKey);

impl LocalKey {
    /// Makes a new local key out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self::new(derive::drawn(fill))
    }

    /// The same out of 32 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 32]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    pub(crate) fn new(key: Secret) -> Self {
        Self(SaltedKey::new(key))
    }

    pub(crate) fn key(&self) -> &Secret {
        self.0.key()
    }

    /// Seals `plain` for one purpose and place (module drawing); `aad` is what must be known again to open it.
    ///
    /// Resists a thief of the disk, and one who gives it back with rows swapped, copied or renamed: purpose and place
    /// are in every row's key. Never two plaintexts under one key, even if `entropy` repeats.
    ///
    /// # Panics
    /// If `purpose` is longer than 255 bytes; purposes are constants.
    pub fn seal(&self, purpose: &str, aad: &[u8], plain: &[u8], entropy: [u8; 32]) -> Vec<u8> {
        let info = Info::new(purpose, aad);
        self.0.seal(&info.parts(), plain, &entropy)
    }

    /// Opens what [`seal`](Self::seal) made for the same purpose and place; one error for every reason.
    pub fn open(&self, purpose: &str, aad: &[u8], sealed: &[u8]) -> Result<Opened, NotOurs> {
        let info = Info::new(purpose, aad);
        self.0.open(&info.parts(), sealed).map(Opened::new).ok_or(NotOurs)
    }
}

struct Info<'a> {
    purpose_length: [u8; 1],
    purpose: &'a str,
    place: ring::digest::Digest,
}

impl<'a> Info<'a> {
    fn new(purpose: &'a str, aad: &[u8]) -> Self {
        let length = u8::try_from(purpose.len()).expect("purposes are short constants");
        let place = ring::digest::digest(&ring::digest::SHA256, aad);
        Self { purpose_length: [length], purpose, place }
    }

    fn parts(&self) -> [&[u8]; 4] {
        [labels::LOCAL.as_bytes(), &self.purpose_length, self.purpose.as_bytes(), self.place.as_ref()]
    }
}
