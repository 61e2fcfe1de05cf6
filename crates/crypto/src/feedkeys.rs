//! The secrets of one feed (or party, or paper): a signing seed and a key that receives wraps.
//!
//! ```text
//! sealed form = Ed25519 seed 32 | X-Wing seed 32                    64 bytes, to be sealed by the local key
//! ```

use haven_feed::keys::{FeedKeys, KemKey, Signer};
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, Serializable};
use zeroize::{Zeroize as _, Zeroizing};

use crate::derive::{self, Secret};

/// The X-Wing secret of a feed, and its public key: opens what was wrapped for it.
pub struct KemSecret {
    seed: Secret,
    key: KemKey,
}

/// Both secrets of a feed.
pub struct FeedSecrets {
    bytes: Zeroizing<[u8; 64]>,
    signer: Signer,
    kem: KemSecret,
}

impl KemSecret {
    /// Takes any 32 bytes: an X-Wing secret is the seed that both halves are made of (draft-connolly-cfrg-xwing-kem §5.2).
    pub(crate) fn new(seed: Secret) -> Self {
        let public = XWing::sk_to_pk(&secret_of(&seed)).to_bytes();
        let key =
            KemKey::from_bytes(&public.into()).expect("a key made of a seed is canonical and of large order");
        Self { seed, key }
    }

    pub(crate) fn hpke(&self) -> <XWing as Kem>::PrivateKey {
        secret_of(&self.seed)
    }

    /// Lends the public key.
    pub fn key(&self) -> &KemKey {
        &self.key
    }
}

fn secret_of(seed: &Secret) -> <XWing as Kem>::PrivateKey {
    Deserializable::from_bytes(seed.as_ref()).expect("an X-Wing secret is any 32 bytes")
}

impl FeedSecrets {
    /// Makes new secrets out of fresh random bytes, drawn to where they stay: `fill` writes them there and nowhere else.
    pub fn drawn(fill: impl FnOnce(&mut [u8])) -> Self {
        Self::new(derive::drawn(fill))
    }

    /// The same out of 64 bytes, which are wiped here; whoever had them may still have a copy.
    pub fn from_entropy(mut entropy: [u8; 64]) -> Self {
        let made = Self::drawn(|place| place.copy_from_slice(&entropy));
        entropy.zeroize();
        made
    }

    /// Takes back what [`expose_for_sealing`](Self::expose_for_sealing) gave, once the local key has opened it.
    pub fn from_sealed(bytes: &[u8]) -> Option<Self> {
        (bytes.len() == 64).then(|| Self::new(derive::secret(bytes)))
    }

    pub(crate) fn new(bytes: Zeroizing<[u8; 64]>) -> Self {
        let (seed, kem) = bytes.split_first_chunk().expect("64 bytes are more than 32");
        let (signer, kem) = (Signer::from_seed(seed), KemSecret::new(derive::secret(kem)));
        Self { bytes, signer, kem }
    }

    /// Lends the bare secrets, to be sealed by the local key and for nothing else.
    pub fn expose_for_sealing(&self) -> &[u8; 64] {
        &self.bytes
    }

    /// Gives the public keys.
    pub fn keys(&self) -> FeedKeys {
        FeedKeys { sign: self.signer.key(), kem: self.kem.key().clone() }
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
