use std::collections::BTreeMap;

use haven_crypto::wrap::wrap;
use haven_feed::ids::{Position, RecordId};
use haven_feed::keys::Signer;
use haven_feed::record::{Header, RecordKind};
use haven_feed::roster::body::{Change, Replaced};
use haven_feed::roster::consent::{self, Terms};
use haven_feed::roster::epoch::{EpochBlock, Wraps};
use haven_feed::roster::{Author, Link, Roster, WrapContext, link};

use super::*;
use crate::content::{self, Content};
use crate::io::Write;
use crate::vault::{create_with, local_key};

/// Bytes that are different at every draw.
struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0 += 1;
        bytes.fill(self.0);
    }
}

/// A vault of a person with one device, called "Laptop".
struct Vault {
    keys: Keys,
    kit: String,
    links: Vec<Link>,
    roster: Roster,
    records: Vec<Bytes>,
}

impl Vault {
    fn new(number: u8) -> Self {
        let created =
            create_with(local_key([number; 32]), vec![1], "Laptop", &mut Counting(number)).ok().unwrap();
        let genesis = created.commit.writes.iter().find_map(|write| match write {
            Write::Link { bytes, .. } => Some(Link::parse(bytes.clone()).unwrap()),
            _ => None,
        });
        let genesis = genesis.unwrap();
        let roster = Roster::replay([&genesis]).unwrap();
        let kit = String::clone(&created.kit_code);
        Self { keys: created.unlocked.keys, kit, links: vec![genesis], roster, records: Vec::new() }
    }

    fn space(&self) -> SpaceId {
        self.roster.space()
    }

    /// Its device writes a record at a time.
    fn write(&mut self, time_ms: i64) {
        let epoch = self.roster.epoch();
        let prev =
            self.records.last().map(|last| haven_feed::record::Record::parse(last.clone()).unwrap().id());
        let header = Header {
            kind: RecordKind::Data,
            space: self.space(),
            feed: self.keys.feed,
            seq: self.records.len() as u64 + 1,
            epoch,
            roster: self.roster.head(),
            prev: prev.unwrap_or(RecordId::ZERO),
        };
        let plain = content::encode(&Content { time_ms, ..Content::default() });
        let signer = self.keys.device.signer();
        let sealed = haven_crypto::record::seal(&self.keys.epochs[&epoch], signer, &header, &plain, [7; 32]);
        self.records.push(sealed.unwrap().bytes().clone());
    }

    /// Its device replaces the paper, and begins an epoch with that.
    fn replace_paper(&mut self, kit: &Kit) {
        self.begin_epoch(Some(&kit.paper_secrets()), 9);
    }

    fn begin_epoch(&mut self, new: Option<&FeedSecrets>, root: u8) {
        let paper = new.map_or_else(|| self.roster.paper().unwrap().keys.clone(), FeedSecrets::keys);
        let (epoch, prev) = (self.roster.epoch() + 1, self.roster.head().hash);
        let root = haven_crypto::epoch::EpochRoot::from_entropy([root; 32]);
        let terms = Terms::at(Role::Paper, self.space(), prev, None);
        let members = [
            (MemberId::from(self.keys.feed), self.keys.device.keys().kem),
            (paper.paper_id().into(), paper.kem.clone()),
        ];
        let wraps: Wraps = members
            .into_iter()
            .map(|(recipient, kem)| {
                let context = WrapContext { space: self.space(), epoch, recipient, prev };
                (recipient, wrap(&root, &kem, &context, [3; 64]))
            })
            .collect();
        let sealed_previous = root.keys().seal_previous(&self.keys.roots[&(epoch - 1)], [4; 32]);
        let replaced = new.map(|new| Replaced {
            consent: consent::sign(&terms, &paper, new.signer()),
            keys: paper.clone(),
        });
        let change = Change {
            removed: BTreeMap::new(),
            party: None,
            replaced,
            epoch: EpochBlock { epoch, id: root.keys().id(), sealed_previous, wraps },
        };
        let author = Author { id: self.keys.feed.into(), signer: self.keys.device.signer() };
        let link = link::next(&self.roster, author, change).unwrap();
        self.roster.append(&link).unwrap();
        self.links.push(link);
        self.keys.learn(&self.roster);
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        self.links.iter().map(|link| link.bytes().to_vec()).collect()
    }

    fn vector(&self) -> Vector {
        let last = self.records.last().map(|last| haven_feed::record::Record::parse(last.clone()).unwrap());
        last.iter().map(|last| (self.keys.feed, last.position())).collect()
    }
}

/// A server that has some vaults, and tells what it is told to instead.
#[derive(Default)]
struct Server {
    named: Vec<SpaceId>,
    links: BTreeMap<SpaceId, Vec<Vec<u8>>>,
    vectors: BTreeMap<SpaceId, Vector>,
    records: BTreeMap<SpaceId, Vec<Bytes>>,
    /// Refuses to find anything, with this.
    refuses: Option<Refusal>,
    appended: usize,
    /// How often the roster has moved when something is to be appended.
    moves: usize,
}

impl Server {
    fn with(vaults: &[&Vault]) -> Self {
        let mut server = Self::default();
        for vault in vaults {
            server.named.push(vault.space());
            server.links.insert(vault.space(), vault.bytes());
            server.vectors.insert(vault.space(), vault.vector());
            server.records.insert(vault.space(), vault.records.clone());
        }
        server
    }

    fn answer(&mut self, send: RestoreSend) -> RestoreInput {
        match send {
            RestoreSend::Challenge { space, paper } => {
                let key = Signer::from_seed(&[8; 32]);
                let challenge = Challenge {
                    server: key.key(),
                    nonce: Nonce::from_bytes([1; 32]),
                    space,
                    role: Role::Paper,
                    member: paper,
                    store: StoreId::from_bytes([2; 16]),
                };
                RestoreInput::Challenged {
                    nonce: [1; 32],
                    server_key: *key.key().as_bytes(),
                    store_id: [2; 16],
                    signature: *challenge.sign(&key).as_bytes(),
                }
            }
            RestoreSend::FindSpaces { .. } => match self.refuses {
                Some(refusal) => RestoreInput::Refused(refusal),
                None => RestoreInput::Found(self.named.clone()),
            },
            RestoreSend::LogIn { space, .. } if !self.links.contains_key(&space) => {
                RestoreInput::Refused(Refusal::SpaceUnknown)
            }
            RestoreSend::LogIn { .. } => RestoreInput::LoggedIn,
            RestoreSend::ListLinks { space } => RestoreInput::Links(self.links[&space].clone()),
            RestoreSend::Look { space, .. } => RestoreInput::Holds(self.vectors[&space].clone()),
            RestoreSend::Fetch { space, seq, .. } => {
                let at = usize::try_from(seq - 1).unwrap();
                RestoreInput::Records(self.records[&space].get(at).cloned().into_iter().collect())
            }
            RestoreSend::Append { .. } if self.moves > 0 => {
                self.moves -= 1;
                RestoreInput::Refused(Refusal::RosterMoved)
            }
            RestoreSend::Append { space, link, .. } => {
                self.links.get_mut(&space).unwrap().push(link);
                self.appended += 1;
                RestoreInput::Appended
            }
        }
    }

    /// Carries messages until the person or the disk is next.
    fn talk(
        &mut self,
        restoring: &mut Restoring,
        mut step: RestoreStep,
    ) -> Result<RestoreStep, RestoreFault> {
        let mut entropy = Counting(100);
        while let RestoreStep::Send(send) = step {
            step = restoring.step(self.answer(send), &mut entropy)?;
        }
        Ok(step)
    }

    /// What this kit finds there.
    fn find(&mut self, kit: &str) -> Result<Restoring, RestoreFault> {
        let (mut restoring, first) = Restoring::start(kit, "New", None, &mut Counting(90))?;
        self.talk(&mut restoring, first)?;
        Ok(restoring)
    }
}

fn why(server: &mut Server, kit: &str) -> RestoreFault {
    server.find(kit).err().unwrap()
}

#[test]
fn a_kit_brings_its_vault_back_and_writes_nothing_before_it_is_chosen() {
    let mut vault = Vault::new(1);
    vault.write(1_000);
    vault.write(2_000);
    let mut server = Server::with(&[&vault]);
    let mut restoring = server.find(&vault.kit).ok().unwrap();
    let found: Vec<_> = restoring.found().collect();
    let newest = Some((2_000, "Laptop".to_owned()));
    assert_eq!(found, [FoundVault { space: vault.space(), devices: vec!["Laptop".to_owned()], newest }]);
    assert_eq!(server.appended, 0);
    assert!(restoring.again().is_none());

    let step = restoring.choose(vault.space()).ok().unwrap();
    assert!(matches!(server.talk(&mut restoring, step), Ok(RestoreStep::Linked)));
    assert_eq!(server.appended, 1);
    let sealed = restoring.seal(local_key([5; 32]), vec![1], "http://s", &mut Counting(120));
    let (unlocked, commit) = sealed.ok().unwrap();
    assert_eq!(unlocked.space(), vault.space());
    assert!(unlocked.keys.roots[&0].is(&vault.keys.roots[&0].keys().id()));
    let links = commit.writes.iter().filter(|write| matches!(write, Write::Link { .. })).count();
    assert_eq!(links, 2);
}

#[test]
fn an_earlier_epoch_is_read_through_the_newest() {
    let mut vault = Vault::new(1);
    vault.write(1_000);
    let newer = Kit::from_entropy([7; 16]);
    vault.replace_paper(&newer);
    let mut server = Server::with(&[&vault]);
    let mut restoring = server.find(&newer.code()).ok().unwrap();
    assert_eq!(restoring.found().next().unwrap().newest.unwrap().0, 1_000);
    let step = restoring.choose(vault.space()).ok().unwrap();
    assert!(matches!(server.talk(&mut restoring, step), Ok(RestoreStep::Linked)));
    let sealed = restoring.seal(local_key([5; 32]), vec![1], "http://s", &mut Counting(120));
    let (unlocked, _) = sealed.ok().unwrap();
    assert_eq!(unlocked.keys.roots.keys().copied().collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn a_mistyped_code_asks_nobody() {
    let mut kit = Vault::new(1).kit;
    kit.replace_range(0..1, if kit.starts_with('7') { "8" } else { "7" });
    let fault = Restoring::start(&kit, "New", None, &mut Counting(90)).err();
    assert!(matches!(fault, Some(RestoreFault::Code(_))));
}

#[test]
fn a_kit_that_was_replaced_is_told_apart_from_one_that_is_unknown() {
    let mut vault = Vault::new(1);
    let old = vault.kit.clone();
    assert!(matches!(why(&mut Server::default(), &old), RestoreFault::NoVault));
    let mut refusing = Server { refuses: Some(Refusal::Replaced), ..Server::default() };
    assert!(matches!(why(&mut refusing, &old), RestoreFault::Replaced));
    // A server that says nothing of it shows it by the roster.
    vault.replace_paper(&Kit::from_entropy([7; 16]));
    assert!(matches!(why(&mut Server::with(&[&vault]), &old), RestoreFault::Replaced));
}

#[test]
fn what_is_not_signed_by_this_paper_is_not_believed() {
    let (mut mine, other) = (Vault::new(1), Vault::new(2));
    mine.write(1_000);
    let lie = |change: &dyn Fn(&mut Server)| {
        let mut server = Server::with(&[&mine]);
        change(&mut server);
        why(&mut server, &mine.kit)
    };
    let space = mine.space();
    let forged: [&dyn Fn(&mut Server); 6] = [
        // The vault of another paper, under its name or under mine.
        &|server| *server = Server::with(&[&other]),
        &|server| drop(server.links.insert(space, other.bytes())),
        // A genesis with a letter changed, garbage, and nothing.
        &|server| server.links.get_mut(&space).unwrap()[0][700] ^= 1,
        &|server| drop(server.links.insert(space, vec![vec![1; 50]])),
        &|server| drop(server.links.insert(space, Vec::new())),
        // A record of nobody.
        &|server| drop(server.records.insert(space, vec![Bytes::from_static(&[1; 400])])),
    ];
    for (at, change) in forged.into_iter().enumerate() {
        let fault = lie(change);
        assert!(matches!(fault, RestoreFault::Forged), "{at}: {fault:?}");
    }
    let newer = lie(&|server| server.links.get_mut(&space).unwrap()[0][0] = 2);
    assert!(matches!(newer, RestoreFault::Newer));
}

#[test]
fn a_roster_cut_short_is_seen_by_a_record_that_names_more() {
    let mut vault = Vault::new(1);
    let old = vault.kit.clone();
    vault.replace_paper(&Kit::from_entropy([7; 16]));
    vault.write(1_000);
    let mut server = Server::with(&[&vault]);
    server.links.get_mut(&vault.space()).unwrap().truncate(1);
    assert!(matches!(why(&mut server, &old), RestoreFault::Forged));
}

#[test]
fn two_vaults_of_one_paper_are_both_shown_and_a_false_one_hides_none() {
    let (mut mine, other) = (Vault::new(1), Vault::new(2));
    let mut second = Vault::new(3);
    second.replace_paper(&Kit::parse(&mine.kit).ok().unwrap());
    mine.write(1_000);
    let mut server = Server::with(&[&other, &mine, &second]);
    server.named.push(SpaceId::from_bytes([4; 32]));
    let mut restoring = server.find(&mine.kit).ok().unwrap();
    let found: Vec<_> = restoring.found().map(|found| (found.space, found.newest.is_some())).collect();
    assert_eq!(found, [(mine.space(), true), (second.space(), false)]);
    assert!(restoring.choose(other.space()).is_err());
    let step = restoring.choose(second.space()).ok().unwrap();
    assert!(matches!(server.talk(&mut restoring, step), Ok(RestoreStep::Linked)));
    assert_eq!(server.links[&second.space()].len(), 3);
    assert_eq!(server.links[&mine.space()].len(), 1);
}

#[test]
fn a_body_that_is_gone_is_passed_over_for_the_one_before() {
    let mut vault = Vault::new(1);
    vault.write(1_000);
    let mut server = Server::with(&[&vault]);
    let position = Position { seq: 3, id: RecordId::ZERO };
    server.vectors.insert(vault.space(), [(vault.keys.feed, position)].into_iter().collect());
    let restoring = server.find(&vault.kit).ok().unwrap();
    assert_eq!(restoring.found().next().unwrap().newest.unwrap().0, 1_000);
}

#[test]
fn a_lost_answer_adds_no_second_device_and_a_roster_that_moves_is_followed_only_so_often() {
    let vault = Vault::new(1);
    let mut server = Server::with(&[&vault]);
    let mut restoring = server.find(&vault.kit).ok().unwrap();
    let mut step = restoring.choose(vault.space()).ok().unwrap();
    let mut entropy = Counting(100);
    // The link is in the roster, and the connection breaks before the server could say so.
    while let RestoreStep::Send(send) = step {
        let is_append = matches!(send, RestoreSend::Append { .. });
        let answer = server.answer(send);
        step = match is_append {
            true => break,
            false => restoring.step(answer, &mut entropy).ok().unwrap(),
        };
    }
    let again = restoring.again().unwrap();
    assert!(matches!(server.talk(&mut restoring, again), Ok(RestoreStep::Linked)));
    assert_eq!((server.appended, server.links[&vault.space()].len()), (1, 2));

    for (moves, ends_well) in [(2, true), (50, false)] {
        let mut server = Server { moves, ..Server::with(&[&vault]) };
        let mut restoring = server.find(&vault.kit).ok().unwrap();
        let step = restoring.choose(vault.space()).ok().unwrap();
        let ended = server.talk(&mut restoring, step);
        assert_eq!(matches!(ended, Ok(RestoreStep::Linked)), ends_well);
        assert_eq!(matches!(ended, Err(RestoreFault::Moved)), !ends_well);
    }
}

#[test]
fn a_history_that_parts_from_what_was_shown_is_refused() {
    let (mut shown, mut other) = (Vault::new(1), Vault::new(1));
    shown.begin_epoch(None, 9);
    other.begin_epoch(None, 10);
    let mut server = Server::with(&[&shown]);
    let mut restoring = server.find(&shown.kit).ok().unwrap();
    server.links.insert(shown.space(), other.bytes());
    let step = restoring.choose(shown.space()).ok().unwrap();
    assert!(matches!(server.talk(&mut restoring, step), Err(RestoreFault::Forged)));
    assert_eq!(server.appended, 0);
}
