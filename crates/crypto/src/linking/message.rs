//! The plaintexts of the four messages, written and read strictly.

use haven_feed::digest::{Digest, digest};
use haven_feed::ids::{LinkHash, RosterHead, SpaceId, StoreId, Vector};
use haven_feed::keys::{FeedKeys, SignKey, Signature};
use haven_feed::roster::consent::{Role, Terms};
use zeroize::Zeroizing;

use super::{LinkingFault, ManifestName, Offer, Welcome};
use crate::derive::first;
use crate::epoch::{name_block, name_from_block};
use crate::labels;
use crate::limits::NAME_BLOCK_BYTES;

/// The version of linking. Both ends say theirs in what the words are made of, so nobody talks them down to an older one.
const VERSION: u8 = 1;

/// What this version can do beyond it: nothing yet. Bits that are not known are passed over.
const CAPABILITIES: u32 = 0;

const SPEAKS_BYTES: usize = 1 + 4;
pub(super) const FIRST_BYTES: usize = SPEAKS_BYTES + 32;
pub(super) const OFFER_BYTES: usize = SPEAKS_BYTES + 32 + 32 + 8 + 32;
const NAME_AT: usize = FeedKeys::LEN + 32;
pub(super) const REVEAL_BYTES: usize = NAME_AT + NAME_BLOCK_BYTES;
const WELCOME_HEAD_BYTES: usize = 32 + 8 + 32 + 32 + 16;

/// The bytes a joiner commits to and later reveals: keys 1249 | blind 32 | name block 128.
pub(super) type Reveal = Zeroizing<[u8; REVEAL_BYTES]>;

/// Writes a reveal, or nothing if the name is too long. The blind hides the name until the reveal.
pub(super) fn reveal(keys: &FeedKeys, blind: &[u8; 32], name: &str) -> Option<Reveal> {
    let mut reveal = Zeroizing::new([0; REVEAL_BYTES]);
    reveal[..FeedKeys::LEN].copy_from_slice(&keys.to_bytes());
    reveal[FeedKeys::LEN..NAME_AT].copy_from_slice(blind);
    reveal[NAME_AT..].copy_from_slice(name_block(name)?.as_ref());
    Some(reveal)
}

/// Reads keys and name out of a reveal.
pub(super) fn read_reveal(reveal: &[u8; REVEAL_BYTES]) -> Result<(FeedKeys, String), LinkingFault> {
    let keys = FeedKeys::from_bytes(&first(reveal)).map_err(|_| LinkingFault::BadKeys)?;
    let name = name_from_block(&reveal[NAME_AT..]).ok_or(LinkingFault::Tampered)?;
    Ok((keys, name))
}

/// commitment = SHA-256("haven/1/join commit" || reveal).
pub(super) fn commitment(reveal: &[u8; REVEAL_BYTES]) -> [u8; 32] {
    *digest(labels::JOIN_COMMIT, &[reveal]).as_bytes()
}

/// version 1 | capabilities 4 | commitment 32.
pub(super) fn write_first(commitment: &[u8; 32]) -> [u8; FIRST_BYTES] {
    let mut out = [0; FIRST_BYTES];
    out[..SPEAKS_BYTES].copy_from_slice(&speaks());
    out[SPEAKS_BYTES..].copy_from_slice(commitment);
    out
}

/// Reads a first message: whole, as it goes into the words, and the commitment in it. `misfit` if it has not its length.
pub(super) fn read_first(
    plain: &[u8],
    misfit: LinkingFault,
) -> Result<([u8; FIRST_BYTES], [u8; 32]), LinkingFault> {
    check_version(plain)?;
    let whole: [u8; FIRST_BYTES] = plain.try_into().map_err(|_| misfit)?;
    Ok((whole, first(&whole[SPEAKS_BYTES..])))
}

fn speaks() -> [u8; SPEAKS_BYTES] {
    let mut out = [VERSION; SPEAKS_BYTES];
    out[1..].copy_from_slice(&CAPABILITIES.to_be_bytes());
    out
}

/// Looks at the version before anything else: another one may have another length, and everything behind the first byte is its own.
fn check_version(plain: &[u8]) -> Result<(), LinkingFault> {
    match plain.first() {
        Some(&version) if version != VERSION => Err(LinkingFault::Incompatible),
        _ => Ok(()),
    }
}

/// What the words are taken from: SHA-256("haven/1/words" || message 1 || message 2 || reveal), fixed widths.
pub(super) fn words_digest(
    first: &[u8; FIRST_BYTES],
    offer: &[u8; OFFER_BYTES],
    reveal: &[u8; REVEAL_BYTES],
) -> Digest {
    digest(labels::WORDS, &[first, offer, reveal])
}

/// version 1 | capabilities 4 | nonce 32 | space 32 | roster head seq 8 | roster head hash 32.
pub(super) fn write_offer(nonce: &[u8; 32], offer: &Offer) -> [u8; OFFER_BYTES] {
    let seq = offer.head.seq.to_be_bytes();
    let speaks = speaks();
    let parts: [&[u8]; 5] = [&speaks, nonce, offer.space.as_bytes(), &seq, offer.head.hash.as_bytes()];
    first(&parts.concat())
}

/// Reads an offer: whole, as it goes into the words, and what it says. `misfit` if it has not its length.
pub(super) fn read_offer(
    plain: &[u8],
    misfit: LinkingFault,
) -> Result<([u8; OFFER_BYTES], Offer), LinkingFault> {
    check_version(plain)?;
    let whole: [u8; OFFER_BYTES] = plain.try_into().map_err(|_| misfit)?;
    let after_nonce = &whole[SPEAKS_BYTES + 32..];
    let offer = Offer {
        space: SpaceId::from_bytes(first(after_nonce)),
        head: RosterHead {
            seq: u64::from_be_bytes(first(&after_nonce[32..])),
            hash: LinkHash::from_bytes(first(&after_nonce[40..])),
        },
    };
    Ok((whole, offer))
}

/// What the joiner consents to: to be a feed of that vault, right after the link it was offered.
pub(super) fn terms(offer: &Offer) -> Terms {
    Terms::at(Role::Feed, offer.space, offer.head.hash, None)
}

/// reveal 1409 | consent 64.
pub(super) fn write_third(reveal: &Reveal, consent: &Signature) -> Zeroizing<Vec<u8>> {
    Zeroizing::new([reveal.as_slice(), consent.as_bytes()].concat())
}

pub(super) fn read_third(bytes: &[u8]) -> Option<(Reveal, Signature)> {
    let (reveal, consent) = bytes.split_at_checked(REVEAL_BYTES)?;
    Some((Zeroizing::new(first(reveal)), Signature::from_bytes(consent.try_into().ok()?)))
}

/// space 32 | manifest generation 8 | manifest id 32 (both zero if there is none) | server key 32 | store id 16 | vector.
pub(super) fn write_welcome(space: &SpaceId, welcome: &Welcome) -> Vec<u8> {
    let none = ManifestName { generation: 0, id: [0; 32] };
    let ManifestName { generation, id } = welcome.manifest.unwrap_or(none);
    let (generation, vector) = (generation.to_be_bytes(), welcome.vector.encode());
    let (server, store) = (welcome.server_key.as_bytes(), welcome.store.as_bytes());
    let parts: [&[u8]; 6] = [space.as_bytes(), &generation, &id, server, store, &vector];
    parts.concat()
}

/// Reads a welcome; one that speaks of another space is refused.
pub(super) fn read_welcome(space: &SpaceId, bytes: &[u8]) -> Option<Welcome> {
    let (head, vector) = bytes.split_at_checked(WELCOME_HEAD_BYTES)?;
    if head[..32] != space.as_bytes()[..] {
        return None;
    }
    let manifest =
        ManifestName { generation: u64::from_be_bytes(first(&head[32..])), id: first(&head[40..]) };
    if (manifest.generation == 0) != (manifest.id == [0; 32]) {
        return None;
    }
    Some(Welcome {
        manifest: Some(manifest).filter(|manifest| manifest.generation != 0),
        server_key: SignKey::from_bytes(first(&head[72..])).ok()?,
        store: StoreId::from_bytes(first(&head[104..])),
        vector: Vector::decode(vector).ok()?,
    })
}

/// Reads any bytes as each of the four messages, a welcome as one of the space that it names.
#[cfg(feature = "fuzz")]
pub(crate) fn read_each(bytes: &[u8]) -> [bool; 4] {
    let first = read_first(bytes, LinkingFault::WrongCode).is_ok();
    let offer = read_offer(bytes, LinkingFault::Tampered).is_ok();
    let third = read_third(bytes).is_some_and(|(revealed, _)| {
        let read = read_reveal(&revealed);
        let blind: &[u8; 32] = revealed[FeedKeys::LEN..NAME_AT].try_into().expect("a reveal holds a blind");
        // One reveal, one encoding: it is what was committed to.
        read.as_ref()
            .is_ok_and(|(keys, name)| reveal(keys, blind, name).is_some_and(|again| *again == *revealed))
    });
    let welcome = bytes.first_chunk().is_some_and(|space| {
        let space = SpaceId::from_bytes(*space);
        read_welcome(&space, bytes).is_some_and(|welcome| write_welcome(&space, &welcome) == bytes)
    });
    [first, offer, third, welcome]
}
