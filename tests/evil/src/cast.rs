//! Whose keys there are: the laptop, the phone and the desk are real devices; the tablet's keys are in hostile hands.

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::wrap::wrap;
use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_engine::vault::{create_with, local_key};
use haven_feed::ids::{FeedId, MemberId, Position, SpaceId};
use haven_feed::roster::body::{AddFeed, Change};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::EpochBlock;
use haven_feed::roster::{Author, Link, Roster, Wrap, WrapContext, link};
use haven_sim::chance::Chance;
use haven_store::memory::MemoryStore;

/// A device of the vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// It made the vault.
    Laptop,
    /// The other device of an honest person.
    Phone,
    /// Its keys are in hostile hands.
    Tablet,
    /// Linked at the beginning, and switched on later: it has nothing yet.
    Desk,
}

const ADDED: [(Who, &str); 3] = [(Who::Phone, "Phone"), (Who::Tablet, "Tablet"), (Who::Desk, "Desk")];

/// Everybody's keys, and the roster.
pub struct Cast {
    /// Where chance comes from.
    pub chance: Chance,
    /// The roster as it stands.
    pub roster: Roster,
    /// Its links.
    pub links: Vec<Link>,
    /// The roots of its epochs.
    pub roots: Vec<EpochRoot>,
    secrets: Vec<(Who, FeedSecrets)>,
}

/// A wrapped local key in its bounds, which nothing was wrapped in: version 1, 64 MiB, three passes, one lane.
fn wrapped() -> Vec<u8> {
    let costs = [65_536_u32, 3, 1].map(u32::to_be_bytes).concat();
    [&[1], &costs[..], &[0; 112]].concat()
}

fn plain(store: &MemoryStore, name: &[u8]) -> Vec<u8> {
    let sealed = store.get(Table::Meta, name).unwrap().unwrap();
    local_key(Cast::key(Who::Laptop)).open("haven/1/local meta", name, &sealed).unwrap().into_vec()
}

impl Cast {
    /// The local key of a device.
    pub fn key(who: Who) -> [u8; 32] {
        [0xa1 + who as u8; 32]
    }

    /// The vault of the laptop, with all the others in its roster.
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let key = local_key(Self::key(Who::Laptop));
        let created = create_with(key, wrapped(), "Laptop", &mut chance).unwrap();
        let mut store = MemoryStore::new();
        store.apply(created.commit).unwrap();
        let device = plain(&store, b"device");
        let space = SpaceId::try_from(&device[..32]).unwrap();
        let root = EpochRoot::from_sealed(&plain(&store, b"epochs")[4..36]).unwrap();
        let genesis = Link::parse(store.links(space).unwrap().remove(0)).unwrap();
        let roster = Roster::genesis(genesis.bytes().clone()).unwrap();
        let mut secrets = vec![(Who::Laptop, FeedSecrets::from_sealed(&device[32..]).unwrap())];
        for (who, _) in ADDED {
            secrets.push((who, FeedSecrets::from_entropy(chance.bytes())));
        }
        let mut cast = Self { chance, roster, links: vec![genesis], roots: vec![root], secrets };
        for (who, name) in ADDED {
            let link = cast.adds(who, name, Who::Laptop);
            cast.append(link);
        }
        cast
    }

    /// The keys of a device.
    pub fn secrets(&self, who: Who) -> &FeedSecrets {
        &self.secrets.iter().find(|(of, _)| *of == who).unwrap().1
    }

    /// The id of a device.
    pub fn feed(&self, who: Who) -> FeedId {
        self.secrets(who).keys().id()
    }

    /// Whatever must never leave a device.
    pub fn hidden(&self) -> Vec<Vec<u8>> {
        let seeds = self.secrets.iter().flat_map(|(who, secrets)| {
            let both = secrets.expose_for_sealing();
            [both[..32].to_vec(), both[32..].to_vec(), Self::key(*who).to_vec()]
        });
        seeds.chain(self.roots.iter().map(|root| root.expose_for_sealing().to_vec())).collect()
    }

    /// Takes a link into the roster.
    pub fn append(&mut self, link: Link) {
        self.roster.append(&link).unwrap();
        self.links.push(link);
    }

    /// The link by which one device adds another.
    pub fn adds(&mut self, who: Who, name: &str, by: Who) -> Link {
        let new = FeedSecrets::from_sealed(&self.secrets(who).expose_for_sealing()[..]).unwrap();
        self.adds_keys(&new, name, by)
    }

    /// The link by which a device adds a feed with these keys.
    pub fn adds_keys(&mut self, new: &FeedSecrets, name: &str, by: Who) -> Link {
        let (space, head, epoch) = (self.roster.space(), self.roster.head(), self.roster.epoch());
        let entropy = (self.chance.bytes(), self.chance.bytes());
        let (keys, root) = (new.keys(), self.roots.last().unwrap());
        let recipient: MemberId = keys.id().into();
        let context = WrapContext { space, epoch, recipient, prev: head.hash };
        let body = AddFeed {
            sealed_name: root.keys().seal_name(name, recipient, entropy.0).unwrap(),
            party: None,
            wrap: wrap(root, &keys.kem, &context, entropy.1),
            consent: consent::sign(&Terms::at(Role::Feed, space, head.hash, None), &keys, new.signer()),
            keys,
        };
        let author = Author { id: self.feed(by).into(), signer: self.secrets(by).signer() };
        link::next(&self.roster, author, body).unwrap()
    }

    /// A link by one device that removes others and begins an epoch, whose root is returned; `twist` changes each wrap.
    pub fn changes(
        &mut self,
        by: Who,
        removed: &[(Who, Option<Position>)],
        twist: impl FnMut(MemberId, Wrap) -> Wrap,
    ) -> (Link, EpochRoot) {
        self.changes_from(by, removed, twist, |sealed| sealed)
    }

    /// The same, with something else in the place of what leads back to the epoch before.
    pub fn changes_from(
        &mut self,
        by: Who,
        removed: &[(Who, Option<Position>)],
        mut twist: impl FnMut(MemberId, Wrap) -> Wrap,
        leads_back: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) -> (Link, EpochRoot) {
        let epoch = self.roster.epoch() + 1;
        let root = EpochRoot::from_entropy(self.chance.bytes());
        let sealed_previous = root.keys().seal_previous(self.roots.last().unwrap(), self.chance.bytes());
        let sealed_previous = leads_back(sealed_previous);
        let block = EpochBlock { epoch, id: root.keys().id(), sealed_previous, wraps: Default::default() };
        let removed = removed.iter().map(|(who, head)| (self.feed(*who), *head)).collect();
        let mut change = Change { removed, party: None, replaced: None, epoch: block };
        let author: MemberId = self.feed(by).into();
        let (space, prev) = (self.roster.space(), self.roster.head().hash);
        for (recipient, kem) in self.roster.recipients(&author, &change).unwrap() {
            let context = WrapContext { space, epoch, recipient, prev };
            let made = wrap(&root, &kem, &context, self.chance.bytes());
            change.epoch.wraps.insert(recipient, twist(recipient, made));
        }
        let author = Author { id: author, signer: self.secrets(by).signer() };
        (link::next(&self.roster, author, change).unwrap(), root)
    }

    /// A store with a device in it that knows the roster and has written nothing.
    pub fn store(&mut self, who: Who) -> MemoryStore {
        let mut commit = Commit::default();
        let space = self.roster.space();
        commit.put(Table::Meta, b"wrap".to_vec(), wrapped());
        let device = [space.as_bytes(), &self.secrets(who).expose_for_sealing()[..]].concat();
        let epochs = [&0_u32.to_be_bytes()[..], &self.roots[0].expose_for_sealing()[..]].concat();
        for (name, value) in [(b"device".to_vec(), device), (b"epochs".to_vec(), epochs)] {
            let key = local_key(Self::key(who));
            let sealed = key.seal("haven/1/local meta", &name, &value, self.chance.bytes());
            commit.put(Table::Meta, name, sealed);
        }
        for link in &self.links {
            commit.writes.push(Write::Link { space, seq: link.seq(), bytes: link.bytes().to_vec() });
        }
        let mut store = MemoryStore::new();
        store.apply(commit).unwrap();
        store
    }
}
