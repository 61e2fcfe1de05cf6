//! A door into a device that is open to this simulator alone: the secrets on its disk. With them it is seen what records say,
//! and a device removes another in the very moment that a test wants, as the command does by and by.

use std::collections::BTreeMap;

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::record::open;
use haven_crypto::wrap::wrap;
use haven_engine::io::{Reader, Table};
use haven_engine::vault::local_key;
use haven_feed::exchange::Pins;
use haven_feed::ids::{FeedId, Position, RecordId, Vector};
use haven_feed::record::{Record, VerifiedRecord};
use haven_feed::roster::body::Change;
use haven_feed::roster::epoch::EpochBlock;
use haven_feed::roster::{Author, Link, Roster, WrapContext, link};

use crate::chance::Chance;
use crate::device::Device;

/// Where a record stands in its content: version, time, then how many nonces of eight bytes.
const NONCES_AT: usize = 9;

/// What a device knows that nobody else may.
pub struct Door<'a> {
    device: &'a Device,
    /// The roster as its disk holds it.
    pub roster: Roster,
    roots: BTreeMap<u32, EpochRoot>,
}

/// Up to which of its own records a device may have sent anything, as its disk says.
pub fn sent_mark(device: &Device) -> u64 {
    meta(device, b"sent").and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes)
}

/// Up to which record of each feed a device has applied, as its disk says.
pub fn applied(device: &Device) -> BTreeMap<FeedId, u64> {
    let vector = meta(device, b"applied").and_then(|bytes| Vector::decode(&bytes).ok()).unwrap_or_default();
    vector.iter().map(|(feed, position)| (feed, position.seq)).collect()
}

/// What a device remembers of its server and of what others named, as its disk says.
pub fn pins(device: &Device) -> Option<Pins> {
    meta(device, b"pins").and_then(|bytes| Pins::decode(&bytes).ok())
}

/// A change that removes feeds and begins an epoch, wrapped to everybody who is left. With the new root: what leads back from it.
pub fn removing(
    roster: &Roster,
    author: FeedId,
    removed: BTreeMap<FeedId, Option<Position>>,
    (root, sealed_previous): (&EpochRoot, Vec<u8>),
    chance: &mut Chance,
) -> Option<Change> {
    let (space, prev, epoch) = (roster.space(), roster.head().hash, roster.epoch() + 1);
    let block = EpochBlock { epoch, id: root.keys().id(), sealed_previous, wraps: BTreeMap::new() };
    let mut change = Change { removed, party: None, replaced: None, epoch: block };
    for (recipient, kem) in roster.recipients(&author.into(), &change).ok()? {
        let context = WrapContext { space, epoch, recipient, prev };
        change.epoch.wraps.insert(recipient, wrap(root, &kem, &context, chance.bytes()));
    }
    Some(change)
}

fn meta(device: &Device, key: &[u8]) -> Option<Vec<u8>> {
    let sealed = device.disk.disk().get(Table::Meta, key).ok()??;
    let opened = local_key(device.key).open("haven/1/local meta", key, &sealed).ok()?;
    Some(opened.into_vec())
}

impl<'a> Door<'a> {
    /// Opens what lies on a device's disk.
    pub fn open(device: &'a Device) -> Option<Self> {
        let links: Vec<Link> = device.links().into_iter().map(Link::parse).collect::<Result<_, _>>().ok()?;
        let roster = Roster::replay(&links).ok()?;
        let one = |chunk: &[u8]| {
            let (epoch, root) = chunk.split_first_chunk()?;
            Some((u32::from_be_bytes(*epoch), EpochRoot::from_sealed(root)?))
        };
        let roots = meta(device, b"epochs")?.chunks(36).map(one).collect::<Option<_>>()?;
        Some(Self { device, roster, roots })
    }

    /// The newest record of a feed that the device holds.
    pub fn tip(&self, feed: &FeedId) -> Option<Position> {
        let seq = *self.device.held().get(feed)?;
        self.record(feed, seq).map(|record| record.position())
    }

    /// A record that the device holds.
    pub fn record(&self, feed: &FeedId, seq: u64) -> Option<VerifiedRecord> {
        let bytes = self.device.disk.disk().record(self.device.space, *feed, seq).ok()??;
        Record::parse(bytes).ok()?.verify(&self.roster.feed(feed)?.keys).ok()
    }

    /// What the author of a record says to have seen since its record before.
    pub fn names(&self, record: &VerifiedRecord) -> Option<Vec<(FeedId, Position)>> {
        let keys = self.roots.get(&record.header().epoch)?.keys();
        let plain = open(&keys, record).ok()?.into_vec();
        let nonces = usize::from(*plain.get(NONCES_AT)?);
        let seen = plain.get(NONCES_AT + 1 + 8 * nonces + 1..)?;
        let (count, places) = seen.split_first_chunk()?;
        let place = |bytes: &[u8]| {
            let (feed, rest) = bytes.split_first_chunk()?;
            let (seq, id) = rest.split_first_chunk()?;
            let id = RecordId::try_from(id).ok()?;
            Some((FeedId::from_bytes(*feed), Position { seq: u64::from_be_bytes(*seq), id }))
        };
        places.chunks_exact(48).take(usize::from(u16::from_be_bytes(*count))).map(place).collect()
    }

    /// A link by which the device removes another and begins an epoch; none if it lacks what that takes.
    pub fn removal(&self, feed: FeedId, chance: &mut Chance) -> Option<Link> {
        let device = meta(self.device, b"device")?;
        let secrets = FeedSecrets::from_sealed(device.get(32..)?)?;
        let root = EpochRoot::from_entropy(chance.bytes());
        let leads_back = root.keys().seal_previous(self.roots.get(&self.roster.epoch())?, chance.bytes());
        let (author, removed) = (secrets.keys().id(), [(feed, self.tip(&feed))].into());
        let change = removing(&self.roster, author, removed, (&root, leads_back), chance)?;
        link::next(&self.roster, Author { id: author.into(), signer: secrets.signer() }, change).ok()
    }
}
