//! One real engine, the laptop, and everything else by hand: its two other devices, whose keys are known here, and the server,
//! which says whatever a test wants.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use haven_core::entry::{Draft, EntryKind};
use haven_core::shelf::Shelf;
use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::record::{open, seal};
use haven_crypto::wrap::{unwrap, wrap};
use haven_engine::command::{Command, Reply, ServerChoice};
use haven_engine::engine::Input;
use haven_engine::io::{Commit, Reader, Store, Table, Write};
use haven_engine::sync::{Incoming, Outgoing, Refusal, Request};
use haven_engine::vault::{create_with, local_key};
use haven_feed::auth::Challenge;
use haven_feed::chain::Tip;
use haven_feed::exchange::Pins;
use haven_feed::ids::{
    FeedId, LinkHash, MemberId, Nonce, PartyId, Position, RecordId, RosterHead, SpaceId, StoreId, Vector,
};
use haven_feed::invite::Invite;
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord};
use haven_feed::roster::body::{AddFeed, AddParty, Change, Founding, SpaceKind};
use haven_feed::roster::consent::{self, Role, Terms};
use haven_feed::roster::epoch::EpochBlock;
use haven_feed::roster::{Author, Link, Roster, Wrap, WrapContext, link};
use haven_sim::chance::Chance;
use haven_sim::device::{Asked, Device};
use haven_store::memory::MemoryStore;

const LAPTOP_KEY: [u8; 32] = [5; 32];
const OTHER_KEY: [u8; 32] = [6; 32];

/// Which of the devices that are played here; the laptop's keys are there for what it wrote before its disk was put back.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Laptop,
    Phone,
    Tablet,
    /// One of a crowd.
    Other(usize),
}

/// See the module.
pub(crate) struct Lab {
    pub(crate) chance: Chance,
    pub(crate) shelf: Shelf,
    pub(crate) laptop: Device,
    laptop_secrets: FeedSecrets,
    phone: FeedSecrets,
    tablet: FeedSecrets,
    others: Vec<FeedSecrets>,
    roots: Vec<EpochRoot>,
    pub(crate) roster: Roster,
    pub(crate) links: Vec<Link>,
}

fn plain(disk: &dyn Reader, key: &[u8]) -> Vec<u8> {
    let sealed = disk.get(Table::Meta, key).unwrap().unwrap();
    local_key(LAPTOP_KEY).open("haven/1/local meta", key, &sealed).unwrap().into_vec()
}

impl Lab {
    /// The laptop's vault with the phone and the tablet in its roster; the laptop knows nothing of them yet.
    pub(crate) fn new() -> Self {
        let mut chance = Chance::new(1);
        let shelf = Shelf::built_in().map_err(|_| "shelf").unwrap();
        let created = create_with(local_key(LAPTOP_KEY), vec![1], "Laptop", &mut chance).unwrap();
        let mut disk = MemoryStore::new();
        disk.apply(created.commit).unwrap();
        let device = plain(&disk, b"device");
        let space = SpaceId::try_from(&device[..32]).unwrap();
        let laptop_secrets = FeedSecrets::from_sealed(&device[32..]).unwrap();
        let root = EpochRoot::from_sealed(&plain(&disk, b"epochs")[4..36]).unwrap();
        let genesis = Link::parse(disk.links(space).unwrap().remove(0)).unwrap();
        let roster = Roster::genesis(genesis.bytes().clone()).unwrap();
        let phone = FeedSecrets::from_entropy(chance.bytes());
        let tablet = FeedSecrets::from_entropy(chance.bytes());
        let mut laptop = Device::new(disk, LAPTOP_KEY, shelf.clone());
        laptop.start(0, &mut chance).unwrap();
        let (roots, links) = (vec![root], vec![genesis]);
        let others = Vec::new();
        let mut lab =
            Self { chance, shelf, laptop, laptop_secrets, phone, tablet, others, roots, roster, links };
        lab.add(Who::Phone, "Phone");
        lab.add(Who::Tablet, "Tablet");
        lab
    }

    /// The same, and the laptop has heard of both.
    pub(crate) fn linked() -> Self {
        let mut lab = Self::greeted();
        lab.caught_up();
        assert_eq!(lab.alarms(), [""; 0]);
        lab
    }

    /// The same, before the server has said that it has sent all: the laptop has written nothing yet, no sign of life either.
    pub(crate) fn greeted() -> Self {
        Self::new().greet()
    }

    /// A space that is shared: the laptop and the phone are its owner's, the tablet is the other party's. The laptop has heard of
    /// all, and the server has said that it has sent all.
    pub(crate) fn shared() -> Self {
        Self::shared_with(false).0
    }

    /// The same; the phone may be the other party's as well, whose keys come back.
    pub(crate) fn shared_with(phone_is_theirs: bool) -> (Self, FeedSecrets) {
        let mut chance = Chance::new(1);
        let shelf = Shelf::built_in().map_err(|_| "shelf").unwrap();
        let mut secrets = || FeedSecrets::from_entropy(chance.bytes());
        let (laptop_secrets, phone, tablet) = (secrets(), secrets(), secrets());
        let (owner, other) = (secrets(), secrets());
        let root = EpochRoot::from_entropy(chance.bytes());
        let genesis = shared_by(&laptop_secrets, &owner, &root, &mut chance);
        let roster = Roster::genesis(genesis.bytes().clone()).unwrap();
        let laptop = Device::new(MemoryStore::new(), OTHER_KEY, shelf.clone());
        let (roots, links) = (vec![root], vec![genesis]);
        let others = Vec::new();
        let mut lab =
            Self { chance, shelf, laptop, laptop_secrets, phone, tablet, others, roots, roster, links };
        if phone_is_theirs {
            lab.add_party(&other);
            lab.add_to(Who::Phone, "Desk", Some(&other));
        } else {
            lab.add_to(Who::Phone, "Phone", Some(&owner));
            lab.add_party(&other);
        }
        lab.add_to(Who::Tablet, "Practice", Some(&other));
        lab.laptop = lab.device(Who::Laptop);
        let mut lab = lab.greet();
        lab.caught_up();
        assert_eq!(lab.alarms(), [""; 0]);
        (lab, other)
    }

    fn greet(mut self) -> Self {
        self.set_server(false);
        let lab = &mut self;
        lab.hello(Vector::default());
        lab.links(1);
        self
    }

    /// The person sets the server.
    pub(crate) fn set_server(&mut self, invited: bool) {
        let server = self.laptop_secrets.keys().sign;
        let invite = invited.then(|| Invite::from_entropy([6; 16], &server).code());
        let choice = ServerChoice { url: "http://lab".into(), server_key: *server.as_bytes(), invite };
        let asked = self.laptop.ask(Command::SetServer(choice), 0, &mut self.chance);
        assert!(matches!(asked, Asked::Answered(Ok(_))));
    }

    /// The server proves that it is the one that was set; its key is one of the keys that are known here.
    pub(crate) fn prove(&mut self) {
        let challenge = self.challenge();
        self.say(challenge);
    }

    fn challenge(&self) -> Incoming {
        let signer = self.laptop_secrets.signer();
        let (space, member) = (self.roster.space(), self.laptop_feed().into());
        let (nonce, store) = (Nonce::from_bytes([4; 32]), StoreId::from_bytes([9; 16]));
        let challenge = Challenge { server: signer.key(), nonce, space, role: Role::Feed, member, store };
        let signature = *challenge.sign(signer).as_bytes();
        let server_key = *challenge.server.as_bytes();
        Incoming::Challenged { nonce: [4; 32], server_key, store_id: [9; 16], signature }
    }

    fn secrets(&self, who: Who) -> &FeedSecrets {
        match who {
            Who::Laptop => &self.laptop_secrets,
            Who::Phone => &self.phone,
            Who::Tablet => &self.tablet,
            Who::Other(which) => &self.others[which],
        }
    }

    pub(crate) fn feed(&self, who: Who) -> FeedId {
        self.secrets(who).keys().id()
    }

    pub(crate) fn laptop_feed(&self) -> FeedId {
        self.laptop_secrets.keys().id()
    }

    pub(crate) fn append(&mut self, link: Link) {
        self.roster.append(&link).unwrap();
        self.links.push(link);
    }

    fn add_party(&mut self, new: &FeedSecrets) {
        let (space, head, epoch) = (self.roster.space(), self.roster.head(), self.roster.epoch());
        let entropy = (self.chance.bytes(), self.chance.bytes());
        let root = self.roots.last().unwrap();
        let recipient: MemberId = new.keys().party_id().into();
        let context = WrapContext { space, epoch, recipient, prev: head.hash };
        let body = AddParty {
            keys: new.keys(),
            sealed_name: root.keys().seal_name("Practice", recipient, entropy.0).unwrap(),
            after: head.hash,
            wrap: wrap(root, &new.keys().kem, &context, entropy.1),
            consent: consent::sign(
                &Terms::at(Role::Party, space, head.hash, None),
                &new.keys(),
                new.signer(),
            ),
        };
        let author = Author { id: self.laptop_feed().into(), signer: self.laptop_secrets.signer() };
        let link = link::next(&self.roster, author, body).unwrap();
        self.append(link);
    }

    fn add(&mut self, who: Who, name: &str) {
        self.add_to(who, name, None);
    }

    /// Adds a device to a crowd.
    pub(crate) fn add_other(&mut self) -> Who {
        let other = Who::Other(self.others.len());
        self.others.push(FeedSecrets::from_entropy(self.chance.bytes()));
        self.add(other, "Other");
        other
    }

    fn add_to(&mut self, who: Who, name: &str, party: Option<&FeedSecrets>) {
        let entropy = (self.chance.bytes(), self.chance.bytes());
        let link = self.adding(self.secrets(who), name, party, entropy);
        self.append(link);
    }

    /// The laptop lets in devices of which nothing else is known, until there are so many.
    pub(crate) fn crowd(&mut self, count: usize) {
        while self.roster.current_feeds().count() < count {
            let new = FeedSecrets::from_entropy(self.chance.bytes());
            let entropy = (self.chance.bytes(), self.chance.bytes());
            let link = self.adding(&new, "one more", None, entropy);
            self.append(link);
        }
    }

    fn adding(
        &self,
        new: &FeedSecrets,
        name: &str,
        party: Option<&FeedSecrets>,
        entropy: ([u8; 32], [u8; 64]),
    ) -> Link {
        let (space, head, epoch) = (self.roster.space(), self.roster.head(), self.roster.epoch());
        let root = self.roots.last().unwrap();
        let of = party.map(|party| party.keys().party_id());
        let recipient: MemberId = new.keys().id().into();
        let context = WrapContext { space, epoch, recipient, prev: head.hash };
        let body = AddFeed {
            keys: new.keys(),
            sealed_name: root.keys().seal_name(name, recipient, entropy.0).unwrap(),
            party: of,
            wrap: wrap(root, &new.keys().kem, &context, entropy.1),
            consent: consent::sign(&Terms::at(Role::Feed, space, head.hash, of), &new.keys(), new.signer()),
        };
        let author = match party {
            Some(party) => Author { id: party.keys().party_id().into(), signer: party.signer() },
            None => Author { id: self.laptop_feed().into(), signer: self.laptop_secrets.signer() },
        };
        link::next(&self.roster, author, body).unwrap()
    }

    /// A link by the phone that removes feeds and begins an epoch; the wrap for `garbled` does not open.
    pub(crate) fn change(&mut self, removed: &[(FeedId, Option<Position>)], garbled: Option<FeedId>) {
        self.change_by(Who::Phone, removed, garbled);
    }

    pub(crate) fn change_by(
        &mut self,
        by: Who,
        removed: &[(FeedId, Option<Position>)],
        garbled: Option<FeedId>,
    ) {
        self.change_with(by, removed, garbled, |sealed| sealed);
    }

    /// The same; what is to lead back to the epoch before is something else.
    pub(crate) fn change_with(
        &mut self,
        by: Who,
        removed: &[(FeedId, Option<Position>)],
        garbled: Option<FeedId>,
        leads_back: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) {
        let id: MemberId = self.feed(by).into();
        let (change, root) = self.changing(id, (removed, None), garbled, leads_back);
        let author = Author { id, signer: self.secrets(by).signer() };
        let link = link::next(&self.roster, author, change).unwrap();
        self.roots.push(root);
        self.append(link);
    }

    /// A link by a party's own key that removes one of its feeds.
    pub(crate) fn change_by_party(&mut self, party: &FeedSecrets, removed: (FeedId, Option<Position>)) {
        let id = party.keys().party_id().into();
        let (change, root) = self.changing(id, (&[removed], None), None, |sealed| sealed);
        let link = link::next(&self.roster, Author { id, signer: party.signer() }, change).unwrap();
        self.roots.push(root);
        self.append(link);
    }

    /// A link by the laptop that removes a party of which no feed is left.
    pub(crate) fn remove_party(&mut self, party: &FeedSecrets) {
        let id: MemberId = self.laptop_feed().into();
        let gone = Some(party.keys().party_id());
        let (change, root) = self.changing(id, (&[], gone), None, |sealed| sealed);
        let author = Author { id, signer: self.laptop_secrets.signer() };
        let link = link::next(&self.roster, author, change).unwrap();
        self.roots.push(root);
        self.append(link);
    }

    fn changing(
        &mut self,
        id: MemberId,
        (removed, party): (&[(FeedId, Option<Position>)], Option<PartyId>),
        garbled: Option<FeedId>,
        leads_back: impl FnOnce(Vec<u8>) -> Vec<u8>,
    ) -> (Change, EpochRoot) {
        let epoch = self.roster.epoch() + 1;
        let root = EpochRoot::from_entropy(self.chance.bytes());
        let sealed_previous = root.keys().seal_previous(self.roots.last().unwrap(), self.chance.bytes());
        let sealed_previous = leads_back(sealed_previous);
        let block = EpochBlock { epoch, id: root.keys().id(), sealed_previous, wraps: BTreeMap::new() };
        let removed = removed.iter().copied().collect();
        let mut change = Change { removed, party, replaced: None, epoch: block };
        let (space, prev) = (self.roster.space(), self.roster.head().hash);
        for (recipient, kem) in self.roster.recipients(&id, &change).unwrap() {
            let context = WrapContext { space, epoch, recipient, prev };
            let made = wrap(&root, &kem, &context, self.chance.bytes());
            let is_garbled = garbled.is_some_and(|feed| recipient == feed.into());
            change.epoch.wraps.insert(recipient, if is_garbled { garble(&made) } else { made });
        }
        (change, root)
    }

    /// Does something to the roster and gives the links it made, which this roster does not have.
    pub(crate) fn aside(&mut self, act: impl FnOnce(&mut Self)) -> Vec<Link> {
        let (roster, links, roots) = (self.roster.clone(), self.links.len(), self.roots.len());
        act(self);
        self.roster = roster;
        self.roots.truncate(roots);
        self.links.split_off(links)
    }

    pub(crate) fn remove(&mut self, who: Who, head: Option<Position>) {
        self.change(&[(self.feed(who), head)], None);
    }

    /// The phone removes the laptop, and knows nothing that it wrote.
    pub(crate) fn remove_laptop(&mut self) {
        self.change(&[(self.laptop_feed(), None)], None);
    }

    /// All that may still be on its way to the laptop from a server that has this much of the roster and none of its records.
    pub(crate) fn late(&self, head: RosterHead) -> Vec<Incoming> {
        let (space, vector, feed) = (self.roster.space(), Vector::default(), self.laptop_feed());
        let requests =
            [Request::LogIn, Request::CreateSpace, Request::Pull, Request::Push, Request::AppendLink];
        let refusals =
            [Refusal::SpaceUnknown, Refusal::SpaceExists, Refusal::Unauthenticated, Refusal::FeedRemoved];
        let refused = requests.into_iter().flat_map(|request| {
            refusals.into_iter().map(move |refusal| Incoming::Refused { request, refusal })
        });
        let links = self.links.iter().map(|link| link.bytes().to_vec()).collect();
        let own = self.own().iter().map(|record| record.bytes().clone()).collect();
        let said = [
            self.challenge(),
            Incoming::LoggedIn,
            Incoming::SpaceStaged { seq: 1 },
            Incoming::SpaceCreated,
            self.greeting_at(vector.clone(), head),
            self.greeting(vector.clone()),
            Incoming::Links { space, links },
            Incoming::Records { space, records: own },
            Incoming::Bodies { space, feed, records: Vec::new() },
            Incoming::LinkAppended { space, seq: head.seq },
            Incoming::Pushed { space, vector },
            Incoming::CaughtUp { space },
        ];
        said.into_iter().chain(refused).collect()
    }

    /// A record by one of the devices played here, whose author knew the roster up to `at`.
    pub(crate) fn record_at(
        &mut self,
        who: Who,
        after: Option<&VerifiedRecord>,
        at: u64,
        kind: RecordKind,
        content: &[u8],
    ) -> VerifiedRecord {
        let epoch = self.roster.epoch_at(at).unwrap();
        let tip = after.map(Tip::of);
        let header = Header {
            kind,
            space: self.roster.space(),
            feed: self.feed(who),
            seq: tip.map_or(1, |tip| tip.position.seq + 1),
            epoch,
            roster: RosterHead { seq: at, hash: self.roster.hash_at(at).unwrap() },
            prev: tip.map_or(RecordId::ZERO, |tip| tip.position.id),
        };
        let entropy = self.chance.bytes();
        let keys = self.roots[usize::try_from(epoch).unwrap()].keys();
        seal(&keys, self.secrets(who).signer(), &header, content, entropy).unwrap()
    }

    /// A data record whose author knows the whole roster.
    pub(crate) fn record(
        &mut self,
        who: Who,
        after: Option<&VerifiedRecord>,
        content: &[u8],
    ) -> VerifiedRecord {
        let head = self.roster.head().seq;
        self.record_at(who, after, head, RecordKind::Data, content)
    }

    pub(crate) fn say(&mut self, incoming: Incoming) {
        self.laptop.input(Input::Server(incoming), 0, &mut self.chance);
        assert!(self.laptop.is_up());
    }

    pub(crate) fn hello(&mut self, vector: Vector) {
        let message = self.greeting(vector);
        self.say(message);
    }

    pub(crate) fn greeting(&self, vector: Vector) -> Incoming {
        let head = self.roster.head();
        Incoming::Hello {
            space: self.roster.space(),
            store_id: [9; 16],
            vector,
            roster_seq: head.seq,
            roster_head: head.hash,
            husks: Vec::new(),
        }
    }

    /// What the laptop wrote, as a server has it that has all of it.
    pub(crate) fn laptop_vector(&self) -> Vector {
        self.own().last().map_or_else(Vector::default, vector_of)
    }

    /// What the server says when it has another roster, or as much of this one.
    pub(crate) fn greeting_at(&self, vector: Vector, head: RosterHead) -> Incoming {
        let Incoming::Hello { space, store_id, vector, husks, .. } = self.greeting(vector) else {
            unreachable!()
        };
        Incoming::Hello { space, store_id, vector, roster_seq: head.seq, roster_head: head.hash, husks }
    }

    /// Another connection, up to the question what is lacking: gives the link after which the roster is asked for.
    pub(crate) fn connect(&mut self) -> Option<u64> {
        self.laptop.outbox.clear();
        self.laptop.wants_connection = false;
        self.say(Incoming::Connected);
        self.say(Incoming::LoggedIn);
        let asked = self.laptop.outbox.drain(..).find_map(|message| match message {
            Outgoing::Pull { roster_seq, .. } => Some(roster_seq),
            _ => None,
        });
        asked.unwrap()
    }

    /// The server sends these links, whoever made them.
    pub(crate) fn shows_links(&mut self, links: &[Vec<u8>]) {
        let space = self.roster.space();
        self.say(Incoming::Links { space, links: links.to_vec() });
    }

    /// The server sends the links from this one on.
    pub(crate) fn links(&mut self, from: usize) {
        let space = self.roster.space();
        let links = self.links[from..].iter().map(|link| link.bytes().to_vec()).collect();
        self.say(Incoming::Links { space, links });
    }

    pub(crate) fn records(&mut self, records: &[&VerifiedRecord]) {
        let space = self.roster.space();
        let records = records.iter().map(|record| record.bytes().clone()).collect();
        self.say(Incoming::Records { space, records });
    }

    pub(crate) fn bodies(&mut self, feed: FeedId, records: &[&VerifiedRecord]) {
        let space = self.roster.space();
        let records = records.iter().map(|record| record.bytes().clone()).collect();
        self.say(Incoming::Bodies { space, feed, records });
    }

    pub(crate) fn caught_up(&mut self) {
        let space = self.roster.space();
        self.say(Incoming::CaughtUp { space });
    }

    pub(crate) fn restart(&mut self) {
        self.laptop.crash();
        self.laptop.start(0, &mut self.chance).unwrap();
    }

    /// The kinds of the alarms that stand, but for what is news and not wrong.
    pub(crate) fn alarms(&self) -> Vec<&'static str> {
        self.laptop.alarms(false)
    }

    /// Up to which record something is told to be withheld by the word of one of the devices, if it is that one's.
    pub(crate) fn withheld_from(&self, who: Who) -> Option<u64> {
        let pins = plain(&self.laptop.disk, b"pins");
        let named = Pins::decode(&pins).unwrap().named;
        let alarm = self.laptop.view.status.alarms.iter().find(|alarm| alarm.kind == "RECORDS_WITHHELD")?;
        let name = if who == Who::Phone { "Phone" } else { "Tablet" };
        let mut of = named.iter().map(|(_, named)| named).filter(|named| named.by == self.feed(who));
        of.next().map(|named| named.position.seq).filter(|_| alarm.said_by.as_deref() == Some(name))
    }

    pub(crate) fn add_entry(&mut self, text: &str) {
        write(&mut self.laptop, text, &mut self.chance);
    }

    /// Everything the laptop wrote, as it lies in its store.
    pub(crate) fn own(&self) -> Vec<VerifiedRecord> {
        self.written(&self.laptop, self.laptop_feed())
    }

    /// Everything a device wrote as this feed.
    pub(crate) fn written(&self, device: &Device, feed: FeedId) -> Vec<VerifiedRecord> {
        let all = device.disk.records(self.roster.space(), feed, 1, 1 << 30).unwrap();
        let keys = &self.roster.feed(&feed).unwrap().keys;
        all.into_iter().map(|bytes| Record::parse(bytes).unwrap().verify(keys).unwrap()).collect()
    }

    /// Opens a record.
    pub(crate) fn opened(&self, record: &VerifiedRecord) -> Vec<u8> {
        let root = &self.roots[usize::try_from(record.header().epoch).unwrap()];
        open(&root.keys(), record).unwrap().into_vec()
    }

    /// Whether what the laptop wrote last names this record.
    pub(crate) fn names(&self, record: &VerifiedRecord) -> bool {
        let id = record.id();
        let inside = self.own().into_iter().map(|own| self.opened(&own));
        inside.into_iter().any(|inside| inside.windows(32).any(|window| window == id.as_bytes()))
    }

    /// Takes the records that were pushed since the last time.
    pub(crate) fn pushed(&mut self) -> Vec<Record> {
        let mut pushed = Vec::new();
        for message in self.laptop.outbox.drain(..) {
            if let Outgoing::Push { records, .. } = message {
                pushed.extend(records.into_iter().map(|bytes| Record::parse(bytes).unwrap()));
            }
        }
        pushed
    }

    /// The server has all that was pushed.
    pub(crate) fn acknowledge(&mut self) {
        let space = self.roster.space();
        let pushed = self.pushed();
        let vector = pushed.iter().map(|record| (record.header().feed, record.position())).collect();
        self.say(Incoming::Pushed { space, vector });
    }

    /// Takes the links that were sent since the last time.
    pub(crate) fn sent_links(&mut self) -> Vec<Link> {
        let sent = self.laptop.outbox.drain(..).filter_map(|message| match message {
            Outgoing::AppendLink { link, .. } => Some(Link::parse(link).unwrap()),
            _ => None,
        });
        sent.collect()
    }

    /// The server takes a link of the laptop: the other devices know its epoch from then on.
    pub(crate) fn takes(&mut self, link: &Link) {
        self.append(link.clone());
        let (made, context) = self.roster.wrap_for(self.feed(Who::Phone).into()).unwrap();
        let id = self.roster.epoch_block(self.roster.epoch()).unwrap().id;
        self.roots.push(unwrap(self.phone.kem(), &context, made, &id).unwrap());
    }

    /// The server says that it took a link.
    pub(crate) fn appended(&mut self, link: &Link) {
        self.say(Incoming::LinkAppended { space: self.roster.space(), seq: link.seq() });
    }

    /// Takes the places whose bodies were asked for since the last time.
    pub(crate) fn asked(&mut self) -> Vec<(FeedId, Vec<u64>)> {
        let asked = self.laptop.outbox.drain(..).filter_map(|message| match message {
            Outgoing::FetchBodies { feed, seqs, .. } => Some((feed, seqs)),
            _ => None,
        });
        asked.collect()
    }

    /// A row about the laptop's vault, as the laptop would seal it.
    pub(crate) fn sealed_meta(&mut self, key: &[u8], value: &[u8]) -> Vec<u8> {
        local_key(LAPTOP_KEY).seal("haven/1/local meta", key, value, self.chance.bytes())
    }

    /// How many rows a table holds.
    pub(crate) fn rows(&self, table: Table) -> usize {
        let mut rows = 0;
        self.laptop
            .disk
            .scan(table, &mut |_, _| {
                rows += 1;
                ControlFlow::Continue(())
            })
            .unwrap();
        rows
    }

    /// One of the devices that are played here as an engine of its own, which knows the roster and its first epoch.
    pub(crate) fn device(&mut self, who: Who) -> Device {
        self.device_with(who, 0)
    }

    /// The same with the root of this epoch, as a device has it that was linked then.
    pub(crate) fn device_with(&mut self, who: Who, epoch: u32) -> Device {
        let mut commit = Commit::default();
        let space = self.roster.space();
        commit.put(Table::Meta, b"wrap".to_vec(), vec![1]);
        let mut device = space.as_bytes().to_vec();
        device.extend(&self.secrets(who).expose_for_sealing()[..]);
        let mut epochs = epoch.to_be_bytes().to_vec();
        epochs.extend(&self.roots[usize::try_from(epoch).unwrap()].expose_for_sealing()[..]);
        for (name, value) in [(b"device".to_vec(), device), (b"epochs".to_vec(), epochs)] {
            let sealed = local_key(OTHER_KEY).seal("haven/1/local meta", &name, &value, self.chance.bytes());
            commit.put(Table::Meta, name, sealed);
        }
        for link in &self.links {
            commit.writes.push(Write::Link { space, seq: link.seq(), bytes: link.bytes().to_vec() });
        }
        let mut disk = MemoryStore::new();
        disk.apply(commit).unwrap();
        let mut device = Device::new(disk, OTHER_KEY, self.shelf.clone());
        device.start(0, &mut self.chance).unwrap();
        device
    }

    /// What the server says to the phone when it connects, and these records.
    pub(crate) fn serve(&mut self, phone: &mut Device, vector: Vector, records: &[VerifiedRecord]) {
        let space = self.roster.space();
        let records = records.iter().map(|record| record.bytes().clone()).collect();
        let said =
            [self.greeting(vector), Incoming::Records { space, records }, Incoming::CaughtUp { space }];
        for incoming in said {
            phone.input(Input::Server(incoming), 0, &mut self.chance);
        }
    }
}

/// Writes an entry on a device.
pub(crate) fn write(device: &mut Device, text: &str, chance: &mut Chance) {
    let mut draft = Draft::new(EntryKind::Note, "2020-01-01".parse().unwrap());
    draft.text = text.into();
    let asked = device.ask(Command::Add(draft), 0, chance);
    assert!(matches!(asked, Asked::Answered(Ok(Reply::Entry(_)))));
}

/// The kinds of the alarms of a device.
pub(crate) fn alarms_of(device: &Device) -> Vec<&'static str> {
    device.alarms(false)
}

pub(crate) fn vector_of(record: &VerifiedRecord) -> Vector {
    [(record.header().feed, record.position())].into_iter().collect()
}

fn shared_by(feed: &FeedSecrets, owner: &FeedSecrets, root: &EpochRoot, chance: &mut Chance) -> Link {
    let (first, standing, seed) = (feed.keys(), owner.keys(), chance.bytes());
    let members = [(first.id().into(), &first.kem), (standing.party_id().into(), &standing.kem)];
    let wraps = members.map(|(recipient, key): (MemberId, _)| {
        let context =
            WrapContext { space: SpaceId::from_bytes(seed), epoch: 0, recipient, prev: LinkHash::ZERO };
        (recipient, wrap(root, key, &context, chance.bytes()))
    });
    let founding = Founding {
        kind: SpaceKind::Shared,
        seed,
        sealed_name: root.keys().seal_name("Laptop", first.id().into(), chance.bytes()).unwrap(),
        epoch_id: root.keys().id(),
        wraps: wraps.into(),
        feed: first.clone(),
        standing: standing.clone(),
    };
    link::genesis(founding.agreed(feed.signer(), owner.signer()), feed.signer()).unwrap()
}

fn garble(made: &Wrap) -> Wrap {
    let mut bytes = *made.sealed();
    bytes[1150] ^= 1;
    Wrap::from_sealed(bytes)
}

/// The inside of a record, laid out by hand: what its author has seen, and items of any kind.
pub(crate) fn content(seen: &[(FeedId, Position)], items: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut seen = seen.to_vec();
    seen.sort_unstable_by_key(|(feed, _)| *feed);
    let mut out = vec![1];
    out.extend(0_i64.to_be_bytes());
    out.push(0);
    out.push(1);
    out.extend(u16::try_from(seen.len()).unwrap().to_be_bytes());
    for (feed, position) in seen {
        out.extend(feed.as_bytes());
        out.extend(position.seq.to_be_bytes());
        out.extend(position.id.as_bytes());
    }
    out.extend(u32::try_from(items.len()).unwrap().to_be_bytes());
    for (kind, body) in items {
        out.push(*kind);
        out.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        out.extend(body);
    }
    out
}
