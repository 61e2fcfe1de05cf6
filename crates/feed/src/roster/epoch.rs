//! Epoch blocks and wraps: how a new root reaches every member, as bytes that only `crypto` can make or open.
//!
//! ```text
//!  block = epoch 4 | epoch id 32 | length 2 | sealed previous root … | wraps
//!  wraps = count 2 | (recipient 8 | wrap) …     recipients in ascending order
//!  wrap  = suite 1 (= 1) | length 2 (= 1168) | enc 1120 | ciphertext 48
//! ```

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::link::LinkFault;
use crate::cursor::Cursor;
use crate::ids::{EpochId, LinkHash, MemberId, SpaceId};
use crate::keys::{ENC_LEN, check_enc};
use crate::limits::{FEEDS_MAX, PARTIES_MAX, ROOT_SEALED_MAX};
use crate::version::{Incompatible, Part};

/// The one suite of wraps: HPKE base mode, X-Wing, HKDF-SHA256, ChaCha20-Poly1305.
pub const WRAP_SUITE: u8 = 1;

/// An epoch root encrypted to one member (module drawing). Cloning shares the bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrap(Arc<[u8; Wrap::SEALED]>);

/// What a wrap is bound to; all of it goes into the info of its encryption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrapContext {
    /// The space; in a genesis link its seed stands here.
    pub space: SpaceId,
    /// The epoch whose root is wrapped.
    pub epoch: u32,
    /// Whom it is for.
    pub recipient: MemberId,
    /// The link before the one that carries the wrap, zero for genesis.
    pub prev: LinkHash,
}

/// The wraps of a link, by recipient.
pub type Wraps = BTreeMap<MemberId, Wrap>;

/// A new epoch, as it stands in a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochBlock {
    /// The number of the epoch: one more than the one before.
    pub epoch: u32,
    /// Names its root.
    pub id: EpochId,
    /// The root of the epoch before, sealed under this one, at most [`ROOT_SEALED_MAX`] bytes.
    pub sealed_previous: Vec<u8>,
    /// The root wrapped to every member after this link.
    pub wraps: Wraps,
}

impl Wrap {
    /// The length of what is inside a wrap of suite 1: enc 1120 | ciphertext 32 | tag 16.
    pub const SEALED: usize = ENC_LEN + 48;

    /// Its length in bytes when written out.
    pub const LEN: usize = 3 + Self::SEALED;

    /// Takes enc | ciphertext | tag.
    pub fn from_sealed(sealed: [u8; Self::SEALED]) -> Self {
        Self(Arc::new(sealed))
    }

    /// Returns enc | ciphertext | tag.
    pub fn sealed(&self) -> &[u8; Self::SEALED] {
        &self.0
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.push(WRAP_SUITE);
        out.extend_from_slice(&(Self::SEALED as u16).to_be_bytes());
        out.extend_from_slice(&*self.0);
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Incompatible::unless_equal(Part::Suite, cursor.u8("wrap")?, WRAP_SUITE)?;
        if usize::from(cursor.u16("wrap length")?) != Self::SEALED {
            return Err(LinkFault::Malformed("wrap length"));
        }
        let sealed: [u8; Self::SEALED] = cursor.array("wrap")?;
        check_enc(&std::array::from_fn(|i| sealed[i]))?;
        Ok(Self::from_sealed(sealed))
    }
}

impl fmt::Debug for Wrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wrap")
    }
}

impl EpochBlock {
    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.epoch.to_be_bytes());
        out.extend_from_slice(self.id.as_bytes());
        write_sized(&self.sealed_previous, out);
        write_wraps(&self.wraps, out);
    }

    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            epoch: cursor.u32("epoch")?,
            id: EpochId::from_bytes(cursor.array("epoch id")?),
            sealed_previous: cursor.sized(ROOT_SEALED_MAX, "sealed previous root")?.to_vec(),
            wraps: read_wraps(cursor)?,
        })
    }
}

/// Writes length 2 | bytes. What a builder was given too long is refused when the link is checked, not cut.
pub(super) fn write_sized(bytes: &[u8], out: &mut Vec<u8>) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(bytes);
}

pub(super) fn write_wraps(wraps: &Wraps, out: &mut Vec<u8>) {
    let count = u16::try_from(wraps.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&count.to_be_bytes());
    for (recipient, wrap) in wraps {
        out.extend_from_slice(recipient.as_bytes());
        wrap.write(out);
    }
}

pub(super) fn read_wraps(cursor: &mut Cursor<'_>) -> Result<Wraps, LinkFault> {
    let count = usize::from(cursor.u16("wrap count")?);
    if count > FEEDS_MAX + PARTIES_MAX {
        return Err(LinkFault::Malformed("wrap count"));
    }
    let mut wraps = Wraps::new();
    for _ in 0..count {
        let recipient = MemberId::from_bytes(cursor.array("recipient")?);
        if wraps.last_key_value().is_some_and(|(last, _)| *last >= recipient) {
            return Err(LinkFault::Malformed("wrap order"));
        }
        wraps.insert(recipient, Wrap::read(cursor)?);
    }
    Ok(wraps)
}
