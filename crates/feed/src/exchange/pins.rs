//! Pins: the highest a device has seen, kept for ever, so that nobody can lead it back.
//!
//! ```text
//!  | version 1 | present 1 | store 16 | roster seq 8 | roster hash 32 | served … | named … | link seq 8 | by 8 |
//!  present: bit 0 the store, bit 1 the roster; what is absent is zero. Bit 2 the link, which ends it: absent, it is not there
//! ```

use thiserror::Error;

use super::named::{Named, NamedLink};
use crate::cursor::{Cursor, Misread};
use crate::ids::{FeedId, LinkHash, RosterHead, StoreId, Vector, VectorFault};
use crate::version::{FORMAT, Incompatible, Part};

/// The highest a device has seen of one space at its server.
///
/// Only what the device holds itself is pinned as served: a server that claims what it does not have cannot set a mark
/// that an honest one would never reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// The server's store, once one was met or consented to.
    pub store: Option<StoreId>,
    /// The newest link of the roster the server was seen to have.
    pub roster: Option<RosterHead>,
    /// The newest position of each feed the server was seen to have.
    pub served: Vector,
    /// The newest position of each feed that an accepted record named.
    pub named: Named,
    /// The newest link that was named and is not here; only a member's signed record names one.
    pub link: Option<NamedLink>,
}

/// Bytes that are no pins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PinsFault {
    /// The bytes do not have the shape of pins.
    #[error("malformed pins: {0}")]
    Malformed(&'static str),
    /// Made by a newer version.
    #[error(transparent)]
    Incompatible(#[from] Incompatible),
    /// One of the vectors is none.
    #[error(transparent)]
    Vector(#[from] VectorFault),
}

impl From<Misread> for PinsFault {
    fn from(fault: Misread) -> Self {
        Self::Malformed(fault.0)
    }
}

const HAS_STORE: u8 = 1;
const HAS_ROSTER: u8 = 2;
const HAS_LINK: u8 = 4;

impl Pins {
    /// The pins of a device that was linked by another one (`by`), which passed on what it knows: a server that shows the new
    /// device less is caught at once.
    pub fn linked(store: Option<StoreId>, roster: RosterHead, known: &Vector, by: FeedId) -> Self {
        Self {
            store,
            roster: Some(roster),
            served: Vector::default(),
            named: Named::by(by, known),
            link: None,
        }
    }

    /// Hears of a link; one that is not newer changes nothing.
    pub(super) fn name_link(&mut self, named: NamedLink) {
        if self.link.is_none_or(|link| link.seq < named.seq) {
            self.link = Some(named);
        }
    }

    /// Encodes.
    pub fn encode(&self) -> Vec<u8> {
        let nothing = RosterHead { seq: 0, hash: LinkHash::ZERO };
        let roster = self.roster.unwrap_or(nothing);
        let present = if self.store.is_some() { HAS_STORE } else { 0 };
        let present = present | if self.roster.is_some() { HAS_ROSTER } else { 0 };
        let present = present | if self.link.is_some() { HAS_LINK } else { 0 };
        let mut out = vec![FORMAT, present];
        out.extend_from_slice(self.store.unwrap_or(StoreId::ZERO).as_bytes());
        out.extend_from_slice(&roster.seq.to_be_bytes());
        out.extend_from_slice(roster.hash.as_bytes());
        out.extend_from_slice(&self.served.encode());
        self.named.encode(&mut out);
        if let Some(link) = self.link {
            out.extend_from_slice(&link.seq.to_be_bytes());
            out.extend_from_slice(link.by.as_bytes());
        }
        out
    }

    /// Decodes exactly what [`Pins::encode`] makes and nothing else.
    pub fn decode(bytes: &[u8]) -> Result<Self, PinsFault> {
        let mut cursor = Cursor::new(bytes);
        Incompatible::unless_equal(Part::Version, cursor.u8("version")?, FORMAT)?;
        let present = cursor.u8("present")?;
        let store = StoreId::from_bytes(cursor.array("store")?);
        let roster =
            RosterHead { seq: cursor.u64("roster")?, hash: LinkHash::from_bytes(cursor.array("roster")?) };
        let read_link = |cursor: &mut Cursor<'_>| -> Result<NamedLink, PinsFault> {
            Ok(NamedLink { seq: cursor.u64("link")?, by: FeedId::from_bytes(cursor.array("witness")?) })
        };
        let pins = Self {
            store: (present & HAS_STORE != 0).then_some(store),
            roster: (present & HAS_ROSTER != 0).then_some(roster),
            served: Vector::read(&mut cursor)?,
            named: Named::read(&mut cursor)?,
            link: if present & HAS_LINK == 0 { None } else { Some(read_link(&mut cursor)?) },
        };
        cursor.end("trailing bytes")?;
        if pins.encode() == bytes { Ok(pins) } else { Err(PinsFault::Malformed("absent parts")) }
    }
}
