//! The bodies of links: what each kind says, as bytes and back.
//!
//! ```text
//!  1 genesis    founding | consent of the feed 64 | consent of the standing keys 64
//!  2 add feed   keys | name | party 8 (zero in a vault) | wrap | consent 64
//!  3 add party  keys | name | after 32 | wrap | consent 64
//!  4 change     count 2 | (feed 8 | head seq 8 | head id 32) … | party 8 (zero: none)
//!               | replaced 1 (0 or 1) | (keys | consent 64)? | epoch block
//!
//!  founding = space kind 1 | seed 32 | feed keys | name | standing keys | epoch id 32 | wraps
//!  keys     = suite 1 | sign 32 | kem 1216        name = length 2 | sealed bytes
//! ```
//! Feeds ascend; a head is zero when the feed wrote nothing. A party's consent may follow any earlier link, `after`: an
//! invitation lasts for days, and the roster moves meanwhile.

use std::collections::BTreeMap;

use super::consent::{self, Role, Terms};
use super::epoch::{EpochBlock, Wrap, Wraps, read_wraps, write_sized, write_wraps};
use super::link::LinkFault;
use crate::cursor::Cursor;
use crate::digest::{digest, label};
use crate::ids::{EpochId, FeedId, LinkHash, PartyId, Position, RecordId};
use crate::keys::{FeedKeys, Signature, Signer};
use crate::limits::{FEEDS_MAX, NAME_SEALED_MAX};
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
    /// Adds a party to a shared space.
    AddParty(AddParty),
    /// Removes, replaces standing keys and begins an epoch, all at once.
    Change(Change),
}

/// Everything that genesis sets, and its keys consent to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Founding {
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
}

/// Begins a space with its first feed and the keys that outlive devices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// What it sets.
    pub founding: Founding,
    /// The consent of the feed.
    pub feed_consent: Signature,
    /// The consent of the standing keys.
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
    /// Its consent, after the newest link.
    pub consent: Signature,
}

/// Adds a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddParty {
    /// Its keys.
    pub keys: FeedKeys,
    /// Its name, sealed under the present epoch.
    pub sealed_name: Vec<u8>,
    /// The link its consent follows: the newest when it was invited.
    pub after: LinkHash,
    /// The present epoch's root, wrapped to it.
    pub wrap: Wrap,
    /// Its consent.
    pub consent: Signature,
}

/// Removes feeds or a party, replaces standing keys, and begins an epoch: one link, so that there is no moment at which a key that
/// leaves could open the new root, or one that was lost could still add a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The feeds that leave, and the newest record of each that the author holds. Those of a party that leaves are among them.
    pub removed: BTreeMap<FeedId, Option<Position>>,
    /// The party that leaves.
    pub party: Option<PartyId>,
    /// New keys of the paper, or in a shared space of the author's own party.
    pub replaced: Option<Replaced>,
    /// The epoch that shuts out what left.
    pub epoch: EpochBlock,
}

/// New standing keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replaced {
    /// The new keys.
    pub keys: FeedKeys,
    /// Their consent, after the newest link.
    pub consent: Signature,
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

bodies!(1 => Genesis, 2 => AddFeed, 3 => AddParty, 4 => Change);

impl Founding {
    /// Computes what the keys of genesis consent to: SHA-256("haven/1/genesis" || founding).
    pub fn hash(&self) -> LinkHash {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        digest(label::GENESIS, &[&bytes]).into()
    }

    /// What the first feed consents to.
    pub fn feed_terms(&self) -> Terms {
        Terms::genesis(Role::Feed, self.hash())
    }

    /// What the standing keys consent to.
    pub fn standing_terms(&self) -> Terms {
        let role = match self.kind {
            SpaceKind::Vault => Role::Paper,
            SpaceKind::Shared => Role::Party,
        };
        Terms::genesis(role, self.hash())
    }

    /// Adds both consents.
    pub fn agreed(self, feed: &Signer, standing: &Signer) -> Genesis {
        let feed_consent = consent::sign(&self.feed_terms(), &self.feed, feed);
        let standing_consent = consent::sign(&self.standing_terms(), &self.standing, standing);
        Genesis { founding: self, feed_consent, standing_consent }
    }

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
        })
    }
}

impl Genesis {
    fn write(&self, out: &mut Vec<u8>) {
        self.founding.write(out);
        out.extend_from_slice(self.feed_consent.as_bytes());
        out.extend_from_slice(self.standing_consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            founding: Founding::read(cursor)?,
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
        self.wrap.write(out);
        out.extend_from_slice(self.consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            keys: read_keys(cursor)?,
            sealed_name: read_name(cursor)?,
            party: read_party(cursor)?,
            wrap: Wrap::read(cursor)?,
            consent: read_signature(cursor)?,
        })
    }
}

impl AddParty {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.keys.to_bytes());
        write_sized(&self.sealed_name, out);
        out.extend_from_slice(self.after.as_bytes());
        self.wrap.write(out);
        out.extend_from_slice(self.consent.as_bytes());
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        Ok(Self {
            keys: read_keys(cursor)?,
            sealed_name: read_name(cursor)?,
            after: LinkHash::from_bytes(cursor.array("after")?),
            wrap: Wrap::read(cursor)?,
            consent: read_signature(cursor)?,
        })
    }
}

impl Change {
    fn write(&self, out: &mut Vec<u8>) {
        let count = u16::try_from(self.removed.len()).unwrap_or(u16::MAX);
        out.extend_from_slice(&count.to_be_bytes());
        for (feed, head) in &self.removed {
            let head = head.unwrap_or(Position { seq: 0, id: RecordId::ZERO });
            out.extend_from_slice(feed.as_bytes());
            out.extend_from_slice(&head.seq.to_be_bytes());
            out.extend_from_slice(head.id.as_bytes());
        }
        out.extend_from_slice(self.party.unwrap_or(PartyId::ZERO).as_bytes());
        out.push(u8::from(self.replaced.is_some()));
        if let Some(replaced) = &self.replaced {
            out.extend_from_slice(&replaced.keys.to_bytes());
            out.extend_from_slice(replaced.consent.as_bytes());
        }
        self.epoch.write(out);
    }

    fn read(cursor: &mut Cursor<'_>) -> Result<Self, LinkFault> {
        let removed = read_removed(cursor)?;
        let party = read_party(cursor)?;
        let replaced = match cursor.u8("replaced")? {
            0 => None,
            1 => Some(Replaced { keys: read_keys(cursor)?, consent: read_signature(cursor)? }),
            _ => return Err(LinkFault::Malformed("replaced")),
        };
        Ok(Self { removed, party, replaced, epoch: EpochBlock::read(cursor)? })
    }
}

fn read_removed(cursor: &mut Cursor<'_>) -> Result<BTreeMap<FeedId, Option<Position>>, LinkFault> {
    let count = usize::from(cursor.u16("removed count")?);
    if count > FEEDS_MAX {
        return Err(LinkFault::Malformed("removed count"));
    }
    let mut removed = BTreeMap::new();
    for _ in 0..count {
        let feed = FeedId::from_bytes(cursor.array("feed")?);
        if removed.last_key_value().is_some_and(|(last, _)| *last >= feed) {
            return Err(LinkFault::Malformed("removed order"));
        }
        let head =
            Position { seq: cursor.u64("head seq")?, id: RecordId::from_bytes(cursor.array("head id")?) };
        if (head.seq == 0) != (head.id == RecordId::ZERO) {
            return Err(LinkFault::Malformed("head"));
        }
        removed.insert(feed, Some(head).filter(|head| head.seq != 0));
    }
    Ok(removed)
}

fn read_party(cursor: &mut Cursor<'_>) -> Result<Option<PartyId>, LinkFault> {
    let party = PartyId::from_bytes(cursor.array("party")?);
    Ok(Some(party).filter(|party| *party != PartyId::ZERO))
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
