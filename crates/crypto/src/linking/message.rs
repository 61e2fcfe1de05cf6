//! The plaintexts of the four messages, written and read strictly.

use haven_feed::digest::{Digest, digest};
use haven_feed::ids::{LinkHash, RosterHead, SpaceId, StoreId, Vector};
use haven_feed::keys::{FeedKeys, SignKey, Signature};
use haven_feed::roster::consent::Place;
use zeroize::Zeroizing;

use super::{LinkingFault, Offer, Welcome};
use crate::derive::first;
use crate::epoch::{name_block, name_from_block};
use crate::labels;
use crate::limits::NAME_BLOCK_BYTES;

pub(super) const OFFER_BYTES: usize = 32 + 32 + 8 + 32;
pub(super) const REVEAL_BYTES: usize = 64 + 32 + NAME_BLOCK_BYTES;
const WELCOME_HEAD_BYTES: usize = 32 + 8 + 32 + 16;

/// The bytes a joiner commits to and later reveals: keys 64 | blind 32 | name block 128.
pub(super) type Reveal = Zeroizing<[u8; REVEAL_BYTES]>;

/// Writes a reveal, or nothing if the name is too long. The blind hides the name until the reveal.
pub(super) fn reveal(keys: &FeedKeys, blind: &[u8; 32], name: &str) -> Option<Reveal> {
    let mut reveal = Zeroizing::new([0; REVEAL_BYTES]);
    reveal[..64].copy_from_slice(&keys.to_bytes());
    reveal[64..96].copy_from_slice(blind);
    reveal[96..].copy_from_slice(name_block(name)?.as_ref());
    Some(reveal)
}

/// Reads keys and name out of a reveal.
pub(super) fn read_reveal(reveal: &[u8; REVEAL_BYTES]) -> Result<(FeedKeys, String), LinkingFault> {
    let keys = FeedKeys::from_bytes(&first(reveal)).map_err(|_| LinkingFault::BadKeys)?;
    let name = name_from_block(&reveal[96..]).ok_or(LinkingFault::Tampered)?;
    Ok((keys, name))
}

/// commitment = SHA-256("haven/1/join commit" || reveal).
pub(super) fn commitment(reveal: &[u8; REVEAL_BYTES]) -> [u8; 32] {
    *digest(labels::JOIN_COMMIT, &[reveal]).as_bytes()
}

/// What the words are taken from: SHA-256("haven/1/words" || commitment || offer || reveal), fixed widths.
pub(super) fn words_digest(
    commitment: &[u8; 32],
    offer: &[u8; OFFER_BYTES],
    reveal: &[u8; REVEAL_BYTES],
) -> Digest {
    digest(labels::WORDS, &[commitment, offer, reveal])
}

/// nonce 32 | space 32 | roster head seq 8 | roster head hash 32.
pub(super) fn write_offer(nonce: &[u8; 32], offer: &Offer) -> [u8; OFFER_BYTES] {
    let mut out = [0; OFFER_BYTES];
    out[..32].copy_from_slice(nonce);
    out[32..64].copy_from_slice(offer.space.as_bytes());
    out[64..72].copy_from_slice(&offer.head.seq.to_be_bytes());
    out[72..].copy_from_slice(offer.head.hash.as_bytes());
    out
}

pub(super) fn read_offer(bytes: &[u8; OFFER_BYTES]) -> Offer {
    Offer {
        space: SpaceId::from_bytes(first(&bytes[32..])),
        head: RosterHead {
            seq: u64::from_be_bytes(first(&bytes[64..])),
            hash: LinkHash::from_bytes(first(&bytes[72..])),
        },
    }
}

/// Where the joiner consents to be added: right after the link it was offered.
pub(super) fn place(offer: &Offer) -> Place {
    Place { space: offer.space, prev: offer.head.hash }
}

/// reveal 224 | consent 64.
pub(super) fn write_third(reveal: &Reveal, consent: &Signature) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([reveal.as_slice(), consent.as_bytes()].concat())
}

pub(super) fn read_third(bytes: &[u8]) -> Option<(Reveal, Signature)> {
    let (reveal, consent) = bytes.split_at_checked(REVEAL_BYTES)?;
    Some((Zeroizing::new(first(reveal)), Signature::from_bytes(consent.try_into().ok()?)))
}

/// space 32 | manifest generation 8 | server key 32 | store id 16 | vector.
pub(super) fn write_welcome(space: &SpaceId, welcome: &Welcome) -> Vec<u8> {
    let generation = welcome.manifest_generation.to_be_bytes();
    let vector = welcome.vector.encode();
    let parts: [&[u8]; 5] =
        [space.as_bytes(), &generation, welcome.server_key.as_bytes(), welcome.store.as_bytes(), &vector];
    parts.concat()
}

/// Reads a welcome; one that speaks of another space is refused.
pub(super) fn read_welcome(space: &SpaceId, bytes: &[u8]) -> Option<Welcome> {
    let (head, vector) = bytes.split_at_checked(WELCOME_HEAD_BYTES)?;
    if head[..32] != space.as_bytes()[..] {
        return None;
    }
    Some(Welcome {
        manifest_generation: u64::from_be_bytes(first(&head[32..])),
        server_key: SignKey::from_bytes(first(&head[40..])).ok()?,
        store: StoreId::from_bytes(first(&head[72..])),
        vector: Vector::decode(vector).ok()?,
    })
}
