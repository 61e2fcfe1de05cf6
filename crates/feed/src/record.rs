//! Records: what a feed is made of. A [`Record`] has been parsed, a [`VerifiedRecord`] has been checked against the key
//! of its feed, and only the second gives out its body.
//!
//! ```text
//!  0          128     144       176          208          272
//!  | header   | salt  | commit  | body hash  | signature  | body …            |
//!  | 128      | 16    | 32      | 32         | 64         | ≥ 272, or absent  |
//!  |<------------ hashed into the id ------->|
//! ```
//! Without its body a record is a *husk*: it still verifies, and the chain still stands.

mod header;

use bytes::Bytes;
use thiserror::Error;

use crate::digest::{Digest, body_hash, digest, label};
use crate::ids::{Position, RecordId};
use crate::keys::{BadSignature, FeedKeys, SignKey, Signature, Signer};
use crate::limits::{BODY_BYTES_MIN, RECORD_BYTES_MAX};
use crate::version::Incompatible;

pub use header::{HEADER_LEN, Header, RecordKind, SUITE};

/// Bytes of a stored record before its body, and so the length of a husk.
pub const PREFIX_LEN: usize = SIGNATURE_AT + Signature::LEN;

/// The largest body a record can carry.
pub const BODY_BYTES_MAX: usize = RECORD_BYTES_MAX - PREFIX_LEN;

const SALT_AT: usize = HEADER_LEN;
const COMMIT_AT: usize = SALT_AT + 16;
const BODY_HASH_AT: usize = COMMIT_AT + 32;
const SIGNATURE_AT: usize = BODY_HASH_AT + 32;

/// Bytes that are no record, or a record this build must not touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum RecordFault {
    /// The bytes do not have the shape of a record.
    #[error("malformed record: {0}")]
    Malformed(&'static str),
    /// Made by a newer version: keep the bytes, apply nothing.
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
    /// The body is not the one whose hash the record holds.
    #[error("the body of the record was altered")]
    BodyAltered,
    /// The record is larger than [`RECORD_BYTES_MAX`].
    #[error("a record of {0} bytes")]
    TooLarge(usize),
}

/// A record that did not pass the check against the keys of its feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyFault {
    /// The keys belong to another feed.
    #[error("the record belongs to another feed")]
    OtherFeed,
    /// The signature is not one by the feed's key over the record's id.
    #[error(transparent)]
    BadSignature(#[from] BadSignature),
}

/// A record as it came: parsed, its body compared with its hash, its author **not** verified.
///
/// It holds the received bytes themselves. A record sliced out of a received frame keeps the frame alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    bytes: Bytes,
    header: Header,
    id: RecordId,
}

/// A record whose signature was verified with the keys of its feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRecord(Record);

impl Record {
    /// Parses a stored record, with or without its body.
    ///
    /// Strict: there is one encoding of every record, and the id is computed from the received bytes.
    pub fn parse(bytes: impl Into<Bytes>) -> Result<Self, RecordFault> {
        let bytes = bytes.into();
        if bytes.len() > RECORD_BYTES_MAX {
            return Err(RecordFault::TooLarge(bytes.len()));
        }
        let (prefix, body) = bytes.split_at_checked(PREFIX_LEN).ok_or(RecordFault::Malformed("length"))?;
        let header = Header::decode(&prefix[..HEADER_LEN])?;
        check_body(body, &prefix[BODY_HASH_AT..SIGNATURE_AT])?;
        let id = id_of(&prefix[..SIGNATURE_AT]);
        Ok(Self { bytes, header, id })
    }

    /// Returns its header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Returns its id: SHA-256("haven/1/record" || header || salt || commit || body hash).
    pub fn id(&self) -> RecordId {
        self.id
    }

    /// Returns its place in its feed.
    pub fn position(&self) -> Position {
        Position { seq: self.header.seq, id: self.id }
    }

    /// Says whether its body is absent.
    pub fn is_husk(&self) -> bool {
        self.bytes.len() == PREFIX_LEN
    }

    /// Returns the received bytes, for storing and forwarding.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Verifies it with the keys of its feed.
    ///
    /// Whether that feed may write is for the roster to say: see [`crate::chain`].
    pub fn verify(&self, keys: &FeedKeys) -> Result<VerifiedRecord, VerifyFault> {
        if keys.id() != self.header.feed {
            return Err(VerifyFault::OtherFeed);
        }
        Ok(self.verify_by(&keys.sign)?)
    }

    /// Verifies it with the signing key of its feed, which the caller has looked up by the feed's id.
    ///
    /// sig = Ed25519(feed key, id). Resists forged, altered, relabelled and swapped records: everything a record says is
    /// in the id.
    pub(crate) fn verify_by(&self, key: &SignKey) -> Result<VerifiedRecord, BadSignature> {
        let signature = Signature::from_bytes(self.field(SIGNATURE_AT));
        key.verify(&Digest::from_bytes(*self.id.as_bytes()), &signature)?;
        Ok(VerifiedRecord(self.clone()))
    }

    fn field<const N: usize>(&self, at: usize) -> [u8; N] {
        std::array::from_fn(|i| self.bytes[at + i])
    }
}

impl VerifiedRecord {
    /// Returns its header.
    pub fn header(&self) -> &Header {
        &self.0.header
    }

    /// Returns its id.
    pub fn id(&self) -> RecordId {
        self.0.id
    }

    /// Returns its place in its feed.
    pub fn position(&self) -> Position {
        self.0.position()
    }

    /// Returns the salt its key is derived with.
    pub fn salt(&self) -> [u8; 16] {
        self.0.field(SALT_AT)
    }

    /// Returns the commitment to its key, which is compared before opening.
    pub fn commit(&self) -> [u8; 32] {
        self.0.field(COMMIT_AT)
    }

    /// Returns the sealed body; a husk has none.
    pub fn body(&self) -> Option<&[u8]> {
        let body = &self.0.bytes[PREFIX_LEN..];
        (!body.is_empty()).then_some(body)
    }

    /// Says whether its body is absent.
    pub fn is_husk(&self) -> bool {
        self.0.is_husk()
    }

    /// Returns the stored bytes.
    pub fn bytes(&self) -> &Bytes {
        &self.0.bytes
    }

    /// Returns the same with a copy of its own of the bytes: to be kept for longer than the frame that it was sliced out of.
    #[must_use]
    pub fn copied(&self) -> Self {
        Self(Record { bytes: Bytes::copy_from_slice(&self.0.bytes), ..self.0.clone() })
    }

    /// Drops the body. The husk has the same id, and a copy of its own of the bytes that stay.
    pub fn to_husk(&self) -> Self {
        let prefix = Bytes::copy_from_slice(&self.0.bytes[..PREFIX_LEN]);
        Self(Record { bytes: prefix, ..self.0.clone() })
    }

    /// Returns the record as if it had just arrived.
    pub fn as_record(&self) -> &Record {
        &self.0
    }
}

/// Finishes a record whose body has been sealed: hashes, signs and lays it out. It is verified because it was just signed.
///
/// `header.feed` is the feed whose key signs. Fails when the header contradicts itself or the body does not fit.
pub fn finish(
    header: &Header,
    salt: &[u8; 16],
    commit: &[u8; 32],
    body: &[u8],
    signer: &Signer,
) -> Result<VerifiedRecord, RecordFault> {
    header.check()?;
    let body_hash = body_hash(body);
    let mut bytes = Vec::with_capacity(PREFIX_LEN + body.len());
    bytes.extend_from_slice(&header.encode());
    bytes.extend_from_slice(salt);
    bytes.extend_from_slice(commit);
    bytes.extend_from_slice(body_hash.as_bytes());
    let id = id_of(&bytes);
    bytes.extend_from_slice(signer.sign(&Digest::from_bytes(*id.as_bytes())).as_bytes());
    bytes.extend_from_slice(body);
    check_body_len(body.len())?;
    Ok(VerifiedRecord(Record { bytes: bytes.into(), header: *header, id }))
}

fn id_of(hashed: &[u8]) -> RecordId {
    digest(label::RECORD, &[hashed]).into()
}

fn check_body(body: &[u8], expected: &[u8]) -> Result<(), RecordFault> {
    if body.is_empty() {
        return Ok(());
    }
    check_body_len(body.len())?;
    if body_hash(body).as_bytes() == expected { Ok(()) } else { Err(RecordFault::BodyAltered) }
}

fn check_body_len(len: usize) -> Result<(), RecordFault> {
    match len {
        0..BODY_BYTES_MIN => Err(RecordFault::Malformed("body length")),
        BODY_BYTES_MIN..=BODY_BYTES_MAX => Ok(()),
        _ => Err(RecordFault::TooLarge(PREFIX_LEN + len)),
    }
}
