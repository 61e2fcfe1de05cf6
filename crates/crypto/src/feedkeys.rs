//! The secrets of one feed (or party, or paper): a signing seed and a key that receives wraps.
//!
//! ```text
//! sealed form = Ed25519 seed 32 | X25519 secret 32                  64 bytes, to be sealed by the local key
//! ```

use haven_feed::keys::{FeedKeys, KemKey, Signer};
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, Serializable};
use zeroize::Zeroizing;

use crate::derive::{Secret, first};

/// The X25519 secret of a feed: opens what was wrapped for it.
pub struct KemSecret(Secret);

/// Both secrets of a feed.
pub struct FeedSecrets {
    bytes: Zeroizing<[u8; 64]>,
    signer: Signer,
    kem: KemSecret,
}

impl KemSecret {
    pub(crate) fn new(bytes: Secret) -> Self {
        Self(bytes)
    }

    pub(crate) fn hpke(&self) -> <X25519HkdfSha256 as Kem>::PrivateKey {
        Deserializable::from_bytes(self.0.as_ref()).expect("an X25519 secret is any 32 bytes")
    }

    /// Computes the public key: X25519(secret, 9) (RFC 7748 §6.1), the secret clamped.
    pub fn key(&self) -> KemKey {
        let public = X25519HkdfSha256::sk_to_pk(&self.hpke()).to_bytes();
        KemKey::from_bytes(public.into())
            .expect("a clamped multiple of the base point is canonical and of large order")
    }
}

impl FeedSecrets {
    /// Makes new secrets out of fresh random bytes.
    pub fn from_entropy(entropy: [u8; 64]) -> Self {
        Self::new(Zeroizing::new(entropy))
    }

    /// Takes back what [`expose_for_sealing`](Self::expose_for_sealing) gave, once the local key has opened it.
    pub fn from_sealed(bytes: &[u8]) -> Option<Self> {
        Some(Self::new(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; 64]>) -> Self {
        let signer = Signer::from_seed(&first(bytes.as_ref()));
        let kem = KemSecret::new(Zeroizing::new(first(&bytes[32..])));
        Self { bytes, signer, kem }
    }

    /// Lends the bare secrets, to be sealed by the local key and for nothing else.
    pub fn expose_for_sealing(&self) -> &[u8; 64] {
        &self.bytes
    }

    /// Gives the public keys.
    pub fn keys(&self) -> FeedKeys {
        FeedKeys { sign: self.signer.key(), kem: self.kem.key() }
    }

    /// Lends what signs.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Lends what opens wraps.
    pub fn kem(&self) -> &KemSecret {
        &self.kem
    }
}
