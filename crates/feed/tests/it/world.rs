//! A small world to attack: people with keys, spaces with rosters, feeds with records. Everything follows from numbers.

use std::collections::BTreeMap;

use haven_feed::chain::{Tip, Tips};
use haven_feed::digest::digest;
use haven_feed::keys::{FeedKeys, KemKey, Signer};
use haven_feed::record::{self, Header, Record, RecordKind, VerifiedRecord};
use haven_feed::roster::body::{
    AddFeed, AddParty, AdvanceEpoch, Body, Genesis, RemoveFeed, RemoveParty, ReplacePaper, SpaceKind,
};
use haven_feed::roster::consent::{self, Place};
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
        let mut kem = *digest("haven/1/test kem", &[&number.to_be_bytes()]).as_bytes();
        kem[31] &= 0x3f;
        let signer = Signer::from_seed(seed.as_bytes());
        let keys = FeedKeys { sign: signer.key(), kem: KemKey::from_bytes(kem).unwrap() };
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

pub(crate) fn wrap(number: u8) -> Wrap {
    let mut bytes = [number; Wrap::LEN];
    bytes[0] = 1;
    Wrap::from_bytes(bytes)
}

pub(crate) fn wraps_for(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(id.as_bytes()[0]))).collect()
}

pub(crate) fn epoch_id(number: u32) -> EpochId {
    EpochId::from_bytes(*digest("haven/1/test epoch", &[&number.to_be_bytes()]).as_bytes())
}

pub(crate) fn epoch_after(roster: &Roster, leaving: &[MemberId]) -> EpochBlock {
    let epoch = roster.epoch() + 1;
    let wraps = wraps_for(roster.recipients_without(leaving).into_keys());
    EpochBlock { epoch, id: epoch_id(epoch), sealed_previous: vec![7; 65], wraps }
}

/// A space in the making: its roster and the links it consists of.
#[derive(Clone)]
pub(crate) struct Space {
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
}

pub(crate) fn genesis_body(kind: SpaceKind, first: &Keyed, standing: &Keyed) -> Genesis {
    let seed = [9; 32];
    let place = Place::genesis(seed);
    let standing_id: MemberId = match kind {
        SpaceKind::Vault => standing.keys.paper_id().into(),
        SpaceKind::Shared => standing.keys.party_id().into(),
    };
    Genesis {
        kind,
        seed,
        feed: first.keys,
        sealed_name: vec![1; 160],
        standing: standing.keys,
        epoch_id: epoch_id(0),
        wraps: wraps_for([first.feed().into(), standing_id]),
        feed_consent: consent::sign(&place, &first.keys, &first.signer),
        standing_consent: consent::sign(&place, &standing.keys, &standing.signer),
    }
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

    pub(crate) fn place(&self) -> Place {
        Place { space: self.roster.space(), prev: self.roster.head().hash }
    }

    pub(crate) fn adding(&self, new: &Keyed, party: Option<PartyId>) -> AddFeed {
        AddFeed {
            keys: new.keys,
            sealed_name: vec![2; 160],
            party,
            wrap: wrap(2),
            consent: consent::sign(&self.place(), &new.keys, &new.signer),
        }
    }

    pub(crate) fn adding_party(&self, new: &Keyed) -> AddParty {
        AddParty {
            keys: new.keys,
            sealed_name: vec![3; 160],
            wrap: wrap(3),
            consent: consent::sign(&self.place(), &new.keys, &new.signer),
        }
    }

    pub(crate) fn replacing_paper(&self, new: &Keyed) -> ReplacePaper {
        let consent = consent::sign(&self.place(), &new.keys, &new.signer);
        ReplacePaper { keys: new.keys, wrap: wrap(4), consent }
    }

    pub(crate) fn removing(&self, feed: FeedId, head: Option<Position>) -> RemoveFeed {
        RemoveFeed { feed, head, epoch: epoch_after(&self.roster, &[feed.into()]) }
    }

    pub(crate) fn removing_party(&self, party: PartyId) -> RemoveParty {
        RemoveParty { party, epoch: epoch_after(&self.roster, &[party.into()]) }
    }

    pub(crate) fn advancing(&self) -> AdvanceEpoch {
        AdvanceEpoch { epoch: epoch_after(&self.roster, &[]) }
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
    pub(crate) ids: BTreeMap<(FeedId, u64), RecordId>,
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
            self.ids.insert((record.header().feed, record.header().seq), record.id());
        }
    }

    pub(crate) fn history(&self) -> impl Fn(&FeedId, u64) -> Option<RecordId> + '_ {
        |feed, seq| self.ids.get(&(*feed, seq)).copied()
    }
}
