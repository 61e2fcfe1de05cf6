//! Suite 2: signatures of which forging one takes breaking Ed25519 and ML-DSA-65 both.
//!
//! ```text
//! keys      = suite 1 (= 2) | Ed25519 public key 32 | ML-DSA-65 public key 1,952 | X-Wing public key 1,216        3,201 bytes
//! signature = Ed25519 64 | ML-DSA-65 3,309, both over the digest                                               3,373 bytes
//! ```
//! Nothing here computes ML-DSA: those halves are read from `drawn-ml-dsa.json`, where `python/drawn.py sign` puts them, and the
//! second implementation verifies them.

use std::path::Path;

use haven_feed::digest::{Digest, digest, label};
use haven_feed::keys::Signer;
use haven_feed::record::Record;
use haven_feed::roster::Link;
use haven_feed::{LinkHash, MemberId, RosterHead};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::labels::SEED;
use crate::people::Keyed;
use crate::seal::{hkdf, sha256};
use crate::world::{TABLET, World, epoch_block, filled_wrap, link_hash, sized, unsigned};

const ADD_FEED: u8 = 2;
const CHANGE: u8 = 4;

/// Somebody whose keys are of suite 2.
pub(crate) struct Double {
    sign_seed: [u8; 32],
    signer: Signer,
    pub(crate) keys: Vec<u8>,
    halves: Value,
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

impl Double {
    pub(crate) fn new() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/drawn-ml-dsa.json");
        let halves: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (sign_seed, receives) = ([8; 32], Keyed::new(8).keys.kem);
        let signer = Signer::from_seed(&sign_seed);
        let mut keys = vec![2];
        keys.extend(signer.key().as_bytes());
        keys.extend(unhex(halves["key"].as_str().unwrap()));
        keys.extend(receives.as_bytes());
        Self { sign_seed, signer, keys, halves }
    }

    fn id(&self, label: &'static str) -> [u8; 8] {
        digest(label, &[&self.keys]).first()
    }

    /// Both halves of a signature.
    fn sign(&self, what: &str, digest: &Digest) -> Vec<u8> {
        let half = &self.halves["signatures"][what];
        let wanted = hex(digest.as_bytes());
        let signed = half["digest"].as_str().unwrap_or_default();
        assert_eq!(signed, wanted, "run python/drawn.py sign \"{what}\" {wanted}");
        let mut signature = self.signer.sign(digest).as_bytes().to_vec();
        signature.extend(unhex(half["signature"].as_str().unwrap()));
        signature
    }
}

/// The new feed consents to be one of the vault, after the head.
pub(crate) fn consented(world: &World, new: &Double) -> Vec<u8> {
    let (space, head) = (world.roster.space(), world.roster.head());
    let parts: [&[u8]; 5] = [&[1], space.as_bytes(), head.hash.as_bytes(), &[0; 8], &new.keys];
    new.sign("consent", &digest(label::CONSENT, &parts))
}

/// The tablet adds the feed; the keys are of suite 2, the author's signature of suite 1.
fn added(world: &World, new: &Double) -> (Vec<u8>, LinkHash) {
    let mut body = new.keys.clone();
    sized(&mut body, &[0xa2; 40]);
    body.extend([0; 8]);
    body.extend(filled_wrap());
    body.extend(consented(world, new));
    world.link(&Keyed::new(TABLET), ADD_FEED, &body)
}

/// The feed of suite 2 removes every other one: from then on no key of suite 1 is added.
fn change(world: &World, after: LinkHash, author: &Double) -> (Vec<u8>, LinkHash) {
    let removed: Vec<_> = world.roster.current_feeds().map(|(id, _)| id).collect();
    let mut body = (removed.len() as u16).to_be_bytes().to_vec();
    for feed in removed {
        body.extend(feed.as_bytes());
        body.extend([0; 40]);
    }
    body.extend([0; 9]);
    let own = MemberId::from_bytes(author.id(label::FEED));
    body.extend(epoch_block(world.roster.epoch() + 1, [own, world.roster.paper().unwrap().id.into()]));
    let place = RosterHead { seq: world.roster.head().seq + 2, hash: after };
    let mut link = unsigned(world.roster.space(), place, own, CHANGE, &body);
    let hash = link_hash(&link);
    link.extend(author.sign("author", &digest(label::AUTHOR, &[hash.as_ref()])));
    (link, hash)
}

/// A first record, of filling. Its suite is its author's.
fn record(world: &World, after: LinkHash, author: &Double) -> (Vec<u8>, Digest) {
    let mut record = vec![1, 2, 0, 1];
    record.extend(world.roster.space().as_bytes());
    record.extend(author.id(label::FEED));
    record.extend(1_u64.to_be_bytes());
    record.extend(world.roster.epoch().to_be_bytes());
    record.extend((world.roster.head().seq + 1).to_be_bytes());
    record.extend(after.as_bytes());
    record.extend([0; 32]);
    record.extend([0x51; 16]);
    record.extend([0xc0; 32]);
    let body = [7; 272];
    record.extend(sha256(&body));
    let id = digest(label::RECORD, &[&record]);
    record.extend(author.sign("record", &id));
    record.extend(body);
    (record, id)
}

/// Version 1 meets suite 2 first in the link that adds such a key, and waits there.
fn says(link: &[u8], record: &[u8]) -> [String; 2] {
    let said = [fault(Link::parse(link.to_vec())), fault(Record::parse(record.to_vec()))];
    said.iter().for_each(|said| assert!(said.starts_with("update needed"), "{said}"));
    said
}

#[test]
fn suite_two() {
    let (world, new) = (World::new(), Double::new());
    let seed: [u8; 32] = hkdf(&new.sign_seed, &[], &[SEED.as_bytes()]);
    let (link, hash) = added(&world, &new);
    let (change, change_hash) = change(&world, hash, &new);
    let (record, record_id) = record(&world, hash, &new);
    let [said_link, said_record] = says(&link, &record);
    let ids = |label| hex(new.id(label));
    let json = json!({
        "about": "the seed of the Ed25519 key is 32 times 08, the X-Wing key the one numbered 8 as in feed-keys.json; the seed of the \
                  ML-DSA key is HKDF(ikm = the Ed25519 seed, salt empty, info = \"haven/1/ml-dsa seed\"). The tablet (4) adds the \
                  feed to the roster of drawn-checkpoints.json; the feed removes all others; the record is its first",
        "sign seed": hex(new.sign_seed),
        "ml-dsa seed": hex(seed),
        "keys": hex(&new.keys),
        "feed id": ids(label::FEED),
        "party id": ids(label::PARTY),
        "paper id": ids(label::PAPER),
        "added": {"link": hex(&link), "hash": hash.to_string(), "version 1 says": said_link},
        "change": {"link": hex(&change), "hash": change_hash.to_string()},
        "record": {"stored": hex(&record), "id": hex(record_id.as_bytes()), "version 1 says": said_record},
    });
    check("drawn-suites.json", &json);
}
