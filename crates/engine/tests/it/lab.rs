//! One journal of three devices, of which any can be run and any can be made to say what no device of ours would.

use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use haven_core::entry::{Draft, EntryKind};
use haven_core::id::EntryId;
use haven_core::shelf::Shelf;
use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::record::{open, seal};
use haven_crypto::wrap::wrap;
use haven_engine::command::{Command, Fault, Reply, Ticket};
use haven_engine::content::{Content, encode};
use haven_engine::engine::{Engine, Input};
use haven_engine::io::{Commit, Context, Entropy, Now, Reader, Step, Store, Table, Write};
use haven_engine::sync::{Incoming, Outgoing};
use haven_engine::turn::{Shell, release, turn};
use haven_engine::vault::{Unlocked, create_with, local_key};
use haven_engine::view::View;
use haven_feed::chain::Tip;
use haven_feed::ids::{FeedId, RecordId, SpaceId};
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord};
use haven_feed::roster::body::AddFeed;
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::{Author, Link, Roster, WrapContext, link};
use haven_store::memory::MemoryStore;

const KEY: [u8; 32] = [5; 32];
const NOW: Now = Now { wall_ms: 1_700_000_000_000, mono_ms: 0 };

/// Bytes that are different at every draw.
pub(crate) struct Counting(u64);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let mixed = (self.0 ^ self.0 >> 29).wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes();
            chunk.copy_from_slice(&mixed[..chunk.len()]);
        }
    }
}

impl Counting {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        haven_engine::io::draw(self)
    }
}

/// The journal as whoever holds all of its keys knows it.
pub(crate) struct Lab {
    chance: Counting,
    devices: Vec<FeedSecrets>,
    root: EpochRoot,
    roster: Roster,
    links: Vec<Link>,
    tips: BTreeMap<FeedId, Tip>,
}

/// A device that runs.
pub(crate) struct Running {
    engine: Engine,
    disk: MemoryStore,
    heard: Heard,
    chance: Counting,
}

#[derive(Default)]
struct Heard {
    view: Option<Arc<View>>,
    answers: Vec<Result<Reply, Fault>>,
}

impl Shell for Heard {
    fn send(&mut self, _: Outgoing) {}

    fn reply(&mut self, _: Ticket, answer: Result<Reply, Fault>) {
        self.answers.push(answer);
    }

    fn publish(&mut self, view: Arc<View>) {
        self.view = Some(view);
    }

    fn wake(&mut self, _: Option<u64>) {}
}

/// The name of a row of the device's keys, as it lies on a disk.
const META: &str = "haven/1/local meta";

impl Lab {
    pub(crate) fn new() -> Self {
        let mut chance = Counting(1);
        let created = create_with(local_key(KEY), vec![1], "One", &mut chance).unwrap();
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).unwrap();
        let row = |key: &[u8]| {
            local_key(KEY).open(META, key, &disk.get(Table::Meta, key).unwrap().unwrap()).unwrap()
        };
        let device = row(b"device");
        let space = SpaceId::try_from(&device.bytes()[..32]).unwrap();
        let genesis = Link::parse(disk.links(space).unwrap().remove(0)).unwrap();
        let mut lab = Self {
            devices: vec![FeedSecrets::from_sealed(&device.bytes()[32..]).unwrap()],
            root: EpochRoot::from_sealed(&row(b"epochs").bytes()[4..]).unwrap(),
            roster: Roster::genesis(genesis.bytes().clone()).unwrap(),
            links: vec![genesis],
            tips: BTreeMap::new(),
            chance,
        };
        lab.add_device();
        lab.add_device();
        lab
    }

    fn add_device(&mut self) {
        let new = FeedSecrets::from_entropy(self.chance.bytes());
        let (space, prev, feed) = (self.roster.space(), self.roster.head().hash, new.keys().id());
        let context = WrapContext { space, epoch: 0, recipient: feed.into(), prev };
        let body = AddFeed {
            keys: new.keys(),
            sealed_name: self.root.keys().seal_name("Other", feed.into(), self.chance.bytes()).unwrap(),
            party: None,
            wrap: wrap(&self.root, &new.keys().kem, &context, self.chance.bytes()),
            consent: consent::sign(&Terms::at(Role::Feed, space, prev, None), &new.keys(), new.signer()),
        };
        let author = Author { id: self.devices[0].keys().id().into(), signer: self.devices[0].signer() };
        let link = link::next(&self.roster, author, body).unwrap();
        self.roster.append(&link).unwrap();
        self.links.push(link);
        self.devices.push(new);
    }

    pub(crate) fn feed(&self, device: usize) -> FeedId {
        self.devices[device].keys().id()
    }

    /// Runs a device that has heard of all the others and of no record.
    pub(crate) fn run(&mut self, device: usize) -> Running {
        let space = self.roster.space();
        let secrets = [space.as_bytes(), &self.devices[device].expose_for_sealing()[..]].concat();
        let roots = [&[0; 4], &self.root.expose_for_sealing()[..]].concat();
        let mut commit = Commit::default();
        commit.put(Table::Meta, b"wrap".to_vec(), vec![1]);
        for (name, plain) in [(&b"device"[..], secrets), (&b"epochs"[..], roots)] {
            let sealed = local_key(KEY).seal(META, name, &plain, self.chance.bytes());
            commit.put(Table::Meta, name, sealed);
        }
        let links = self.links.iter().map(|link| (link.seq(), link.bytes().to_vec()));
        commit.writes.extend(links.map(|(seq, bytes)| Write::Link { space, seq, bytes }));
        let mut disk = MemoryStore::new();
        disk.apply(commit).unwrap();
        let mut chance = Counting(self.chance.0 ^ device as u64);
        let (engine, step) = opened(&disk, &mut chance);
        let mut heard = Heard::default();
        release(step, &mut disk, &mut heard).unwrap();
        Running { engine, disk, heard, chance }
    }

    /// A record of a device with any content.
    pub(crate) fn record(&mut self, device: usize, content: &Content<'_>) -> VerifiedRecord {
        let author = &self.devices[device];
        let feed = author.keys().id();
        let tip = self.tips.get(&feed);
        let header = Header {
            kind: RecordKind::Data,
            space: self.roster.space(),
            feed,
            seq: tip.map_or(1, |tip| tip.position.seq + 1),
            epoch: 0,
            roster: self.roster.head(),
            prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
        };
        let sealed =
            seal(&self.root.keys(), author.signer(), &header, &encode(content), self.chance.bytes()).unwrap();
        self.tips.insert(feed, Tip::of(&sealed));
        sealed
    }

    /// What a record says.
    pub(crate) fn inside(&self, record: &VerifiedRecord) -> Vec<u8> {
        open(&self.root.keys(), record).unwrap().into_vec()
    }

    /// All records that a running device has written.
    pub(crate) fn written(&self, device: usize, running: &Running) -> Vec<VerifiedRecord> {
        let keys = self.devices[device].keys();
        let stored = running.disk.records(self.roster.space(), keys.id(), 1, 1 << 30).unwrap();
        stored.into_iter().map(|bytes| Record::parse(bytes).unwrap().verify(&keys).unwrap()).collect()
    }
}

fn opened(disk: &MemoryStore, chance: &mut Counting) -> (Engine, Step) {
    let unlocked = Unlocked::read(Arc::new(local_key(KEY)), disk).unwrap();
    let shelf = Shelf::built_in().map_err(|_| "Haven's own exercises").unwrap();
    let mut cx = Context { now: NOW, entropy: chance, reader: disk };
    Engine::open(unlocked, shelf, &mut cx).unwrap()
}

impl Running {
    /// Hears records. Whenever a step is about to do what is `deadly` the process goes down instead, and begins anew on what is
    /// durable. Gives how often it went down.
    pub(crate) fn hear_dying(
        &mut self,
        records: &[&VerifiedRecord],
        deadly: impl Fn(&Commit) -> bool,
    ) -> usize {
        let (space, mut deaths) = (self.engine.space(), 0);
        let records: Vec<Bytes> = records.iter().map(|record| record.bytes().clone()).collect();
        let mut input = Input::Server(Incoming::Records { space, records });
        loop {
            let mut cx = Context { now: NOW, entropy: &mut self.chance, reader: &self.disk };
            let mut step = self.engine.step(input, &mut cx);
            if deadly(&step.commit) {
                deaths += 1;
                (self.engine, step) = opened(&self.disk, &mut self.chance);
            }
            let again = step.again;
            release(step, &mut self.disk, &mut self.heard).unwrap();
            if !again {
                return deaths;
            }
            input = Input::Wake;
        }
    }

    pub(crate) fn run(&mut self, command: Command) {
        self.input(Input::Client(Ticket(1), command));
        self.heard.answers.pop().unwrap().unwrap();
    }

    /// The texts of what it shows, and whose records it has put aside.
    pub(crate) fn tells(&self) -> (Vec<String>, Vec<&'static str>) {
        let view = self.heard.view.as_ref().unwrap();
        let texts = view.rows().map(|row| row.entry.text.clone()).collect();
        (texts, view.status.alarms.iter().map(|alarm| alarm.kind).collect())
    }

    /// The entry that it shows first.
    pub(crate) fn entry(&self) -> EntryId {
        self.heard.view.as_ref().unwrap().rows().next().unwrap().entry.id
    }

    fn input(&mut self, input: Input) {
        turn(&mut self.engine, &mut self.disk, input, NOW, &mut self.chance, &mut self.heard).unwrap();
    }

    pub(crate) fn hear(&mut self, records: &[&VerifiedRecord]) {
        let space = self.engine.space();
        let records: Vec<Bytes> = records.iter().map(|record| record.bytes().clone()).collect();
        self.input(Input::Server(Incoming::Records { space, records }));
    }

    pub(crate) fn add_entry(&mut self, text: &str) {
        let mut draft = Draft::new(EntryKind::Note, "2020-01-01".parse().unwrap());
        draft.text = text.into();
        self.input(Input::Client(Ticket(1), Command::Add(draft)));
        self.heard.answers.pop().unwrap().unwrap();
    }

    /// The minutes of an exercise's first version, as entries are read with it, and of what is offered.
    pub(crate) fn minutes(&self, id: &str) -> (Option<u32>, Option<u32>) {
        let id = id.parse().unwrap();
        let view = self.heard.view.as_ref().unwrap();
        let exercises = &view.shelf().unwrap().exercises;
        let read = exercises.get_version(&id, 1).map(|exercise| exercise.minutes);
        (read, exercises.offered(&id).map(|exercise| exercise.minutes))
    }

    /// The same device begun anew on what is durable.
    pub(crate) fn restarted(&mut self) -> &Self {
        let (engine, step) = opened(&self.disk, &mut self.chance);
        self.engine = engine;
        release(step, &mut self.disk, &mut self.heard).unwrap();
        self.heard.view = Some(self.engine.view());
        self
    }

    /// How many entries it shows, and the kinds of its alarms.
    pub(crate) fn shows(&self) -> (usize, Vec<&'static str>) {
        let view = self.heard.view.as_ref().unwrap();
        (view.len(), view.status.alarms.iter().map(|alarm| alarm.kind).collect())
    }
}
