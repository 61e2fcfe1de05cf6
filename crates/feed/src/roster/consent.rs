//! Consents: an added key signs what it is to be, and where.

use crate::digest::{Digest, digest, label};
use crate::ids::{LinkHash, PartyId, SpaceId};
use crate::keys::{BadSignature, FeedKeys, Signature, Signer};

/// What a key is added as, and logs in as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A feed.
    Feed = 1,
    /// The paper of a vault.
    Paper = 2,
    /// A party of a shared space.
    Party = 3,
}

/// What a key consents to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is to be.
    pub role: Role,
    /// The space; zero in genesis, which names it.
    pub space: SpaceId,
    /// The link it follows; in genesis the hash of everything that genesis sets.
    pub after: LinkHash,
    /// The party that a feed joins, or whose keys are replaced. None in a vault, in genesis, and for a new party.
    pub party: Option<PartyId>,
}

impl Terms {
    /// To be added by genesis: `founding` is the hash of everything it sets.
    pub const fn genesis(role: Role, founding: LinkHash) -> Self {
        Self { role, space: SpaceId::ZERO, after: founding, party: None }
    }

    /// To be added to a space that exists.
    pub const fn at(role: Role, space: SpaceId, after: LinkHash, party: Option<PartyId>) -> Self {
        Self { role, space, after, party }
    }
}

/// Computes what an added key signs: SHA-256("haven/1/consent" || role || space || after || party || keys), party zero if there
/// is none.
///
/// Resists enrolling somebody else's key, replaying a consent in another space or place, taking a consent to be one thing for
/// another, and another vault that is founded with the paper's own signature.
pub fn digest_of(terms: &Terms, keys: &FeedKeys) -> Digest {
    let party = terms.party.unwrap_or(PartyId::ZERO);
    let parts: [&[u8]; 5] =
        [&[terms.role as u8], terms.space.as_ref(), terms.after.as_ref(), party.as_ref(), &keys.to_bytes()];
    digest(label::CONSENT, &parts)
}

/// Signs a consent with the key that is to be added.
pub fn sign(terms: &Terms, keys: &FeedKeys, signer: &Signer) -> Signature {
    signer.sign(&digest_of(terms, keys))
}

/// Verifies a consent with the key that is to be added.
pub fn verify(terms: &Terms, keys: &FeedKeys, consent: &Signature) -> Result<(), BadSignature> {
    keys.sign.verify(&digest_of(terms, keys), consent)
}
