//! People with vaults, their devices and what these write. Everything follows from numbers; nothing is sealed, for the
//! server could not tell.

use std::collections::BTreeMap;

use bytes::Bytes;
use haven_feed::chain::Tip;
use haven_feed::digest::digest;
use haven_feed::keys::{FeedKeys, KemKey, Signer};
use haven_feed::limits::{BODY_BYTES_MIN, FEEDS_FOR_STANDING, FEEDS_MAX};
use haven_feed::record::{self, Header, PREFIX_LEN, RecordKind};
use haven_feed::roster::body::{AddFeed, Body, Change, Founding, Replaced, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::link::{self, Author, Link};
use haven_feed::roster::{Roster, Wrap};
use haven_feed::{EpochId, FeedId, MemberId, Position, RecordId, SpaceId};

/// One device of a person, or the paper.
pub(crate) struct Device {
    pub(crate) signer: Signer,
    pub(crate) keys: FeedKeys,
    /// Where its feed stands.
    pub(crate) tip: Option<Tip>,
}

/// One person's space as its devices know it.
pub(crate) struct Vault {
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
    pub(crate) devices: Vec<Device>,
    pub(crate) paper: Device,
}

impl Device {
    pub(crate) fn new(number: u64) -> Self {
        let seed = digest("haven/1/test seed", &[&number.to_be_bytes()]);
        let half = |label| *digest(label, &[&number.to_be_bytes()]).as_bytes();
        let mut kem = [0; KemKey::LEN];
        kem[KemKey::LEN - 64..KemKey::LEN - 32].copy_from_slice(&half("haven/1/test rho"));
        kem[KemKey::LEN - 32..].copy_from_slice(&half("haven/1/test kem"));
        kem[KemKey::LEN - 1] &= 0x3f;
        let signer = Signer::from_seed(seed.as_bytes());
        let keys = FeedKeys { sign: signer.key(), kem: KemKey::from_bytes(&kem).expect("a key") };
        Self { signer, keys, tip: None }
    }

    pub(crate) fn feed(&self) -> FeedId {
        self.keys.id()
    }

    fn author(&self) -> Author<'_> {
        Author { id: self.feed().into(), signer: &self.signer }
    }

    fn as_paper(&self) -> Author<'_> {
        Author { id: self.keys.paper_id().into(), signer: &self.signer }
    }

    /// Seals what comes after a tip, filled with a byte.
    pub(crate) fn seal(
        &self,
        roster: &Roster,
        tip: Option<Tip>,
        filling: u8,
        body_bytes: usize,
    ) -> (Bytes, Tip) {
        let header = Header {
            kind: RecordKind::Data,
            space: roster.space(),
            feed: self.feed(),
            seq: tip.map_or(1, |tip| tip.position.seq + 1),
            epoch: roster.epoch(),
            roster: roster.head(),
            prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
        };
        let body = vec![filling; body_bytes];
        let sealed =
            record::finish(&header, &[filling; 16], &[filling; 32], &body, &self.signer).expect("a record");
        (sealed.bytes().clone(), Tip::of(&sealed))
    }
}

impl Vault {
    /// Makes the vault of a person with one device; other numbers are other people.
    pub(crate) fn new(number: u64) -> Self {
        Self::of_paper(number, Device::new(number * 1_000 + 999))
    }

    /// The same, with a paper that may have been another vault's.
    pub(crate) fn of_paper(number: u64, paper: Device) -> Self {
        let first = Device::new(number * 1_000);
        let seed = *digest("haven/1/test space", &[&number.to_be_bytes()]).as_bytes();
        let founding = Founding {
            kind: SpaceKind::Vault,
            seed,
            feed: first.keys.clone(),
            sealed_name: vec![1; 160],
            standing: paper.keys.clone(),
            epoch_id: epoch_id(0),
            wraps: wraps_for([first.feed().into(), paper.keys.paper_id().into()]),
        };
        let body = founding.agreed(&first.signer, &paper.signer);
        let genesis = link::genesis(body, &first.signer).expect("a genesis");
        let roster = Roster::genesis(genesis.bytes().clone()).expect("a roster");
        Self { roster, links: vec![genesis], devices: vec![first], paper }
    }

    /// Makes a vault with several devices.
    pub(crate) fn with_devices(number: u64, count: u64) -> Self {
        let mut vault = Self::new(number);
        for device in 1..count {
            vault.add(Device::new(number * 1_000 + device));
        }
        vault
    }

    pub(crate) fn space(&self) -> SpaceId {
        self.roster.space()
    }

    /// Every link after the genesis.
    pub(crate) fn later_links(&self) -> Vec<Bytes> {
        self.links[1..].iter().map(|link| link.bytes().clone()).collect()
    }

    /// The link by which the first device would add another one now; in the last place, which is kept for it, the paper.
    pub(crate) fn adding(&self, new: &Device) -> Link {
        let terms = Terms::at(Role::Feed, self.space(), self.roster.head().hash, None);
        let body = AddFeed {
            keys: new.keys.clone(),
            sealed_name: vec![2; 160],
            party: None,
            wrap: wrap(2),
            consent: consent::sign(&terms, &new.keys, &new.signer),
        };
        let is_last = self.roster.current_feeds().count() >= FEEDS_MAX - FEEDS_FOR_STANDING;
        let author = if is_last { self.paper.as_paper() } else { self.devices[0].author() };
        link::unchecked(&self.roster, author, body).expect("a link")
    }

    /// The link by which the first device would remove another one now.
    pub(crate) fn removing(&self, feed: FeedId, head: Option<Position>) -> Link {
        self.changing([(feed, head)].into())
    }

    /// The link by which the first device would give the vault another paper now.
    pub(crate) fn replacing_paper(&self, new: &Device) -> Link {
        let terms = Terms::at(Role::Paper, self.space(), self.roster.head().hash, None);
        let consent = consent::sign(&terms, &new.keys, &new.signer);
        let replaced = Some(Replaced { keys: new.keys.clone(), consent });
        self.changing_to(BTreeMap::new(), replaced)
    }

    /// The link by which the first device would advance the epoch now.
    pub(crate) fn advancing(&self) -> Link {
        self.changing(BTreeMap::new())
    }

    /// The same by the paper, which has room where nobody else has.
    pub(crate) fn advancing_by_paper(&self) -> Link {
        let Body::Change(change) = self.advancing().body().clone() else { unreachable!("it is a change") };
        link::unchecked(&self.roster, self.paper.as_paper(), change).expect("a link")
    }

    fn changing(&self, removed: BTreeMap<FeedId, Option<Position>>) -> Link {
        self.changing_to(removed, None)
    }

    fn changing_to(&self, removed: BTreeMap<FeedId, Option<Position>>, replaced: Option<Replaced>) -> Link {
        let epoch = self.roster.epoch() + 1;
        let epoch =
            EpochBlock { epoch, id: epoch_id(epoch), sealed_previous: vec![7; 65], wraps: Wraps::new() };
        let mut change = Change { removed, party: None, replaced, epoch };
        let recipients = self.roster.recipients(&self.devices[0].feed().into(), &change).expect("a member");
        change.epoch.wraps = wraps_for(recipients.into_keys());
        self.next(change)
    }

    fn next(&self, body: impl Into<Body>) -> Link {
        link::unchecked(&self.roster, self.devices[0].author(), body).expect("a link")
    }

    pub(crate) fn append(&mut self, link: Link) {
        self.roster.append(&link).expect("a link that holds");
        self.links.push(link);
    }

    pub(crate) fn add(&mut self, new: Device) {
        let link = self.adding(&new);
        self.append(link);
        self.devices.push(new);
    }

    /// Lets a device write records.
    pub(crate) fn write(&mut self, device: usize, count: usize) -> Vec<Bytes> {
        self.write_sized(device, count, BODY_BYTES_MIN)
    }

    /// Lets a device write records with bodies of a size.
    pub(crate) fn write_sized(&mut self, device: usize, count: usize, body_bytes: usize) -> Vec<Bytes> {
        let device = &mut self.devices[device];
        let mut written = Vec::with_capacity(count);
        for _ in 0..count {
            let (bytes, tip) = device.seal(&self.roster, device.tip, 1, body_bytes);
            device.tip = Some(tip);
            written.push(bytes);
        }
        written
    }

    /// Where a device's feed stands.
    pub(crate) fn position(&self, device: usize) -> Position {
        self.devices[device].tip.expect("it wrote").position
    }
}

fn wrap(number: u8) -> Wrap {
    Wrap::from_sealed([number; Wrap::SEALED])
}

fn wraps_for(recipients: impl IntoIterator<Item = MemberId>) -> Wraps {
    recipients.into_iter().map(|id| (id, wrap(3))).collect()
}

fn epoch_id(number: u32) -> EpochId {
    EpochId::from_bytes(*digest("haven/1/test epoch", &[&number.to_be_bytes()]).as_bytes())
}

/// A record without its body.
pub(crate) fn husk(record: &Bytes) -> Bytes {
    record.slice(..PREFIX_LEN)
}
