//! The passphrase: stretched by Argon2id, wraps the local key, leaves the device in no form.
//!
//! ```text
//! wrapped = version 1 | memory in KiB 4 | passes 4 | lanes 4 | kdf_salt 16 | salt 16 | commit 32 | ciphertext 32 | tag 16
//! passphrase = NFC(typed, without a byte order mark, its blanks as spaces), in UTF-8
//! stretched  = Argon2id(passphrase, kdf_salt, memory, passes, lanes), version 0x13               32 bytes
//! salt       = HMAC-SHA256(salt_key, entropy 32 || params || SHA-256(local key))[..16]
//! salt_key   = HKDF-Expand(stretched, "haven/1/box salt")
//! k | commit = HKDF-SHA256(ikm = stretched, salt, info = "haven/1/passphrase" || params)        32 + 32 bytes
//! params     = version 1 | memory 4 | passes 4 | lanes 4 | kdf_salt 16
//! ciphertext | tag = ChaCha20-Poly1305(k, nonce 0, aad = params || salt || commit, local key)
//! ```

mod cost;
mod typed;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, Zeroizing};

use crate::aead::{OneUseKey, TAG_BYTES};
use crate::derive::{SALT_BYTES, Secret, expand, first, hedged_salt, hkdf, secret};
use crate::labels;
use crate::limits;
use crate::local::LocalKey;

pub use cost::{KdfCost, calibrated};
pub use typed::Passphrase;

const VERSION: u8 = 1;
const PARAMS_BYTES: usize = 1 + 4 + 4 + 4 + 16;
const COMMIT_AT: usize = PARAMS_BYTES + SALT_BYTES;
const SEALED_AT: usize = COMMIT_AT + 32;
const WRAPPED_BYTES: usize = SEALED_AT + 32 + TAG_BYTES;

/// Why a passphrase cannot be stretched with these parameters; found out before anybody is asked for it.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum KdfFault {
    /// Memory, passes or lanes are below the compiled floor: somebody is making guesses cheap.
    #[error("key stretching parameters are below the floor")]
    BelowFloor,
    /// Memory, passes or lanes are above the compiled ceiling: somebody is wasting this machine.
    #[error("key stretching parameters are above the ceiling")]
    AboveCeiling,
    /// The passphrase has more bytes than [`limits::PASSPHRASE_BYTES_MAX`].
    #[error("the passphrase is too long")]
    TooLong,
    /// This machine cannot give the memory right now.
    #[error("not enough memory to stretch the passphrase")]
    OutOfMemory,
    /// The wrapped key was written by a newer version.
    #[error("the wrapped key needs a newer version")]
    Incompatible,
    /// The wrapped key does not have its layout.
    #[error("the wrapped key is damaged")]
    Malformed,
}

/// The one answer to a passphrase, or a wrapped key, that is not right.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
#[error("wrong passphrase")]
pub struct WrongPassphrase;

/// How a passphrase is stretched.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct KdfParams {
    /// Memory, in KiB.
    pub m_kib: u32,
    /// Passes over the memory.
    pub t: u32,
    /// Lanes.
    pub p: u32,
    /// Random, one for every passphrase chosen.
    pub salt: [u8; 16],
}

impl KdfCost {
    /// Gives the parameters of a passphrase that is stretched at this cost.
    pub fn params(self, salt: [u8; 16]) -> KdfParams {
        let Self { m_kib, t, p } = self;
        KdfParams { m_kib, t, p, salt }
    }
}

impl KdfParams {
    /// Gives the least that is accepted: 64 MiB, three passes, one lane.
    pub fn floor(salt: [u8; 16]) -> Self {
        KdfCost::FLOOR.params(salt)
    }

    /// Refuses what is outside the compiled floor and ceiling.
    ///
    /// Resists a planted header that makes guessing cheap (8 KiB, one pass) or unlocking impossible (64 GiB).
    pub fn check(&self) -> Result<(), KdfFault> {
        let below = self.m_kib < limits::KDF_MEMORY_KIB_MIN
            || self.t < limits::KDF_PASSES_MIN
            || self.p < limits::KDF_LANES_MIN;
        let above = self.m_kib > limits::KDF_MEMORY_KIB_MAX
            || self.t > limits::KDF_PASSES_MAX
            || self.p > limits::KDF_LANES_MAX;
        match (below, above) {
            (true, _) => Err(KdfFault::BelowFloor),
            (_, true) => Err(KdfFault::AboveCeiling),
            _ => Ok(()),
        }
    }

    fn encode(&self) -> [u8; PARAMS_BYTES] {
        let mut out = [VERSION; PARAMS_BYTES];
        out[1..5].copy_from_slice(&self.m_kib.to_be_bytes());
        out[5..9].copy_from_slice(&self.t.to_be_bytes());
        out[9..13].copy_from_slice(&self.p.to_be_bytes());
        out[13..].copy_from_slice(&self.salt);
        out
    }

    fn decode(bytes: &[u8; PARAMS_BYTES]) -> Result<Self, KdfFault> {
        if bytes[0] != VERSION {
            return Err(KdfFault::Incompatible);
        }
        let number = |at: usize| u32::from_be_bytes(first(&bytes[at..at + 4]));
        let params = Self { m_kib: number(1), t: number(5), p: number(9), salt: first(&bytes[13..]) };
        params.check()?;
        Ok(params)
    }
}

/// A wrapped local key as it lies on the disk: parsed, its parameters within bounds, nothing verified yet.
#[derive(Debug, PartialEq, Eq, Clone)]
pub struct WrappedLocalKey {
    bytes: [u8; WRAPPED_BYTES],
    params: KdfParams,
}

impl WrappedLocalKey {
    /// Parses what [`PassphraseKey::wrap`] made; refuses parameters out of bounds before a passphrase is asked for.
    pub fn parse(bytes: &[u8]) -> Result<Self, KdfFault> {
        let version = *bytes.first().ok_or(KdfFault::Malformed)?;
        if version != VERSION {
            return Err(KdfFault::Incompatible);
        }
        let bytes: [u8; WRAPPED_BYTES] = bytes.try_into().map_err(|_| KdfFault::Malformed)?;
        let params = KdfParams::decode(&first(&bytes))?;
        Ok(Self { bytes, params })
    }

    /// Lends the bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Says how the passphrase must be stretched to unwrap it.
    pub fn params(&self) -> &KdfParams {
        &self.params
    }
}

/// A stretched passphrase: wraps and unwraps the local key.
pub struct PassphraseKey {
    key: Secret,
    params: KdfParams,
}

/// Stretches a passphrase: Argon2id v1.3 (RFC 9106 §3.1), 32 bytes.
///
/// Resists guessing on a stolen disk: every guess costs the floor's 64 MiB and three passes. The memory is wiped after.
/// Slow by design: 0.2 s and more.
pub fn stretch(passphrase: &Passphrase, params: &KdfParams) -> Result<PassphraseKey, KdfFault> {
    params.check()?;
    let passphrase = passphrase.as_str().as_bytes();
    if passphrase.len() > limits::PASSPHRASE_BYTES_MAX {
        return Err(KdfFault::TooLong);
    }
    let costs =
        Params::new(params.m_kib, params.t, params.p, Some(32)).expect("checked against tighter limits");
    let mut memory = Memory::allocate(costs.block_count())?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, costs)
        .hash_password_into_with_memory(passphrase, &params.salt, key.as_mut(), &mut memory.0)
        .expect("lengths are within Argon2's and the memory is as large as it asked");
    Ok(PassphraseKey { key, params: *params })
}

impl PassphraseKey {
    /// Wraps the local key (module drawing).
    ///
    /// The parameters are in the key, so nobody can lower them unseen. The commitment is compared before opening:
    /// resists a planted blob that opens under many passphrases and tells, by whether unlocking works, which half of
    /// a dictionary holds the right one (partitioning oracle, Len, Grubbs, Ristenpart 2021).
    pub fn wrap(&self, local: &LocalKey, entropy: [u8; 32]) -> WrappedLocalKey {
        let params = self.params.encode();
        let salt_key = expand(&self.key, &[labels::BOX_SALT.as_bytes()]);
        let salt = hedged_salt(&salt_key, &entropy, &[&params], local.key().as_ref());
        let (key, commit) = self.wrapping_key(&salt);

        let mut bytes = Vec::with_capacity(WRAPPED_BYTES);
        bytes.extend_from_slice(&params);
        bytes.extend_from_slice(&salt);
        bytes.extend_from_slice(&commit);
        let aad = bytes.clone();
        bytes.extend_from_slice(local.key().as_ref());
        key.seal(&aad, &mut bytes, SEALED_AT);
        WrappedLocalKey { bytes: first(&bytes), params: self.params }
    }

    /// Unwraps the local key; one error, whatever is wrong.
    pub fn unwrap(&self, wrapped: &WrappedLocalKey) -> Result<LocalKey, WrongPassphrase> {
        let (head, sealed) = wrapped.bytes.split_at(SEALED_AT);
        let (key, commit) = self.wrapping_key(&first(&head[PARAMS_BYTES..COMMIT_AT]));
        if !bool::from(commit.ct_eq(&head[COMMIT_AT..])) {
            return Err(WrongPassphrase);
        }
        let plain = key.open(head, sealed).ok_or(WrongPassphrase)?;
        Ok(LocalKey::new(secret(&plain)))
    }

    fn wrapping_key(&self, salt: &[u8; SALT_BYTES]) -> (OneUseKey, [u8; 32]) {
        let info: [&[u8]; 2] = [labels::PASSPHRASE.as_bytes(), &self.params.encode()];
        let both = hkdf::<64>(self.key.as_ref(), salt, &info);
        (OneUseKey::new(secret(both.as_ref())), first(&both[32..]))
    }
}

/// Argon2's memory: asked for without aborting, wiped when done.
struct Memory(Vec<Block>);

impl Memory {
    fn allocate(blocks: usize) -> Result<Self, KdfFault> {
        let mut memory = Vec::new();
        memory.try_reserve_exact(blocks).map_err(|_| KdfFault::OutOfMemory)?;
        memory.resize(blocks, Block::new());
        Ok(Self(memory))
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.0.iter_mut().for_each(Zeroize::zeroize);
    }
}

#[cfg(test)]
mod tests {
    use argon2::{AssociatedData, ParamsBuilder};

    use super::*;

    /// RFC 9106 §5.3; its 32 KiB are far below our floor, so it goes to the primitive.
    #[test]
    fn the_primitive_is_rfc_9106() {
        let params = ParamsBuilder::new()
            .m_cost(32)
            .t_cost(3)
            .p_cost(4)
            .data(AssociatedData::new(&[4; 12]).unwrap())
            .build()
            .unwrap();
        let argon = Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params).unwrap();
        let mut tag = [0; 32];
        argon.hash_password_into(&[1; 32], &[2; 16], &mut tag).unwrap();
        let expected = [
            0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37, 0xa3, 0x4a, 0x8b, 0x53, 0xc9,
            0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75, 0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59,
        ];
        assert_eq!(tag, expected);
    }
}
