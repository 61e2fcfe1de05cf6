//! The bodies of links: what each kind says, as bytes and back.
//!
//! ```text
//!  1 genesis        space kind 1 | seed 32 | feed keys 64 | name | standing keys 64 | epoch id 32 | wraps
//!                   | consent of the feed 64 | consent of the standing keys 64
//!  2 add feed       keys 64 | name | party 8 (zero in a vault) | wrap 81 | consent 64
//!  3 remove feed    feed 8 | head seq 8 | head id 32 (both zero when it wrote nothing) | epoch block
//!  4 add party      keys 64 | name | wrap 81 | consent 64
//!  5 remove party   party 8 | epoch block
//!  6 replace paper  keys 64 | wrap 81 | consent 64
//!  7 advance epoch  epoch block
//!
//!  keys = sign 32 | kem 32        name = length 2 | sealed bytes
//! ```

use super::epoch::{EpochBlock, Wrap, Wraps, read_wraps, write_sized, write_wraps};
use super::link::LinkFault;
use crate::cursor::Cursor;
use crate::ids::{EpochId, FeedId, PartyId, Position, RecordId};
use crate::keys::{FeedKeys, Signature};
use crate::limits::NAME_SEALED_MAX;
use crate::version::{Incompatible, Part};

/// What a space is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpaceKind {
    /// One person's own journal.
    Vault,
    /// What one person shows another.
    Shared,
}

/// What a link does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// Begins a space.
    Genesis(Genesis),
    /// Adds a feed.
    AddFeed(AddFeed),
    /// Removes a feed and begins an epoch.
    RemoveFeed(RemoveFeed),
    /// Adds a party to a shared space.
    AddParty(AddParty),
    /// Removes a party with its feeds from a shared space and begins an epoch.
    RemoveParty(RemoveParty),
    /// Replaces the paper of a vault, or in a shared space the keys of the author's own party.
    ReplacePaper(ReplacePaper),
    /// Begins an epoch.
    AdvanceEpoch(AdvanceEpoch),
}

/// Begins a space with its first feed and the keys that outlive devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// What the space is for.
    pub kind: SpaceKind,
    /// Random bytes that stand for the space while it has no name.
    pub seed: [u8; 32],
    /// The keys of the first feed, which is the author.
    pub feed: FeedKeys,
    /// The sealed name of the first feed.
    pub sealed_name: Vec<u8>,
    /// The keys of the paper in a vault, of the owner's party in a shared space.
    pub standing: FeedKeys,
    /// Names the root of epoch 0.
    pub epoch_id: EpochId,
    /// The root of epoch 0, wrapped to the feed and to the standing keys.
    pub wraps: Wraps,
    /// The consent of the feed, at [`super::consent::Place::genesis`].
    pub feed_consent: Signature,
    /// The consent of the standing keys, at the same place.
    pub standing_consent: Signature,
}

/// Adds a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddFeed {
    /// Its keys.
    pub keys: FeedKeys,
    /// Its name, sealed under the present epoch.
    pub sealed_name: Vec<u8>,
    /// The party it belongs to; none in a vault.
    pub party: Option<PartyId>,
    /// The present epoch's root, wrapped to it.
    pub wrap: Wrap,
    /// Its consent.
    pub consent: Signature,
}

/// Removes a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveFeed {
    /// The feed.
    pub feed: FeedId,
    /// The newest record of it that the author holds.
    pub head: Option<Position>,
    /// The epoch that shuts it out.
    pub epoch: EpochBlock,
}

/// Adds a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddParty {
    /// Its keys.
    pub keys: FeedKeys,
    /// Its name, sealed under the present epoch.
    pub sealed_name: Vec<u8>,
    /// The present epoch's root, wrapped to it.
    pub wrap: Wrap,
    /// Its consent.
    pub consent: Signature,
}

/// Removes a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoveParty {
    /// The party.
    pub party: PartyId,
    /// The epoch that shuts it out.
    pub epoch: EpochBlock,
}

/// Replaces the paper, or the keys of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplacePaper {
    /// The new keys.
    pub keys: FeedKeys,
    /// The present epoch's root, wrapped to them.
    pub wrap: Wrap,
    /// The consent of the new keys.
    pub consent: Signature,
}

/// Begins an epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdvanceEpoch {
    /// The epoch.
    pub epoch: EpochBlock,
}

macro_rules! bodies {
    ($($kind:literal => $name:ident),*) => {
        impl Body {
            pub(super) fn kind(&self) -> u8 {
                match self { $(Self::$name(_) => $kind),* }
            }

            pub(super) fn write(&self, out: &mut Vec<u8>) {
                match self { $(Self::$name(body) => body.write(out)),* }
            }

            pub(super) fn read(kind: u8, cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
                match kind {
                    $($kind => $name::read(cursor).map(Self::$name),)*
                    0 => Err(LinkFault::Malformed("kind")),
                    found => Err(Incompatible { part: Part::LinkKind, found: u32::from(found) }.into()),
                }
            }
        }

        $(impl From<$name> for Body {
            fn from(body: $name) -> Self {
                Self::$name(body)
            }
        })*
    };
}

bodies!(
    1 => Genesis, 2 => AddFeed, 3 => RemoveFeed, 4 => AddParty, 5 => RemoveParty, 6 => ReplacePaper, 7 => AdvanceEpoch
);

impl Genesis {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(match self.kind {
            SpaceKind::Vault => 1,
            SpaceKind::Shared => 2,
        });
        out.extend_from_slice(&self.seed);
        out.extend_from_slice(&self.feed.to_bytes());
        write_sized(&self.sealed_name, out);
        out.extend_from_slice(&self.standing.to_bytes());
        out.extend_from_slice(self.epoch_id.as_bytes());
        write_wraps(&self.wraps, out);
        out.extend_from_slice(self.feed_consent.as_bytes());
        out.extend_from_slice(self.standing_consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            kind: read_space_kind(cursor)?,
            seed: cursor.array("seed")?,
            feed: read_keys(cursor)?,
            sealed_name: read_name(cursor)?,
            standing: read_keys(cursor)?,
            epoch_id: EpochId::from_bytes(cursor.array("epoch id")?),
            wraps: read_wraps(cursor)?,
            feed_consent: read_signature(cursor)?,
            standing_consent: read_signature(cursor)?,
        })
    }
}

impl AddFeed {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.keys.to_bytes());
        write_sized(&self.sealed_name, out);
        out.extend_from_slice(self.party.unwrap_or(PartyId::ZERO).as_bytes());
        out.extend_from_slice(self.wrap.as_bytes());
        out.extend_from_slice(self.consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            keys: read_keys(cursor)?,
            sealed_name: read_name(cursor)?,
            party: Some(PartyId::from_bytes(cursor.array("party")?)).filter(|party| *party != PartyId::ZERO),
            wrap: Wrap::read(cursor)?,
            consent: read_signature(cursor)?,
        })
    }
}

impl RemoveFeed {
    fn write(&self, out: &mut Vec<u8>) {
        let head = self.head.unwrap_or(Position { seq: 0, id: RecordId::ZERO });
        out.extend_from_slice(self.feed.as_bytes());
        out.extend_from_slice(&head.seq.to_be_bytes());
        out.extend_from_slice(head.id.as_bytes());
        self.epoch.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        let feed = FeedId::from_bytes(cursor.array("feed")?);
        let head =
            Position { seq: cursor.u64("head seq")?, id: RecordId::from_bytes(cursor.array("head id")?) };
        if (head.seq == 0) != (head.id == RecordId::ZERO) {
            return Err(LinkFault::Malformed("head"));
        }
        let head = Some(head).filter(|head| head.seq != 0);
        Ok(Self { feed, head, epoch: EpochBlock::read(cursor)? })
    }
}

impl AddParty {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.keys.to_bytes());
        write_sized(&self.sealed_name, out);
        out.extend_from_slice(self.wrap.as_bytes());
        out.extend_from_slice(self.consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            keys: read_keys(cursor)?,
            sealed_name: read_name(cursor)?,
            wrap: Wrap::read(cursor)?,
            consent: read_signature(cursor)?,
        })
    }
}

impl RemoveParty {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.party.as_bytes());
        self.epoch.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self { party: PartyId::from_bytes(cursor.array("party")?), epoch: EpochBlock::read(cursor)? })
    }
}

impl ReplacePaper {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.keys.to_bytes());
        out.extend_from_slice(self.wrap.as_bytes());
        out.extend_from_slice(self.consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self { keys: read_keys(cursor)?, wrap: Wrap::read(cursor)?, consent: read_signature(cursor)? })
    }
}

impl AdvanceEpoch {
    fn write(&self, out: &mut Vec<u8>) {
        self.epoch.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self { epoch: EpochBlock::read(cursor)? })
    }
}

fn read_space_kind(cursor: &mut Cursor<'_>) -> Result<SpaceKind, LinkFault> {
    match cursor.u8("space kind")? {
        0 => Err(LinkFault::Malformed("space kind")),
        1 => Ok(SpaceKind::Vault),
        2 => Ok(SpaceKind::Shared),
        found => Err(Incompatible { part: Part::SpaceKind, found: u32::from(found) }.into()),
    }
}

fn read_keys(cursor: &mut Cursor<'_>) -> Result<FeedKeys, LinkFault> {
    Ok(FeedKeys::from_bytes(&cursor.array("keys")?)?)
}

fn read_name(cursor: &mut Cursor<'_>) -> Result<Vec<u8>, LinkFault> {
    Ok(cursor.sized(NAME_SEALED_MAX, "name")?.to_vec())
}

fn read_signature(cursor: &mut Cursor<'_>) -> Result<Signature, LinkFault> {
    Ok(Signature::from_bytes(cursor.array("consent")?))
}
