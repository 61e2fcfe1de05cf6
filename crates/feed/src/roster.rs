//! Rosters: who belongs to a space, as a signed hash chain that a server can order but not write.
//!
//! A [`Roster`] is what a chain of links amounts to. Every link in it was verified: its author was valid at that position
//! and allowed to do it, every added key consented, and every epoch is wrapped to exactly the members that remain.

pub mod body;
pub mod consent;
pub mod epoch;
pub mod link;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;

use crate::ids::{EpochId, FeedId, LinkHash, MemberId, PaperId, PartyId, Position, RosterHead, SpaceId};
use crate::keys::{FeedKeys, KemKey, SignKey};

pub use body::SpaceKind;
pub use epoch::{Wrap, WrapContext};
pub use link::{Author, Link, LinkFault};

/// A feed of a space, present or removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its public keys.
    pub keys: FeedKeys,
    /// Its name, sealed under the epoch in which it was added.
    pub sealed_name: Vec<u8>,
    /// The link that added it.
    pub added_seq: u64,
    /// Its removal, if it was removed.
    pub removed: Option<Removal>,
    /// The party it belongs to; none in a vault.
    pub party: Option<PartyId>,
}

/// How a feed was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// The link that removed it.
    pub seq: u64,
    /// Who made that link.
    pub by: MemberId,
    /// The newest record of it that the author of that link held. Everything up to it stands; what comes later must be
    /// covered by somebody who remains.
    pub head: Option<Position>,
}

/// A party of a shared space.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    /// Its public keys.
    pub keys: FeedKeys,
    /// The id that it was added with, which its name is sealed to: it outlives the keys that it had then.
    pub first: PartyId,
    /// The link that added it.
    pub added_seq: u64,
    /// Its name, sealed under the epoch in which it was added. The owner has none.
    pub sealed_name: Option<Vec<u8>>,
}

/// The paper device of a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its id.
    pub id: PaperId,
    /// Its public keys.
    pub keys: FeedKeys,
}

/// A paper or a party that is none any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Former {
    /// What it was.
    pub role: consent::Role,
    /// The key it signed with, to know it again.
    pub sign: SignKey,
    /// The link that removed it; none if its keys were replaced.
    pub removed: Option<u64>,
    /// The link it ended with, either way.
    pub ended: u64,
}

/// One epoch: a root that every member of its time could unwrap. A later member reads it through the epoch after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Epoch {
    /// Names the root; checked after unwrapping.
    pub id: EpochId,
    /// The link it began with.
    pub start_seq: u64,
    /// Who made that link.
    pub author: MemberId,
    /// The root of the epoch before it, sealed under this one; none in epoch 0.
    pub sealed_previous: Option<Vec<u8>>,
}

/// Who holds the keys that outlive devices: the paper of a vault, the parties of a shared space.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Standing {
    Paper(Paper),
    Parties { owner: PartyId, parties: BTreeMap<PartyId, Party> },
}

/// The verified state of a space's roster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Roster {
    space: SpaceId,
    seed: [u8; 32],
    hashes: Vec<LinkHash>,
    feeds: BTreeMap<FeedId, Member>,
    standing: Standing,
    epochs: Vec<Epoch>,
    /// The present epoch's root for each member, and the link before the one that carried it.
    wraps: BTreeMap<MemberId, (Wrap, LinkHash)>,
    /// The bytes of all links, and of those that each party made.
    bytes: usize,
    party_bytes: BTreeMap<PartyId, usize>,
    parties_ever: usize,
    /// Papers and parties that are no longer valid, to tell them from strangers.
    gone: BTreeMap<MemberId, Former>,
    /// What names every public key that was ever in the roster, in any role.
    used_keys: BTreeSet<[u8; 32]>,
    used_epochs: BTreeSet<EpochId>,
}

impl Roster {
    /// Begins a roster with the bytes of its genesis link.
    pub fn genesis(bytes: impl Into<Bytes>) -> Result<Self, LinkFault> {
        rules::begin(&Link::parse(bytes)?)
    }

    /// Rebuilds a roster from all its links, genesis first. Fails at the first link that does not hold.
    pub fn replay<'a>(links: impl IntoIterator<Item = &'a Link>) -> Result<Self, LinkFault> {
        let mut links = links.into_iter();
        let genesis = links.next().ok_or(LinkFault::Malformed("no genesis"))?;
        let mut roster = rules::begin(genesis)?;
        links.try_for_each(|link| roster.append(link))?;
        Ok(roster)
    }

    /// Appends a link, or fails and stays as it was.
    pub fn append(&mut self, link: &Link) -> Result<(), LinkFault> {
        rules::check(self, link)?;
        rules::apply(self, link);
        Ok(())
    }

    /// Returns the space.
    pub fn space(&self) -> SpaceId {
        self.space
    }

    /// Says whether it is a vault or shared.
    pub fn kind(&self) -> SpaceKind {
        match self.standing {
            Standing::Paper(_) => SpaceKind::Vault,
            Standing::Parties { .. } => SpaceKind::Shared,
        }
    }

    /// Returns its newest link.
    pub fn head(&self) -> RosterHead {
        let hash = *self.hashes.last().expect("a roster begins with genesis");
        RosterHead { seq: self.hashes.len() as u64 - 1, hash }
    }

    /// Returns the hash of a link.
    pub fn hash_at(&self, seq: u64) -> Option<LinkHash> {
        usize::try_from(seq).ok().and_then(|index| self.hashes.get(index)).copied()
    }

    /// Returns a feed, present or removed.
    pub fn feed(&self, feed: &FeedId) -> Option<&Member> {
        self.feeds.get(feed)
    }

    /// Lists every feed, removed ones included.
    pub fn feeds(&self) -> impl Iterator<Item = (FeedId, &Member)> {
        self.feeds.iter().map(|(id, member)| (*id, member))
    }

    /// Lists the feeds that are valid now.
    pub fn current_feeds(&self) -> impl Iterator<Item = (FeedId, &Member)> {
        self.feeds().filter(|(_, member)| member.removed.is_none())
    }

    /// Says whether a feed is valid now.
    pub fn is_current(&self, feed: &FeedId) -> bool {
        self.feed(feed).is_some_and(|member| member.removed.is_none())
    }

    /// Says whether a feed was valid right after the link `seq`.
    pub fn valid_at(&self, feed: &FeedId, seq: u64) -> bool {
        let valid = |member: &Member| {
            let removed_yet = member.removed.is_some_and(|removal| removal.seq <= seq);
            member.added_seq <= seq && !removed_yet
        };
        self.feed(feed).is_some_and(valid)
    }

    /// Says whether a link is signed by somebody who was a member where it stands, whatever comes of it there: nobody else can make it
    /// look as if there were two rosters.
    pub fn knows_signer(&self, link: &Link) -> bool {
        rules::knows_signer(self, link)
    }

    /// Returns the paper of a vault.
    pub fn paper(&self) -> Option<&Paper> {
        match &self.standing {
            Standing::Paper(paper) => Some(paper),
            Standing::Parties { .. } => None,
        }
    }

    /// Lists every paper the vault has or had; none in a shared space.
    pub fn papers(&self) -> impl Iterator<Item = PaperId> {
        let former = self.gone.iter().filter(|(_, former)| former.role == consent::Role::Paper);
        let former = former.map(|(id, _)| PaperId::from_bytes(*id.as_bytes()));
        former.chain(self.paper().map(|paper| paper.id))
    }

    /// Returns a paper or a party that is none any more.
    pub fn former(&self, member: &MemberId) -> Option<&Former> {
        self.gone.get(member)
    }

    /// Returns the newest link that removed a feed or a party; none if no link did.
    pub fn last_removal(&self) -> Option<u64> {
        let feeds = self.feeds.values().filter_map(|member| Some(member.removed?.seq));
        feeds.chain(self.gone.values().filter_map(|former| former.removed)).max()
    }

    /// Returns the owner of a shared space.
    pub fn owner(&self) -> Option<PartyId> {
        match &self.standing {
            Standing::Paper(_) => None,
            Standing::Parties { owner, .. } => Some(*owner),
        }
    }

    /// Returns a party that is valid now.
    pub fn party(&self, party: &PartyId) -> Option<&Party> {
        self.parties().find_map(|(id, found)| (id == *party).then_some(found))
    }

    /// Lists the parties that are valid now; none in a vault.
    pub fn parties(&self) -> impl Iterator<Item = (PartyId, &Party)> {
        let parties = match &self.standing {
            Standing::Paper(_) => None,
            Standing::Parties { parties, .. } => Some(parties),
        };
        parties.into_iter().flatten().map(|(id, party)| (*id, party))
    }

    /// Returns the present epoch.
    pub fn epoch(&self) -> u32 {
        u32::try_from(self.epochs.len() - 1).expect("there are fewer epochs than links")
    }

    /// Returns an epoch.
    pub fn epoch_block(&self, epoch: u32) -> Option<&Epoch> {
        self.epochs.get(usize::try_from(epoch).ok()?)
    }

    /// Returns the epoch that was present right after the link `seq`; none beyond the head.
    pub fn epoch_at(&self, seq: u64) -> Option<u32> {
        self.hash_at(seq)?;
        let begun = self.epochs.partition_point(|epoch| epoch.start_seq <= seq);
        u32::try_from(begun).ok()?.checked_sub(1)
    }

    /// Returns the wrap of the present epoch's root for a member, and what it is bound to.
    ///
    /// Wraps of earlier epochs are not kept in memory: whoever opens the newest reads back through the previous roots.
    pub fn wrap_for(&self, recipient: MemberId) -> Option<(&Wrap, WrapContext)> {
        let (wrap, prev) = self.wraps.get(&recipient)?;
        let in_genesis = *prev == LinkHash::ZERO;
        let space = if in_genesis { SpaceId::from_bytes(self.seed) } else { self.space };
        Some((wrap, WrapContext { space, epoch: self.epoch(), recipient, prev: *prev }))
    }

    /// Lists whom the epoch of a change by `author` is wrapped to: the feeds that are left, and the paper or the parties, with
    /// their new keys if it replaces them. The wraps of the change are not looked at.
    ///
    /// Fails when the author is no member.
    pub fn recipients(
        &self,
        author: &MemberId,
        change: &body::Change,
    ) -> Result<BTreeMap<MemberId, KemKey>, LinkFault> {
        rules::recipients(self, author, change)
    }

    /// Says how many bytes its links have.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Lists every member there is now, with its keys: the feeds, and the paper or the parties.
    fn members(&self) -> impl Iterator<Item = (MemberId, &FeedKeys)> {
        let feeds = self.current_feeds().map(|(id, member)| (id.into(), &member.keys));
        let paper = self.paper().map(|paper| (paper.id.into(), &paper.keys));
        let parties = self.parties().map(|(id, party)| (id.into(), &party.keys));
        feeds.chain(paper).chain(parties)
    }
}
