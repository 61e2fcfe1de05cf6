//! The rules of rosters: what may follow what. Chain order decides everything; nothing is valid "ever", only here.

use std::collections::{BTreeMap, BTreeSet};

use super::body::{AddFeed, Body, Genesis, RemoveFeed, RemoveParty, ReplacePaper, SpaceKind};
use super::consent::{self, Place};
use super::epoch::{EpochBlock, Wrap, Wraps};
use super::link::{Link, LinkFault};
use super::{Epoch, Member, Paper, Party, Removal, Roster, Standing};
use crate::ids::{FeedId, LinkHash, MemberId, PartyId, SpaceId};
use crate::keys::{FeedKeys, SignKey, Signature};
use crate::limits::{FEEDS_EVER_MAX, FEEDS_MAX, LINKS_FOR_REMOVAL, LINKS_MAX, PARTIES_MAX};

/// In which capacity somebody made a link.
#[derive(Clone, Copy)]
enum Role {
    Feed { party: Option<PartyId> },
    Paper,
    Party(PartyId),
}

/// Verifies a genesis link and makes the roster it begins.
pub(super) fn begin(link: &Link) -> Result<Roster, LinkFault> {
    let Body::Genesis(body) = link.body() else { return Err(LinkFault::Malformed("no genesis")) };
    let feed = body.feed.id();
    if link.author() != feed.into() {
        return Err(LinkFault::UnknownAuthor);
    }
    link.verify_by(&body.feed.sign).map_err(|_| LinkFault::BadSignature)?;
    let place = Place::genesis(body.seed);
    check_consent(&place, &body.feed, &body.feed_consent)?;
    check_consent(&place, &body.standing, &body.standing_consent)?;
    let keys = [&body.feed, &body.standing].map(key_bytes).concat();
    let used_keys: BTreeSet<_> = keys.iter().copied().collect();
    if used_keys.len() != keys.len() {
        return Err(LinkFault::KeyReused);
    }
    let standing = standing_of(body);
    if standing.ids().any(|id| id == feed.into()) {
        return Err(LinkFault::IdTaken);
    }
    let roster = Roster {
        space: SpaceId::from_bytes(*link.hash().as_bytes()),
        seed: body.seed,
        hashes: vec![link.hash()],
        feeds: BTreeMap::from([(feed, first_member(body))]),
        standing,
        epochs: vec![first_epoch(body)],
        gone: BTreeSet::new(),
        used_keys,
        used_epochs: BTreeSet::from([body.epoch_id]),
    };
    check_wraps(&roster, &body.wraps, &[])?;
    Ok(roster)
}

/// Checks a link against everything before it.
pub(super) fn check(roster: &Roster, link: &Link) -> Result<(), LinkFault> {
    check_place(roster, link)?;
    let (role, key) = author(roster, &link.author())?;
    link.verify_by(&key).map_err(|_| LinkFault::BadSignature)?;
    if !permits(roster, role, link.body()) {
        return Err(LinkFault::NotAllowed);
    }
    check_room(link)?;
    let place = Place { space: roster.space, prev: link.prev() };
    match link.body() {
        Body::Genesis(_) => Err(LinkFault::NotAllowed),
        Body::AddFeed(body) => check_add_feed(roster, &place, body),
        Body::RemoveFeed(body) => check_remove_feed(roster, body),
        Body::AddParty(body) => {
            if roster.parties().count() >= PARTIES_MAX {
                return Err(LinkFault::TooManyMembers);
            }
            check_new(roster, &place, &body.keys, body.keys.party_id().into(), &body.consent)
        }
        Body::RemoveParty(body) => check_remove_party(roster, body),
        Body::ReplacePaper(body) => {
            check_new(roster, &place, &body.keys, standing_id(roster, &body.keys), &body.consent)
        }
        Body::AdvanceEpoch(body) => check_epoch(roster, &body.epoch, &[]),
    }
}

/// Applies a link that was checked.
pub(super) fn apply(roster: &mut Roster, link: &Link) {
    match link.body() {
        Body::Genesis(_) => {}
        Body::AddFeed(body) => {
            let feed = body.keys.id();
            roster.feeds.insert(feed, member(body, link.seq()));
            admit_keys(roster, &body.keys, feed.into(), body.wrap, link.prev());
        }
        Body::RemoveFeed(body) => {
            remove(roster, body.feed, Removal { seq: link.seq(), head: body.head });
            begin_epoch(roster, &body.epoch, link);
        }
        Body::AddParty(body) => {
            let party = Party { keys: body.keys, sealed_name: Some(body.sealed_name.clone()) };
            let id = body.keys.party_id();
            if let Standing::Parties { parties, .. } = &mut roster.standing {
                parties.insert(id, party);
            }
            admit_keys(roster, &body.keys, id.into(), body.wrap, link.prev());
        }
        Body::RemoveParty(body) => {
            remove_party(roster, body.party, link.seq());
            begin_epoch(roster, &body.epoch, link);
        }
        Body::ReplacePaper(body) => {
            let party = author(roster, &link.author()).ok().and_then(|(role, _)| role.party());
            let id = match party {
                Some(party) => replace_party(roster, party, body),
                None => replace_paper(roster, body),
            };
            admit_keys(roster, &body.keys, id, body.wrap, link.prev());
        }
        Body::AdvanceEpoch(body) => begin_epoch(roster, &body.epoch, link),
    }
    roster.hashes.push(link.hash());
}

impl Role {
    fn party(self) -> Option<PartyId> {
        match self {
            Self::Feed { party } => party,
            Self::Paper => None,
            Self::Party(party) => Some(party),
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
fn author(roster: &Roster, id: &MemberId) -> Result<(Role, SignKey), LinkFault> {
    if let Some(member) = roster.feed(&FeedId::from_bytes(*id.as_bytes())) {
        let role = Role::Feed { party: member.party };
        return if member.removed.is_none() {
            Ok((role, member.keys.sign))
        } else {
            Err(LinkFault::AuthorRemoved)
        };
    }
    if let Some(paper) = roster.paper().filter(|paper| *id == paper.id.into()) {
        return Ok((Role::Paper, paper.keys.sign));
    }
    let party = PartyId::from_bytes(*id.as_bytes());
    if let Some(found) = roster.party(&party) {
        return Ok((Role::Party(party), found.keys.sign));
    }
    Err(if roster.gone.contains(id) { LinkFault::AuthorRemoved } else { LinkFault::UnknownAuthor })
}

/// Says who may do what.
///
/// In a vault every feed may do everything, the paper what a restore needs. In a shared space each party minds its own
/// feeds and keys, and only the owner's feeds mind the parties.
fn permits(roster: &Roster, role: Role, body: &Body) -> bool {
    let owner = roster.owner();
    let is_owner = |party: Option<PartyId>| owner.is_some() && party == owner;
    match (role, body) {
        (_, Body::Genesis(_)) => false,
        (_, Body::AddFeed(body)) => body.party == role.party(),
        (_, Body::RemoveFeed(body)) => {
            roster.feed(&body.feed).is_none_or(|member| member.party == role.party())
        }
        (_, Body::ReplacePaper(_)) => true,
        (Role::Feed { .. }, Body::AdvanceEpoch(_)) => true,
        (Role::Feed { party }, Body::AddParty(_)) => is_owner(party),
        (Role::Feed { party }, Body::RemoveParty(body)) => is_owner(party) && !is_owner(Some(body.party)),
        (Role::Paper | Role::Party(_), _) => false,
    }
}

fn check_room(link: &Link) -> Result<(), LinkFault> {
    let removes = matches!(link.body(), Body::RemoveFeed(_) | Body::RemoveParty(_));
    let max = if removes { LINKS_MAX } else { LINKS_MAX - LINKS_FOR_REMOVAL };
    if link.seq() < max { Ok(()) } else { Err(LinkFault::TooManyLinks) }
}

fn check_add_feed(roster: &Roster, place: &Place, body: &AddFeed) -> Result<(), LinkFault> {
    if roster.current_feeds().count() >= FEEDS_MAX || roster.feeds.len() >= FEEDS_EVER_MAX {
        return Err(LinkFault::TooManyMembers);
    }
    check_new(roster, place, &body.keys, body.keys.id().into(), &body.consent)
}

fn check_remove_feed(roster: &Roster, body: &RemoveFeed) -> Result<(), LinkFault> {
    if !roster.is_current(&body.feed) {
        return Err(LinkFault::UnknownMember);
    }
    if roster.current_feeds().count() == 1 {
        return Err(LinkFault::LastFeed);
    }
    check_epoch(roster, &body.epoch, &[body.feed.into()])
}

fn check_remove_party(roster: &Roster, body: &RemoveParty) -> Result<(), LinkFault> {
    if roster.party(&body.party).is_none() {
        return Err(LinkFault::UnknownMember);
    }
    check_epoch(roster, &body.epoch, &[body.party.into()])
}

/// Checks somebody who is to be added: keys never seen here, an id of its own, consent.
fn check_new(
    roster: &Roster,
    place: &Place,
    keys: &FeedKeys,
    id: MemberId,
    consent: &Signature,
) -> Result<(), LinkFault> {
    let new = key_bytes(keys);
    if new[0] == new[1] || new.iter().any(|key| roster.used_keys.contains(key)) {
        return Err(LinkFault::KeyReused);
    }
    let is_feed = roster.feeds.contains_key(&FeedId::from_bytes(*id.as_bytes()));
    if is_feed || roster.standing.ids().any(|taken| taken == id) || roster.gone.contains(&id) {
        return Err(LinkFault::IdTaken);
    }
    check_consent(place, keys, consent)
}

fn check_consent(place: &Place, keys: &FeedKeys, consent: &Signature) -> Result<(), LinkFault> {
    consent::verify(place, keys, consent).map_err(|_| LinkFault::BadConsent)
}

fn check_epoch(roster: &Roster, block: &EpochBlock, leaving: &[MemberId]) -> Result<(), LinkFault> {
    let expected = roster.epoch() + 1;
    if block.epoch != expected {
        return Err(LinkFault::EpochNotNext { expected, found: block.epoch });
    }
    if roster.used_epochs.contains(&block.id) {
        return Err(LinkFault::EpochReused);
    }
    check_wraps(roster, &block.wraps, leaving)
}

fn check_wraps(roster: &Roster, wraps: &Wraps, leaving: &[MemberId]) -> Result<(), LinkFault> {
    let fits = roster.recipients_without(leaving).keys().eq(wraps.keys());
    if fits { Ok(()) } else { Err(LinkFault::WrapsUnfit) }
}

fn key_bytes(keys: &FeedKeys) -> [[u8; 32]; 2] {
    [*keys.sign.as_bytes(), *keys.kem.as_bytes()]
}

fn standing_of(body: &Genesis) -> Standing {
    match body.kind {
        SpaceKind::Vault => Standing::Paper(Paper { id: body.standing.paper_id(), keys: body.standing }),
        SpaceKind::Shared => {
            let owner = body.standing.party_id();
            let party = Party { keys: body.standing, sealed_name: None };
            Standing::Parties { owner, parties: BTreeMap::from([(owner, party)]) }
        }
    }
}

fn standing_id(roster: &Roster, keys: &FeedKeys) -> MemberId {
    match roster.kind() {
        SpaceKind::Vault => keys.paper_id().into(),
        SpaceKind::Shared => keys.party_id().into(),
    }
}

fn first_member(body: &Genesis) -> Member {
    let party = match body.kind {
        SpaceKind::Vault => None,
        SpaceKind::Shared => Some(body.standing.party_id()),
    };
    Member { keys: body.feed, sealed_name: body.sealed_name.clone(), added_seq: 0, removed: None, party }
}

fn first_epoch(body: &Genesis) -> Epoch {
    let wraps = body.wraps.iter().map(|(id, wrap)| (*id, (*wrap, LinkHash::ZERO))).collect();
    Epoch { id: body.epoch_id, start_seq: 0, sealed_previous: None, wraps }
}

fn member(body: &AddFeed, seq: u64) -> Member {
    Member {
        keys: body.keys,
        sealed_name: body.sealed_name.clone(),
        added_seq: seq,
        removed: None,
        party: body.party,
    }
}

fn admit_keys(roster: &mut Roster, keys: &FeedKeys, id: MemberId, wrap: Wrap, prev: LinkHash) {
    roster.used_keys.extend(key_bytes(keys));
    let present = roster.epochs.last_mut().expect("a roster begins with an epoch");
    present.wraps.insert(id, (wrap, prev));
}

fn remove(roster: &mut Roster, feed: FeedId, removal: Removal) {
    if let Some(member) = roster.feeds.get_mut(&feed) {
        member.removed = Some(removal);
    }
}

fn remove_party(roster: &mut Roster, party: PartyId, seq: u64) {
    if let Standing::Parties { parties, .. } = &mut roster.standing {
        parties.remove(&party);
    }
    roster.gone.insert(party.into());
    let its_feeds = roster.feeds.values_mut().filter(|member| member.party == Some(party));
    for member in its_feeds.filter(|member| member.removed.is_none()) {
        member.removed = Some(Removal { seq, head: None });
    }
}

fn replace_paper(roster: &mut Roster, body: &ReplacePaper) -> MemberId {
    let paper = Paper { id: body.keys.paper_id(), keys: body.keys };
    roster.gone.extend(roster.standing.ids());
    roster.standing = Standing::Paper(paper);
    paper.id.into()
}

/// Puts new keys in the place of a party's; the feeds of that party follow.
fn replace_party(roster: &mut Roster, old: PartyId, body: &ReplacePaper) -> MemberId {
    let new = body.keys.party_id();
    if let Standing::Parties { owner, parties } = &mut roster.standing {
        let sealed_name = parties.remove(&old).and_then(|party| party.sealed_name);
        parties.insert(new, Party { keys: body.keys, sealed_name });
        if *owner == old {
            *owner = new;
        }
    }
    let its_feeds = roster.feeds.values_mut().filter(|member| member.party == Some(old));
    its_feeds.for_each(|member| member.party = Some(new));
    roster.gone.insert(old.into());
    new.into()
}

fn begin_epoch(roster: &mut Roster, block: &EpochBlock, link: &Link) {
    let wraps = block.wraps.iter().map(|(id, wrap)| (*id, (*wrap, link.prev()))).collect();
    roster.used_epochs.insert(block.id);
    roster.epochs.push(Epoch {
        id: block.id,
        start_seq: link.seq(),
        sealed_previous: Some(block.sealed_previous.clone()),
        wraps,
    });
}
