//! The rules of rosters: what may follow what. Chain order decides everything; nothing is valid "ever", only here.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{AddFeed, AddParty, Body, Change, Founding, Genesis, SpaceKind};
use super::consent::{self, Role, Terms};
use super::epoch::{EpochBlock, Wrap, Wraps};
use super::link::{Link, LinkFault};
use super::{Epoch, Former, Member, Paper, Party, Removal, Roster, Standing};
use crate::ids::{FeedId, LinkHash, MemberId, PartyId, SpaceId};
use crate::keys::{FeedKeys, SignKey, Signature};
use crate::limits::{
    FEEDS_EVER_FOR_STANDING, FEEDS_EVER_MAX, FEEDS_FOR_STANDING, FEEDS_MAX, PARTIES_EVER_MAX, PARTIES_MAX,
    PARTY_BYTES_MAX, PARTY_FEEDS_EVER_FOR_STANDING, PARTY_FEEDS_EVER_MAX, PARTY_FEEDS_MAX,
    ROSTER_BYTES_FOR_REMOVAL, ROSTER_BYTES_FOR_STANDING, ROSTER_BYTES_MAX,
};

/// In which capacity somebody made a link.
#[derive(Clone, Copy)]
enum Capacity {
    Feed { party: Option<PartyId> },
    Paper,
    Party(PartyId),
}

/// Verifies a genesis link and makes the roster it begins.
pub(super) fn begin(link: &Link) -> Result<Roster, LinkFault> {
    let Body::Genesis(Genesis { founding, feed_consent, standing_consent }) = link.body() else {
        return Err(LinkFault::Malformed("no genesis"));
    };
    let feed = founding.feed.id();
    if link.author() != feed.into() {
        return Err(LinkFault::UnknownAuthor);
    }
    link.verify_by(&founding.feed.sign).map_err(|_| LinkFault::BadSignature)?;
    check_consent(&founding.feed_terms(), &founding.feed, feed_consent)?;
    check_consent(&founding.standing_terms(), &founding.standing, standing_consent)?;
    let names = [&founding.feed, &founding.standing].map(key_names).concat();
    let used_keys: BTreeSet<_> = names.iter().copied().collect();
    if used_keys.len() != names.len() {
        return Err(LinkFault::KeyReused);
    }
    let standing = standing_of(founding);
    if standing.ids().any(|id| id == feed.into()) {
        return Err(LinkFault::IdTaken);
    }
    let bytes = link.bytes().len();
    let roster = Roster {
        space: SpaceId::from_bytes(*link.hash().as_bytes()),
        seed: founding.seed,
        hashes: vec![link.hash()],
        feeds: BTreeMap::from([(feed, first_member(founding))]),
        party_bytes: standing.owner().map(|owner| (owner, bytes)).into_iter().collect(),
        parties_ever: standing.ids().count(),
        standing,
        epochs: vec![Epoch {
            id: founding.epoch_id,
            start_seq: 0,
            author: feed.into(),
            sealed_previous: None,
        }],
        wraps: placed(&founding.wraps, LinkHash::ZERO),
        bytes,
        gone: BTreeMap::new(),
        used_keys,
        used_epochs: BTreeSet::from([founding.epoch_id]),
    };
    let members = roster.members().map(|(id, _)| id).collect();
    check_wraps(&members, &founding.wraps)?;
    Ok(roster)
}

/// Checks a link against everything before it.
pub(super) fn check(roster: &Roster, link: &Link) -> Result<(), LinkFault> {
    check_place(roster, link)?;
    let (capacity, key) = author(roster, &link.author())?;
    link.verify_by(&key).map_err(|_| LinkFault::BadSignature)?;
    if !permits(roster, capacity, link) {
        return Err(LinkFault::NotAllowed);
    }
    check_room(roster, capacity, link)?;
    match link.body() {
        Body::Genesis(_) => Err(LinkFault::NotAllowed),
        Body::AddFeed(body) => check_add_feed(roster, capacity, link.prev(), body),
        Body::AddParty(body) => check_add_party(roster, body),
        Body::Change(body) => check_change(roster, capacity, link, body),
    }
}

/// Applies a link that was checked.
pub(super) fn apply(roster: &mut Roster, link: &Link) {
    let party = author(roster, &link.author()).ok().and_then(|(capacity, _)| capacity.party());
    roster.bytes += link.bytes().len();
    if let Some(party) = party {
        *roster.party_bytes.entry(party).or_default() += link.bytes().len();
    }
    match link.body() {
        Body::Genesis(_) => {}
        Body::AddFeed(body) => {
            let feed = body.keys.id();
            roster.feeds.insert(feed, member(body, link.seq()));
            admit(roster, &body.keys, feed.into(), &body.wrap, link.prev());
        }
        Body::AddParty(body) => {
            let id = body.keys.party_id();
            let (keys, sealed_name) = (body.keys.clone(), Some(body.sealed_name.clone()));
            let party = Party { keys, first: id, added_seq: link.seq(), sealed_name };
            if let Standing::Parties { parties, .. } = &mut roster.standing {
                parties.insert(id, party);
            }
            roster.parties_ever += 1;
            admit(roster, &body.keys, id.into(), &body.wrap, link.prev());
        }
        Body::Change(body) => {
            for (feed, head) in &body.removed {
                if let Some(member) = roster.feeds.get_mut(feed) {
                    member.removed = Some(Removal { seq: link.seq(), by: link.author(), head: *head });
                }
            }
            if let Some(party) = body.party {
                remove_party(roster, party, link.seq());
            }
            if let Some(replaced) = &body.replaced {
                replace(roster, party, &replaced.keys, link.seq());
            }
            begin_epoch(roster, &body.epoch, link);
        }
    }
    roster.hashes.push(link.hash());
}

/// Lists whom the epoch of a change by `author` is wrapped to.
pub(super) fn recipients(
    roster: &Roster,
    author_id: &MemberId,
    change: &Change,
) -> Result<BTreeMap<MemberId, crate::keys::KemKey>, LinkFault> {
    let (capacity, _) = author(roster, author_id)?;
    Ok(members_after(roster, capacity, change).map(|(id, keys)| (id, keys.kem.clone())).collect())
}

impl Capacity {
    fn party(self) -> Option<PartyId> {
        match self {
            Self::Feed { party } => party,
            Self::Paper => None,
            Self::Party(party) => Some(party),
        }
    }

    /// How much of a room this author leaves: what is kept for the standing keys is left by feeds.
    fn leaves(self, kept: usize) -> usize {
        match self {
            Self::Feed { .. } => kept,
            Self::Paper | Self::Party(_) => 0,
        }
    }
}

impl Standing {
    fn ids(&self) -> impl Iterator<Item = MemberId> {
        let (paper, parties) = match self {
            Self::Paper(paper) => (Some(paper.id.into()), None),
            Self::Parties { parties, .. } => (None, Some(parties)),
        };
        paper.into_iter().chain(parties.into_iter().flatten().map(|(id, _)| (*id).into()))
    }

    fn owner(&self) -> Option<PartyId> {
        match self {
            Self::Paper(_) => None,
            Self::Parties { owner, .. } => Some(*owner),
        }
    }
}

fn check_place(roster: &Roster, link: &Link) -> Result<(), LinkFault> {
    let head = roster.head();
    if link.space() != roster.space {
        return Err(LinkFault::OtherSpace);
    }
    if link.seq() != head.seq + 1 {
        return Err(LinkFault::NotNext { expected: head.seq + 1, found: link.seq() });
    }
    if link.prev() == head.hash { Ok(()) } else { Err(LinkFault::Forked) }
}

/// Finds the author among those who are valid now, which is where the link stands.
fn author(roster: &Roster, id: &MemberId) -> Result<(Capacity, SignKey), LinkFault> {
    if let Some(member) = roster.feed(&FeedId::from_bytes(*id.as_bytes())) {
        let capacity = Capacity::Feed { party: member.party };
        return if member.removed.is_none() {
            Ok((capacity, member.keys.sign))
        } else {
            Err(LinkFault::AuthorRemoved)
        };
    }
    if let Some(paper) = roster.paper().filter(|paper| *id == paper.id.into()) {
        return Ok((Capacity::Paper, paper.keys.sign));
    }
    let party = PartyId::from_bytes(*id.as_bytes());
    if let Some(found) = roster.party(&party) {
        return Ok((Capacity::Party(party), found.keys.sign));
    }
    Err(if roster.gone.contains_key(id) { LinkFault::AuthorRemoved } else { LinkFault::UnknownAuthor })
}

/// Says whether somebody signed a link who was a member where it stands. A paper or party that is one now is taken to have been one:
/// its keys are in the same hands.
pub(super) fn knows_signer(roster: &Roster, link: &Link) -> bool {
    let (id, Some(before)) = (link.author(), link.seq().checked_sub(1)) else { return false };
    let feed = FeedId::from_bytes(*id.as_bytes());
    let key = match (roster.feed(&feed), roster.former(&id)) {
        (Some(member), _) if roster.valid_at(&feed, before) => Some(member.keys.sign),
        (Some(_), _) => None,
        (None, Some(former)) => (link.seq() <= former.ended).then_some(former.sign),
        (None, None) => author(roster, &id).ok().map(|(_, key)| key),
    };
    link.space() == roster.space && key.is_some_and(|key| link.verify_by(&key).is_ok())
}

/// Says who may do what.
///
/// In a vault every feed and the paper may do everything, but nobody removes itself. In a shared space each party minds its
/// own feeds and keys, and only the owner's feeds mind the parties.
fn permits(roster: &Roster, capacity: Capacity, link: &Link) -> bool {
    let owner = roster.owner();
    let own = capacity.party();
    let minds_parties = matches!(capacity, Capacity::Feed { .. }) && own.is_some() && own == owner;
    match link.body() {
        Body::Genesis(_) => false,
        Body::AddFeed(body) => body.party == own,
        Body::AddParty(_) => minds_parties,
        Body::Change(body) => {
            let minds = |feed: &FeedId| {
                let of = roster.feed(feed).map(|member| member.party);
                of.is_none_or(|of| of == own || (of.is_some() && of == body.party))
            };
            let is_self = |feed: &FeedId| MemberId::from(*feed) == link.author();
            let goes = body.party.is_none_or(|party| minds_parties && Some(party) != owner);
            goes && body.removed.keys().all(|feed| minds(feed) && !is_self(feed))
        }
    }
}

/// Sees to it that there is room for the bytes of a link: in a vault in the whole roster, in a shared space in what its party makes.
///
/// Resists a stolen device that fills the roster: removals have room that nothing else takes, and so have the standing keys.
fn check_room(roster: &Roster, capacity: Capacity, link: &Link) -> Result<(), LinkFault> {
    let (held, max) = match capacity.party() {
        None => (roster.bytes, ROSTER_BYTES_MAX),
        Some(party) => (roster.party_bytes.get(&party).copied().unwrap_or(0), PARTY_BYTES_MAX),
    };
    let removes =
        matches!(link.body(), Body::Change(body) if !body.removed.is_empty() || body.party.is_some());
    let kept_for_removal = if removes { 0 } else { ROSTER_BYTES_FOR_REMOVAL };
    let kept = capacity.leaves(ROSTER_BYTES_FOR_STANDING + kept_for_removal);
    if held + link.bytes().len() <= max - kept { Ok(()) } else { Err(LinkFault::RosterFull) }
}

fn check_add_feed(
    roster: &Roster,
    capacity: Capacity,
    after: LinkHash,
    body: &AddFeed,
) -> Result<(), LinkFault> {
    let (at_once, ever, ever_kept) = match roster.kind() {
        SpaceKind::Vault => (FEEDS_MAX, FEEDS_EVER_MAX, FEEDS_EVER_FOR_STANDING),
        SpaceKind::Shared => (PARTY_FEEDS_MAX, PARTY_FEEDS_EVER_MAX, PARTY_FEEDS_EVER_FOR_STANDING),
    };
    let at_once = at_once - capacity.leaves(FEEDS_FOR_STANDING);
    let ever = ever - capacity.leaves(ever_kept);
    let own = || roster.feeds.values().filter(|member| member.party == body.party);
    if own().filter(|member| member.removed.is_none()).count() >= at_once || own().count() >= ever {
        return Err(LinkFault::TooManyMembers);
    }
    let terms = Terms::at(Role::Feed, roster.space, after, body.party);
    check_new(roster, &terms, &body.keys, body.keys.id().into(), &body.consent)
}

fn check_add_party(roster: &Roster, body: &AddParty) -> Result<(), LinkFault> {
    if roster.parties().count() >= PARTIES_MAX || roster.parties_ever >= PARTIES_EVER_MAX {
        return Err(LinkFault::TooManyMembers);
    }
    if !roster.hashes.contains(&body.after) {
        return Err(LinkFault::BadConsent);
    }
    let terms = Terms::at(Role::Party, roster.space, body.after, None);
    check_new(roster, &terms, &body.keys, body.keys.party_id().into(), &body.consent)
}

fn check_change(roster: &Roster, capacity: Capacity, link: &Link, body: &Change) -> Result<(), LinkFault> {
    if !body.removed.keys().all(|feed| roster.is_current(feed)) {
        return Err(LinkFault::UnknownMember);
    }
    if let Some(party) = body.party {
        if roster.party(&party).is_none() {
            return Err(LinkFault::UnknownMember);
        }
        let mut its_feeds = roster.current_feeds().filter(|(_, member)| member.party == Some(party));
        if !its_feeds.all(|(feed, _)| body.removed.contains_key(&feed)) {
            return Err(LinkFault::FeedsLeft);
        }
    }
    if roster.current_feeds().count() <= body.removed.len() {
        return Err(LinkFault::LastFeed);
    }
    if let Some(replaced) = &body.replaced {
        let (role, id) = match roster.kind() {
            SpaceKind::Vault => (Role::Paper, replaced.keys.paper_id().into()),
            SpaceKind::Shared => (Role::Party, replaced.keys.party_id().into()),
        };
        let terms = Terms::at(role, roster.space, link.prev(), capacity.party());
        check_new(roster, &terms, &replaced.keys, id, &replaced.consent)?;
    }
    check_epoch(roster, &body.epoch)?;
    let members = members_after(roster, capacity, body).map(|(id, _)| id).collect();
    check_wraps(&members, &body.epoch.wraps)
}

/// Checks somebody who is to be added: keys never seen here, an id of its own, consent.
fn check_new(
    roster: &Roster,
    terms: &Terms,
    keys: &FeedKeys,
    id: MemberId,
    consent: &Signature,
) -> Result<(), LinkFault> {
    let new = key_names(keys);
    if new[0] == new[1] || new.iter().any(|key| roster.used_keys.contains(key)) {
        return Err(LinkFault::KeyReused);
    }
    let is_feed = roster.feeds.contains_key(&FeedId::from_bytes(*id.as_bytes()));
    if is_feed || roster.standing.ids().any(|taken| taken == id) || roster.gone.contains_key(&id) {
        return Err(LinkFault::IdTaken);
    }
    check_consent(terms, keys, consent)
}

fn check_consent(terms: &Terms, keys: &FeedKeys, consent: &Signature) -> Result<(), LinkFault> {
    consent::verify(terms, keys, consent).map_err(|_| LinkFault::BadConsent)
}

fn check_epoch(roster: &Roster, block: &EpochBlock) -> Result<(), LinkFault> {
    let expected = roster.epoch() + 1;
    if block.epoch != expected {
        return Err(LinkFault::EpochNotNext { expected, found: block.epoch });
    }
    if roster.used_epochs.contains(&block.id) { Err(LinkFault::EpochReused) } else { Ok(()) }
}

fn check_wraps(members: &BTreeSet<MemberId>, wraps: &Wraps) -> Result<(), LinkFault> {
    if members.iter().eq(wraps.keys()) { Ok(()) } else { Err(LinkFault::WrapsUnfit) }
}

/// Who is a member after a change: the feeds, and the paper or the parties.
fn members_after<'a>(
    roster: &'a Roster,
    capacity: Capacity,
    change: &'a Change,
) -> impl Iterator<Item = (MemberId, &'a FeedKeys)> {
    let replaced = change.replaced.as_ref().map(|replaced| &replaced.keys);
    let old = replaced.and_then(|_| match capacity.party() {
        Some(party) => Some(MemberId::from(party)),
        None => roster.paper().map(|paper| paper.id.into()),
    });
    let new = replaced.map(|keys| match roster.kind() {
        SpaceKind::Vault => (keys.paper_id().into(), keys),
        SpaceKind::Shared => (keys.party_id().into(), keys),
    });
    let leaves = move |id: &MemberId| {
        change.removed.contains_key(&FeedId::from_bytes(*id.as_bytes()))
            || change.party.is_some_and(|party| *id == party.into())
            || Some(*id) == old
    };
    roster.members().filter(move |(id, _)| !leaves(id)).chain(new)
}

/// What names a pair of keys, so that no half of it is used again.
fn key_names(keys: &FeedKeys) -> [[u8; 32]; 3] {
    [*keys.sign.as_bytes(), keys.kem.x25519(), keys.kem.ml_kem_name()]
}

fn standing_of(founding: &Founding) -> Standing {
    let keys = founding.standing.clone();
    match founding.kind {
        SpaceKind::Vault => Standing::Paper(Paper { id: keys.paper_id(), keys }),
        SpaceKind::Shared => {
            let owner = keys.party_id();
            let party = Party { keys, first: owner, added_seq: 0, sealed_name: None };
            Standing::Parties { owner, parties: BTreeMap::from([(owner, party)]) }
        }
    }
}

fn first_member(founding: &Founding) -> Member {
    let party = match founding.kind {
        SpaceKind::Vault => None,
        SpaceKind::Shared => Some(founding.standing.party_id()),
    };
    Member {
        keys: founding.feed.clone(),
        sealed_name: founding.sealed_name.clone(),
        added_seq: 0,
        removed: None,
        party,
    }
}

fn member(body: &AddFeed, seq: u64) -> Member {
    Member {
        keys: body.keys.clone(),
        sealed_name: body.sealed_name.clone(),
        added_seq: seq,
        removed: None,
        party: body.party,
    }
}

fn placed(wraps: &Wraps, prev: LinkHash) -> BTreeMap<MemberId, (Wrap, LinkHash)> {
    wraps.iter().map(|(id, wrap)| (*id, (wrap.clone(), prev))).collect()
}

fn admit(roster: &mut Roster, keys: &FeedKeys, id: MemberId, wrap: &Wrap, prev: LinkHash) {
    roster.used_keys.extend(key_names(keys));
    roster.wraps.insert(id, (wrap.clone(), prev));
}

fn remove_party(roster: &mut Roster, party: PartyId, seq: u64) {
    let Standing::Parties { parties, .. } = &mut roster.standing else { return };
    if let Some(gone) = parties.remove(&party) {
        let former = Former { role: Role::Party, sign: gone.keys.sign, removed: Some(seq), ended: seq };
        roster.gone.insert(party.into(), former);
    }
}

/// Puts new keys in the place of the paper's, or of a party's; the feeds of that party follow.
fn replace(roster: &mut Roster, party: Option<PartyId>, keys: &FeedKeys, seq: u64) {
    roster.used_keys.extend(key_names(keys));
    let new = keys.party_id();
    match (&mut roster.standing, party) {
        (Standing::Parties { owner, parties }, Some(old)) => {
            if let Some(before) = parties.remove(&old) {
                let former = Former { role: Role::Party, sign: before.keys.sign, removed: None, ended: seq };
                roster.gone.insert(old.into(), former);
                parties.insert(new, Party { keys: keys.clone(), ..before });
            }
            if *owner == old {
                *owner = new;
            }
            let its_feeds = roster.feeds.values_mut().filter(|member| member.party == Some(old));
            its_feeds.for_each(|member| member.party = Some(new));
            let bytes = roster.party_bytes.remove(&old).unwrap_or(0);
            roster.party_bytes.insert(new, bytes);
        }
        (Standing::Paper(paper), _) => {
            let former = Former { role: Role::Paper, sign: paper.keys.sign, removed: None, ended: seq };
            roster.gone.insert(paper.id.into(), former);
            *paper = Paper { id: keys.paper_id(), keys: keys.clone() };
        }
        // A party's link stands in a shared space alone, and a link without one in a vault.
        (Standing::Parties { .. }, None) => {}
    }
}

fn begin_epoch(roster: &mut Roster, block: &EpochBlock, link: &Link) {
    roster.used_epochs.insert(block.id);
    roster.wraps = placed(&block.wraps, link.prev());
    roster.epochs.push(Epoch {
        id: block.id,
        start_seq: link.seq(),
        author: link.author(),
        sealed_previous: Some(block.sealed_previous.clone()),
    });
}
