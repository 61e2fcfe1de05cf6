//! A small world to attack: people with keys, spaces with rosters, feeds with records. Everything follows from numbers.

use std::collections::BTreeMap;

use haven_feed::chain::{Tip, Tips};
use haven_feed::digest::digest;
use haven_feed::exchange::HeldRecord;
use haven_feed::keys::{FeedKeys, KemKey, Signer};
use haven_feed::record::{self, Header, Record, RecordKind, VerifiedRecord};
use haven_feed::roster::body::{AddFeed, AddParty, Body, Change, Founding, Genesis, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{self, Author, Link, LinkFault};
use haven_feed::roster::{Roster, Wrap};
use haven_feed::{EpochId, FeedId, MemberId, PartyId, Position, RecordId};

/// Somebody with keys: a feed, a paper or a party, as the test likes.
pub(crate) struct Keyed {
    pub(crate) signer: Signer,
    pub(crate) keys: FeedKeys,
}

impl Keyed {
    pub(crate) fn new(number: u64) -> Self {
        let seed = digest("haven/1/test seed", &[&number.to_be_bytes()]);
        let signer = Signer::from_seed(seed.as_bytes());
        let keys = FeedKeys { sign: signer.key(), kem: kem(number) };
        Self { signer, keys }
    }

    pub(crate) fn feed(&self) -> FeedId {
        self.keys.id()
    }

    pub(crate) fn as_feed(&self) -> Author<'_> {
        Author { id: self.keys.id().into(), signer: &self.signer }
    }

    pub(crate) fn as_paper(&self) -> Author<'_> {
        Author { id: self.keys.paper_id().into(), signer: &self.signer }
    }

    pub(crate) fn as_party(&self) -> Author<'_> {
        Author { id: self.keys.party_id().into(), signer: &self.signer }
    }
}

/// A public key that receives, both halves and ρ of its own; nobody holds its secret.
pub(crate) fn kem(number: u64) -> KemKey {
    let half = |label| *digest(label, &[&number.to_be_bytes()]).as_bytes();
    let mut bytes = [0; KemKey::LEN];
    bytes[KemKey::LEN - 64..KemKey::LEN - 32].copy_from_slice(&half("haven/1/test rho"));
    bytes[KemKey::LEN - 32..].copy_from_slice(&half("haven/1/test kem"));
    bytes[KemKey::LEN - 1] &= 0x3f;
    KemKey::from_bytes(&bytes).unwrap()
}

pub(crate) fn wrap(number: u8) -> Wrap {
    Wrap::from_sealed([number & 0x7f | 2; Wrap::SEALED])
}

pub(crate) fn wraps_for(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(id.as_bytes()[0]))).collect()
}

pub(crate) fn epoch_id(number: u32) -> EpochId {
    EpochId::from_bytes(*digest("haven/1/test epoch", &[&number.to_be_bytes()]).as_bytes())
}

/// Fills in the epoch of a change by this author.
pub(crate) fn with_epoch(roster: &Roster, author: MemberId, change: Change) -> Change {
    let wraps = wraps_for(roster.recipients(&author, &change).unwrap().into_keys());
    Change { epoch: EpochBlock { wraps, ..change.epoch }, ..change }
}

fn bare(roster: &Roster) -> Change {
    let epoch = roster.epoch() + 1;
    let epoch = EpochBlock { epoch, id: epoch_id(epoch), sealed_previous: vec![7; 65], wraps: Wraps::new() };
    Change { removed: BTreeMap::new(), party: None, replaced: None, epoch }
}

/// A space in the making: its roster and the links it consists of.
#[derive(Clone)]
pub(crate) struct Space {
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
}

pub(crate) fn founding(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Founding {
    let standing_id: MemberId = match kind {
        SpaceKind::Vault => standing.keys.paper_id().into(),
        SpaceKind::Shared => standing.keys.party_id().into(),
    };
    Founding {
        kind,
        seed: [9; 32],
        feed: first.keys.clone(),
        sealed_name: vec![1; 160],
        standing: standing.keys.clone(),
        epoch_id: epoch_id(0),
        wraps: wraps_for([first.feed().into(), standing_id]),
    }
}

pub(crate) fn genesis_body(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Genesis {
    founding(kind, first, standing).agreed(&first.signer, &standing.signer)
}

impl Space {
    pub(crate) fn vault(first: &Keyed, paper: &Keyed) -> Self {
        Self::begin(SpaceKind::Vault, first, paper)
    }

    pub(crate) fn begin(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Self {
        let genesis = link::genesis(genesis_body(kind, first, standing), &first.signer).unwrap();
        let roster = Roster::genesis(genesis.bytes().clone()).unwrap();
        Self { roster, links: vec![genesis] }
    }

    pub(crate) fn append(&mut self, author: Author<'_>, body: impl Into<Body>) -> Result<(), LinkFault> {
        let link = link::unchecked(&self.roster, author, body)?;
        self.roster.append(&link)?;
        self.links.push(link);
        Ok(())
    }

    /// What a key consents to that is added now.
    pub(crate) fn terms(&self, role: Role, party: Option<PartyId>) -> Terms {
        Terms::at(role, self.roster.space(), self.roster.head().hash, party)
    }

    pub(crate) fn adding(&self, new: &Keyed, party: Option<PartyId>) -> AddFeed {
        AddFeed {
            keys: new.keys.clone(),
            sealed_name: vec![2; 160],
            party,
            wrap: wrap(2),
            consent: consent::sign(&self.terms(Role::Feed, party), &new.keys, &new.signer),
        }
    }

    pub(crate) fn adding_party(&self, new: &Keyed) -> AddParty {
        AddParty {
            keys: new.keys.clone(),
            sealed_name: vec![3; 160],
            after: self.roster.head().hash,
            wrap: wrap(3),
            consent: consent::sign(&self.terms(Role::Party, None), &new.keys, &new.signer),
        }
    }

    /// New keys for the paper, or for the party of `author`.
    pub(crate) fn replacing(&self, author: Author<'_>, new: &Keyed) -> Change {
        let party = self.party_of(author.id);
        let role = if party.is_some() { Role::Party } else { Role::Paper };
        let consent = consent::sign(&self.terms(role, party), &new.keys, &new.signer);
        let replaced = Some(Replaced { keys: new.keys.clone(), consent });
        with_epoch(&self.roster, author.id, Change { replaced, ..bare(&self.roster) })
    }

    pub(crate) fn replacing_paper(&self, new: &Keyed) -> Change {
        let paper = Author { id: self.somebody(), signer: &new.signer };
        self.replacing(paper, new)
    }

    pub(crate) fn removing(&self, feed: FeedId, head: Option<Position>) -> Change {
        let removed = BTreeMap::from([(feed, head)]);
        with_epoch(&self.roster, self.somebody(), Change { removed, ..bare(&self.roster) })
    }

    /// Every other feed leaves in one link, and wrote nothing.
    pub(crate) fn removing_all_but(&self, stay: &[&Keyed]) -> Change {
        let goes = |feed: &FeedId| stay.iter().all(|stays| stays.feed() != *feed);
        let feeds = self.roster.current_feeds().map(|(feed, _)| feed);
        let removed = feeds.filter(goes).map(|feed| (feed, None)).collect();
        with_epoch(&self.roster, self.somebody(), Change { removed, ..bare(&self.roster) })
    }

    /// Its feeds leave with it, and wrote nothing.
    pub(crate) fn removing_party(&self, party: PartyId) -> Change {
        self.removing_party_at(party, |_| None)
    }

    pub(crate) fn removing_party_at(
        &self,
        party: PartyId,
        head: impl Fn(FeedId) -> Option<Position>,
    ) -> Change {
        let its = self.roster.current_feeds().filter(|(_, member)| member.party == Some(party));
        let removed = its.map(|(feed, _)| (feed, head(feed))).collect();
        let change = Change { removed, party: Some(party), ..bare(&self.roster) };
        with_epoch(&self.roster, self.somebody(), change)
    }

    pub(crate) fn advancing(&self) -> Change {
        with_epoch(&self.roster, self.somebody(), bare(&self.roster))
    }

    /// A member, since only members have recipients; which one makes no difference but to new keys.
    fn somebody(&self) -> MemberId {
        self.roster.current_feeds().next().unwrap().0.into()
    }

    fn party_of(&self, member: MemberId) -> Option<PartyId> {
        let party = PartyId::from_bytes(*member.as_bytes());
        let feed = self.roster.feed(&FeedId::from_bytes(*member.as_bytes()));
        feed.and_then(|feed| feed.party).or_else(|| self.roster.party(&party).map(|_| party))
    }

    pub(crate) fn add(&mut self, author: &Keyed, new: &Keyed) {
        let body = self.adding(new, None);
        self.append(author.as_feed(), body).unwrap();
    }

    pub(crate) fn remove(&mut self, author: &Keyed, feed: &Keyed, head: Option<Position>) {
        let body = self.removing(feed.feed(), head);
        self.append(author.as_feed(), body).unwrap();
    }

    /// The same space as somebody holds it who has not heard of the last `count` links.
    pub(crate) fn without_last(&self, count: usize) -> Self {
        let links = self.links[..self.links.len() - count].to_vec();
        Self { roster: Roster::replay(&links).unwrap(), links }
    }
}

/// The header of the record after `tip`.
pub(crate) fn header(roster: &Roster, feed: FeedId, tip: Option<Tip>) -> Header {
    Header {
        kind: RecordKind::Data,
        space: roster.space(),
        feed,
        seq: tip.map_or(1, |tip| tip.position.seq + 1),
        epoch: roster.epoch(),
        roster: roster.head(),
        prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
    }
}

pub(crate) fn seal(header: &Header, filling: u8, signer: &Signer) -> VerifiedRecord {
    record::finish(header, &[filling; 16], &[filling; 32], &[filling; 272], signer).unwrap()
}

/// Writes `count` records after `tip`; records of other `filling` are another history.
pub(crate) fn write(
    roster: &Roster,
    author: &Keyed,
    tip: Option<Tip>,
    count: usize,
    filling: u8,
) -> Vec<VerifiedRecord> {
    let mut written: Vec<VerifiedRecord> = Vec::new();
    for _ in 0..count {
        let tip = written.last().map(Tip::of).or(tip);
        written.push(seal(&header(roster, author.feed(), tip), filling, &author.signer));
    }
    written
}

pub(crate) fn arrived(records: &[VerifiedRecord]) -> Vec<Record> {
    records.iter().map(|record| Record::parse(record.bytes().clone()).unwrap()).collect()
}

/// What a device or server holds: tips, and the ids behind them.
#[derive(Clone, Default)]
pub(crate) struct Held {
    pub(crate) tips: Tips,
    pub(crate) records: BTreeMap<(FeedId, u64), HeldRecord>,
}

impl Held {
    pub(crate) fn of(records: &[VerifiedRecord]) -> Self {
        let mut held = Self::default();
        held.keep(records);
        held
    }

    pub(crate) fn keep(&mut self, records: &[VerifiedRecord]) {
        for record in records {
            self.tips.advance_to(record);
            let held = HeldRecord::of(record.as_record());
            self.records.insert((record.header().feed, record.header().seq), held);
        }
    }

    pub(crate) fn history(&self) -> impl Fn(&FeedId, u64) -> Option<HeldRecord> + '_ {
        |feed, seq| self.records.get(&(*feed, seq)).copied()
    }
}
