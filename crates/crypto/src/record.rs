//! Records: content sealed under an epoch, and opened.
//!
//! ```text
//! plain      = pad(content)                                                 see `padding`
//! salt       = HMAC-SHA256(salt_key, entropy 32 || header 128 || SHA-256(plain))[..16]
//! k | commit = HKDF-SHA256(ikm = key, salt, info = "haven/1/record" || header)          32 + 32 bytes
//! body       = ChaCha20-Poly1305(k, nonce 0, aad = header || salt || commit, plain)     plain and tag 16
//! ```
//! What `feed` adds: the body's hash, the id and the signature by the feed's key over it.

use haven_feed::keys::Signer;
use haven_feed::record::{BODY_BYTES_MAX, Header, RecordFault, VerifiedRecord, finish};
use subtle::ConstantTimeEq;
use thiserror::Error;

use crate::aead::{OneUseKey, TAG_BYTES};
use crate::derive::{SALT_BYTES, first, hedged_salt, hkdf, secret};
use crate::epoch::EpochKeys;
use crate::labels;
use crate::limits::CONTENT_BYTES_MAX;
use crate::opened::Opened;
use crate::padding::{PaddingFault, pad, unpad};

const HEADER_BYTES: usize = haven_feed::record::HEADER_LEN;

/// Why content was not sealed.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum SealFault {
    /// More content than one record may carry; the caller splits it.
    #[error("too much content for one record")]
    TooLarge,
    /// The header is one no feed may write.
    #[error(transparent)]
    Header(RecordFault),
}

/// Why a record did not open. A fault never causes a write.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum OpenFault {
    /// The record is a husk: its body was packed or purged.
    #[error("the record has no body")]
    NoBody,
    /// It was sealed under another key, or its sealed bytes are not what its author made.
    #[error("the record belongs to another epoch or was altered")]
    WrongEpochOrAltered,
    /// Its author sealed something that has not the layout of a content.
    #[error("the record's content is malformed")]
    Malformed,
    /// Its author used a codec of a newer version.
    #[error("the record needs a newer version")]
    Incompatible,
    /// Its content would inflate beyond the limit.
    #[error("the record's content is too large")]
    TooLarge,
}

impl From<PaddingFault> for OpenFault {
    fn from(fault: PaddingFault) -> Self {
        match fault {
            PaddingFault::Malformed => Self::Malformed,
            PaddingFault::Incompatible => Self::Incompatible,
            PaddingFault::TooLarge => Self::TooLarge,
        }
    }
}

/// Seals content into a signed record (module drawing).
///
/// Every record has a key of its own, bound to its whole header: resists swapping bodies between records, spaces or
/// people, and relabelling a kind. The salt is hedged: two clones with one generator never seal two texts under one key.
pub fn seal(
    keys: &EpochKeys,
    signer: &Signer,
    header: &Header,
    content: &[u8],
    entropy: [u8; 32],
) -> Result<VerifiedRecord, SealFault> {
    let plain =
        pad(content).filter(|plain| plain.len() + TAG_BYTES <= BODY_BYTES_MAX).ok_or(SealFault::TooLarge)?;
    let head = header.encode();
    let salt = hedged_salt(&keys.salt_key, &entropy, &[&head], &plain);
    let (key, commit) = record_key(keys, &head, &salt);

    let mut body = Vec::with_capacity(plain.len() + TAG_BYTES);
    body.extend_from_slice(&plain);
    key.seal(&aad(&head, &salt, &commit), &mut body, 0);
    finish(header, &salt, &commit, &body, signer).map_err(SealFault::Header)
}

/// Opens a record of this epoch.
///
/// The commitment is compared in constant time before anything is opened: resists a body made to open under two epochs'
/// keys (a salamander), one text for the laptop and another for the phone.
pub fn open(keys: &EpochKeys, record: &VerifiedRecord) -> Result<Opened, OpenFault> {
    open_within(keys, record, CONTENT_BYTES_MAX)
}

/// Opens a record whose content has at most `most` bytes, and never makes room for more: [`OpenFault::TooLarge`] says that it
/// has more. Whoever opens many at once bounds so what all of them take.
pub fn open_within(keys: &EpochKeys, record: &VerifiedRecord, most: usize) -> Result<Opened, OpenFault> {
    let body = record.body().ok_or(OpenFault::NoBody)?;
    let (head, salt) = (record.header().encode(), record.salt());
    let (key, commit) = record_key(keys, &head, &salt);
    if !bool::from(commit.ct_eq(&record.commit())) {
        return Err(OpenFault::WrongEpochOrAltered);
    }
    let plain = key.open(&aad(&head, &salt, &commit), body).ok_or(OpenFault::WrongEpochOrAltered)?;
    Ok(Opened::new(unpad(&plain, most.min(CONTENT_BYTES_MAX))?))
}

fn record_key(keys: &EpochKeys, head: &[u8; HEADER_BYTES], salt: &[u8; SALT_BYTES]) -> (OneUseKey, [u8; 32]) {
    let both = hkdf::<64>(keys.key.as_ref(), salt, &[labels::RECORD.as_bytes(), head]);
    (OneUseKey::new(secret(both.as_ref())), first(&both[32..]))
}

fn aad(head: &[u8; HEADER_BYTES], salt: &[u8; SALT_BYTES], commit: &[u8; 32]) -> Vec<u8> {
    let parts: [&[u8]; 3] = [head, salt, commit];
    parts.concat()
}
