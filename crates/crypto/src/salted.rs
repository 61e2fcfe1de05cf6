//! The salted box: what everything but a record and a wrap is sealed in.
//!
//! ```text
//! salted box = version 1 | salt 16 | ciphertext, as long as the plaintext | tag 16
//! salt       = HMAC-SHA256(salt_key, entropy 32 || info || SHA-256(plain))[..16]
//! k          = HKDF-SHA256(ikm = key, salt, info)                          32 bytes
//! ciphertext | tag = ChaCha20-Poly1305(k, nonce 0, aad empty, plain)
//! salt_key   = HKDF-Expand(key, "haven/1/box salt")
//! ```

use zeroize::Zeroizing;

use crate::aead::{OneUseKey, TAG_BYTES};
use crate::derive::{SALT_BYTES, Secret, expand, first, hedged_salt, hkdf};
use crate::labels;

const VERSION: u8 = 1;
const HEAD_BYTES: usize = 1 + SALT_BYTES;

/// Bytes a salted box is longer than its plaintext.
pub(crate) const OVERHEAD_BYTES: usize = HEAD_BYTES + TAG_BYTES;

/// A key whose every message gets a key of its own.
pub(crate) struct SaltedKey {
    key: Secret,
    salt_key: Secret,
}

impl SaltedKey {
    /// Takes a uniform key.
    pub(crate) fn new(key: Secret) -> Self {
        let salt_key = expand(&key, &[labels::BOX_SALT.as_bytes()]);
        Self { key, salt_key }
    }

    /// Lends the key, to seal or to derive from it.
    pub(crate) fn key(&self) -> &Secret {
        &self.key
    }

    /// Seals `plain` for the purpose and place that `info` names (module drawing).
    ///
    /// `info` enters the key, so a box moved to another place does not open: resists swapping. Its parts are fixed
    /// widths, or carry their length. Resists a repeating generator through the hedged salt.
    pub(crate) fn seal(&self, info: &[&[u8]], plain: &[u8], entropy: &[u8; 32]) -> Vec<u8> {
        let salt = hedged_salt(&self.salt_key, entropy, info, plain);
        let mut sealed = Vec::with_capacity(plain.len() + OVERHEAD_BYTES);
        sealed.push(VERSION);
        sealed.extend_from_slice(&salt);
        sealed.extend_from_slice(plain);
        self.message_key(&salt, info).seal(&[], &mut sealed, HEAD_BYTES);
        sealed
    }

    /// Opens a box sealed for the same `info`, or gives nothing whatever the reason.
    pub(crate) fn open(&self, info: &[&[u8]], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if sealed.len() < OVERHEAD_BYTES || sealed[0] != VERSION {
            return None;
        }
        let salt = first(&sealed[1..HEAD_BYTES]);
        self.message_key(&salt, info).open(&[], &sealed[HEAD_BYTES..])
    }

    fn message_key(&self, salt: &[u8; SALT_BYTES], info: &[&[u8]]) -> OneUseKey {
        OneUseKey::new(hkdf(self.key.as_ref(), salt, info))
    }
}
