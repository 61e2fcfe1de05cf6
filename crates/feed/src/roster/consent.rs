//! Consents: an added key signs that it wants to be added, here and now.

use crate::digest::{Digest, digest, label};
use crate::ids::{LinkHash, SpaceId};
use crate::keys::{BadSignature, FeedKeys, Signature, Signer};

/// Where a key consents to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The space; in a genesis link its seed stands here, since the space is named by that link.
    pub space: SpaceId,
    /// The link before the one that adds the key, zero for genesis.
    pub prev: LinkHash,
}

impl Place {
    /// The place of a genesis link with this seed.
    pub const fn genesis(seed: [u8; 32]) -> Self {
        Self { space: SpaceId::from_bytes(seed), prev: LinkHash::ZERO }
    }
}

/// Computes what an added key signs: SHA-256("haven/1/consent" || space || previous link hash || sign || kem).
///
/// Resists enrolling somebody else's key, and replaying a consent in another space or later in the same one.
pub fn digest_of(place: &Place, keys: &FeedKeys) -> Digest {
    let parts: [&[u8]; 3] = [place.space.as_ref(), place.prev.as_ref(), &keys.to_bytes()];
    digest(label::CONSENT, &parts)
}

/// Signs a consent with the key that is to be added.
pub fn sign(place: &Place, keys: &FeedKeys, signer: &Signer) -> Signature {
    signer.sign(&digest_of(place, keys))
}

/// Verifies a consent with the key that is to be added.
pub fn verify(place: &Place, keys: &FeedKeys, consent: &Signature) -> Result<(), BadSignature> {
    keys.sign.verify(&digest_of(place, keys), consent)
}
