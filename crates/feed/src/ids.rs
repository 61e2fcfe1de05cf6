//! Ids, positions and version vectors: how everything in a space is named.

mod vector;

use std::fmt;

use thiserror::Error;

use crate::digest::Digest;

pub use vector::{Vector, VectorFault};

/// Bytes that were meant to be an id but have another length.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an id of {expected} bytes was given as {found}")]
pub struct WrongLength {
    /// The length of such an id, in bytes.
    pub expected: usize,
    /// The length that was given, in bytes.
    pub found: usize,
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Its length in bytes.
            pub const LEN: usize = $len;

            /// All zeros: where a format has to say "none".
            pub const ZERO: Self = Self([0; $len]);

            /// Names what these bytes name.
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// Returns its bytes.
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = WrongLength;

            fn try_from(bytes: &[u8]) -> Result<Self, WrongLength> {
                let exact = bytes.try_into().map_err(|_| WrongLength { expected: $len, found: bytes.len() })?;
                Ok(Self(exact))
            }
        }

        impl AsRef<[u8]> for $name {
            fn as_ref(&self) -> &[u8] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "("))?;
                self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str(")")
            }
        }
    };
}

id!(
    /// Names a space: the hash of its genesis link.
    SpaceId, 32
);
id!(
    /// Names a feed, one device's records in one space: the hash of its keys.
    FeedId, 8
);
id!(
    /// Names a party of a shared space: the hash of its keys.
    PartyId, 8
);
id!(
    /// Names the paper device of a vault: the hash of its keys.
    PaperId, 8
);
id!(
    /// Names whoever may author a link or receive a wrap: a feed, a party or the paper.
    MemberId, 8
);
id!(
    /// Names a record: the hash of everything in it but its signature.
    RecordId, 32
);
id!(
    /// The hash of a roster's link, everything in it but the author's signature.
    LinkHash, 32
);
id!(
    /// Names an epoch root, derived from it, so that an unwrapped root can be checked.
    EpochId, 32
);
id!(
    /// Names one life of a server's store: a wiped or replaced store has another.
    StoreId, 16
);
id!(
    /// Random bytes a server makes for one login.
    Nonce, 32
);

macro_rules! member {
    ($($name:ident),*) => {$(
        impl From<$name> for MemberId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )*};
}

member!(FeedId, PartyId, PaperId);

impl From<Digest> for RecordId {
    fn from(digest: Digest) -> Self {
        Self(*digest.as_bytes())
    }
}

impl From<Digest> for LinkHash {
    fn from(digest: Digest) -> Self {
        Self(*digest.as_bytes())
    }
}

/// A place in a feed: which record, and that it is this record and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The record's number in its feed; the first is 1.
    pub seq: u64,
    /// The record's id.
    pub id: RecordId,
}

/// A place in a roster: which link, and that it is this link and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterHead {
    /// The link's number; genesis is 0.
    pub seq: u64,
    /// The link's hash.
    pub hash: LinkHash,
}
