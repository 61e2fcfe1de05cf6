//! The header of a record: all that a server can read of it.
//!
//! ```text
//!  0        1      2      3     4      36    44   52     56          64           96    128
//!  | version | suite | flags | kind | space | feed | seq | epoch | roster seq | roster hash | prev |
//!  | 1       | 1     | 1     | 1    | 32    | 8    | 8   | 4     | 8          | 32          | 32   |
//! ```

use super::RecordFault;
use crate::cursor::{Cursor, Misread};
use crate::ids::{FeedId, LinkHash, RecordId, RosterHead, SpaceId};
use crate::version::{FORMAT, Incompatible, Part};

/// Bytes of a header.
pub const HEADER_LEN: usize = 128;

/// The one suite: HKDF-SHA256 with commitment, ChaCha20-Poly1305, Ed25519.
pub const SUITE: u8 = 1;

/// What a record is for. Everything else about it is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// Changes.
    Data,
    /// A sign of life with a full version vector.
    Heartbeat,
    /// A kind this build does not know. It is verified, stored and forwarded like any other and never applied.
    Other(u8),
}

/// The header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What the record is for.
    pub kind: RecordKind,
    /// The space it belongs to.
    pub space: SpaceId,
    /// The feed it belongs to.
    pub feed: FeedId,
    /// Its number in its feed, from 1.
    pub seq: u64,
    /// The epoch whose key sealed the body.
    pub epoch: u32,
    /// The newest link of the roster its author knew.
    pub roster: RosterHead,
    /// The id of the feed's previous record, zero in the first.
    pub prev: RecordId,
}

impl From<RecordKind> for u8 {
    fn from(kind: RecordKind) -> Self {
        match kind {
            RecordKind::Data => 1,
            RecordKind::Heartbeat => 2,
            RecordKind::Other(byte) => byte,
        }
    }
}

impl From<u8> for RecordKind {
    fn from(byte: u8) -> Self {
        match byte {
            1 => Self::Data,
            2 => Self::Heartbeat,
            other => Self::Other(other),
        }
    }
}

impl From<Misread> for RecordFault {
    fn from(fault: Misread) -> Self {
        Self::Malformed(fault.0)
    }
}

impl Header {
    /// Writes its 128 bytes.
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        let mut out = [0; HEADER_LEN];
        out[..4].copy_from_slice(&[FORMAT, SUITE, 0, self.kind.into()]);
        out[4..36].copy_from_slice(self.space.as_bytes());
        out[36..44].copy_from_slice(self.feed.as_bytes());
        out[44..52].copy_from_slice(&self.seq.to_be_bytes());
        out[52..56].copy_from_slice(&self.epoch.to_be_bytes());
        out[56..64].copy_from_slice(&self.roster.seq.to_be_bytes());
        out[64..96].copy_from_slice(self.roster.hash.as_bytes());
        out[96..].copy_from_slice(self.prev.as_bytes());
        out
    }

    /// Reads exactly what [`Header::encode`] writes and nothing else.
    ///
    /// Version, suite and flags come first: whatever follows an unknown one is not judged.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordFault> {
        let mut cursor = Cursor::new(bytes);
        Incompatible::unless_equal(Part::Version, cursor.u8("version")?, FORMAT)?;
        Incompatible::unless_equal(Part::Suite, cursor.u8("suite")?, SUITE)?;
        Incompatible::unless_equal(Part::Flags, cursor.u8("flags")?, 0)?;
        let header = Self {
            kind: cursor.u8("kind")?.into(),
            space: SpaceId::from_bytes(cursor.array("space")?),
            feed: FeedId::from_bytes(cursor.array("feed")?),
            seq: cursor.u64("seq")?,
            epoch: cursor.u32("epoch")?,
            roster: RosterHead {
                seq: cursor.u64("roster seq")?,
                hash: LinkHash::from_bytes(cursor.array("roster hash")?),
            },
            prev: RecordId::from_bytes(cursor.array("prev")?),
        };
        cursor.end("header length")?;
        header.check()?;
        Ok(header)
    }

    /// Checks what a header must not contradict: seqs begin at 1, and only the first record has no predecessor.
    pub(super) fn check(&self) -> Result<(), RecordFault> {
        if u8::from(self.kind) == 0 {
            return Err(RecordFault::Malformed("kind"));
        }
        let is_first = self.prev == RecordId::ZERO;
        let consistent = self.seq != 0 && is_first == (self.seq == 1);
        if consistent { Ok(()) } else { Err(RecordFault::Malformed("seq")) }
    }
}
