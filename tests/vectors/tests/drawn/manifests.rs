//! Manifests, the packs they name, and feeds that begin at a base.
//!
//! ```text
//! manifest = version 1 | suite 1 | flags 1 | space 32 | generation 8 | prev 32 | author 8 | roster seq 8 | roster hash 32
//!          | base | packs | signature 64
//! base     = count 2 | (feed 8 | seq 8 | id 32 | roster seq 8) …
//! packs    = count 2 | (blob id 32 | sealed length 8 | epoch 4 | salt 16 | commit 32) …
//! id       = SHA-256("haven/1/manifest" || everything before the signature)        signature = Ed25519(author, id)
//! ```

use haven_feed::chain::{Tip, Tips, verify_run};
use haven_feed::digest::{Digest, digest};
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord, finish};
use haven_feed::{RecordId, RosterHead};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::blobs::{Blob, Told, plain_of};
use crate::fault;
use crate::labels::{MANIFEST, PACK};
use crate::people::Keyed;
use crate::seal::{expand, hkdf, mac, sha256};
use crate::world::{DESK, LAPTOP, TABLET, World};

/// A pack as its manifest names it.
struct Pack {
    blob: Blob,
    epoch: u32,
    salt: [u8; 16],
    commit: [u8; 32],
    json: Value,
}

/// Seals a pack: k 32 | commit 32 = HKDF(ikm = the epoch's key, salt, info = "haven/1/pack" || space | epoch 4).
fn pack(world: &World, root: &[u8; 32], epoch: u32, content: &[u8], random: [u8; 32]) -> Pack {
    let plain = plain_of(content);
    let place = [world.roster.space().as_bytes().as_slice(), &epoch.to_be_bytes()].concat();
    let salted = mac(&expand(root, "haven/1/epoch salt"), &[&random, &place, &sha256(&plain)]);
    let salt: [u8; 16] = salted[..16].try_into().unwrap();
    let both: [u8; 64] = hkdf(&expand(root, "haven/1/epoch key"), &salt, &[PACK.as_bytes(), &place]);
    let (key, commit): ([u8; 32], [u8; 32]) =
        (both[..32].try_into().unwrap(), both[32..].try_into().unwrap());
    let blob = Blob::seal(&key, &plain);
    let told = Told { id: blob.id(), sealed: blob.len(), key };
    assert_eq!(blob.open(&told).unwrap(), content);
    let json = json!({
        "epoch": epoch, "root": hex(root), "random": hex(random), "content": hex(content),
        "sealed": hex(blob.chunks.concat()),
    });
    Pack { blob, epoch, salt, commit, json }
}

/// What is in a pack. The save and the row are filling.
fn sections(record: &VerifiedRecord) -> Vec<u8> {
    let mut save = vec![0xd1; 16];
    save.extend(1_u16.to_be_bytes());
    save.extend([0xc1; 32]);
    let mut item = record.header().feed.as_bytes().to_vec();
    item.extend(record.header().seq.to_be_bytes());
    item.extend(record.id().as_bytes());
    let mut actors = record.header().feed.as_bytes().to_vec();
    actors.extend(2_u32.to_be_bytes());
    actors.extend([[0x11; 8], [0x12; 8]].concat());
    for bytes in [[0x5a; 70].as_slice(), &[1; 9]] {
        save.extend((bytes.len() as u32).to_be_bytes());
        save.extend(bytes);
    }
    // An item of kind 128: a removed feed counts up to a place.
    item.push(128);
    item.extend(48_u32.to_be_bytes());
    item.extend([0x77; 48]);
    let mut content = vec![1];
    for (kind, body) in [(1_u8, save), (2, item), (3, actors)] {
        content.push(kind);
        content.extend((body.len() as u32).to_be_bytes());
        content.extend(body);
    }
    content
}

/// Records of a feed, of filling.
pub(crate) fn records(
    world: &World,
    author: &Keyed,
    after: Option<&VerifiedRecord>,
    count: u64,
) -> Vec<VerifiedRecord> {
    let mut last = after.map(VerifiedRecord::position);
    let next = |_| {
        let header = Header {
            kind: RecordKind::Data,
            space: world.roster.space(),
            feed: author.keys.id(),
            seq: last.map_or(1, |last| last.seq + 1),
            epoch: 1,
            roster: world.roster.head(),
            prev: last.map_or(RecordId::ZERO, |last| last.id),
        };
        let body = [header.seq as u8; 272];
        let record = finish(&header, &[0x51; 16], &[0xc0; 32], &body, &author.signer).unwrap();
        last = Some(record.position());
        record
    };
    (0..count).map(next).collect()
}

struct Manifest<'a> {
    world: &'a World,
    author: &'a Keyed,
    generation: u64,
    prev: [u8; 32],
    base: &'a Tips,
    packs: &'a [&'a Pack],
}

impl Manifest<'_> {
    /// Its bytes and its id.
    fn sign(&self) -> (Vec<u8>, Digest) {
        let head = self.world.roster.head();
        let mut bytes = vec![1, 1, 0];
        bytes.extend(self.world.roster.space().as_bytes());
        bytes.extend(self.generation.to_be_bytes());
        bytes.extend(self.prev);
        bytes.extend(self.author.keys.id().as_bytes());
        write_place(&mut bytes, head);
        bytes.extend((self.base.iter().count() as u16).to_be_bytes());
        for (feed, tip) in self.base.iter() {
            bytes.extend(feed.as_bytes());
            bytes.extend(tip.position.seq.to_be_bytes());
            bytes.extend(tip.position.id.as_bytes());
            bytes.extend(tip.roster_seq.to_be_bytes());
        }
        bytes.extend((self.packs.len() as u16).to_be_bytes());
        for pack in self.packs {
            bytes.extend(pack.blob.id());
            bytes.extend(pack.blob.len().to_be_bytes());
            bytes.extend(pack.epoch.to_be_bytes());
            bytes.extend(pack.salt);
            bytes.extend(pack.commit);
        }
        let id = digest(MANIFEST, &[&bytes]);
        bytes.extend(self.author.signer.sign(&id).as_bytes());
        (bytes, id)
    }
}

pub(crate) fn write_place(bytes: &mut Vec<u8>, head: RosterHead) {
    bytes.extend(head.seq.to_be_bytes());
    bytes.extend(head.hash.as_bytes());
}

/// Records that come to somebody who has the manifest and nothing before it. The code that ships says which begin there.
fn begins(world: &World, base: &Tips, author: &Keyed, old: &[VerifiedRecord]) -> Value {
    let tip = base.get(&author.keys.id()).unwrap();
    let first = records(world, author, old.last(), 1).remove(0);
    let beside = {
        let mut header = *first.header();
        header.prev = RecordId::from_bytes([0xbe; 32]);
        finish(&header, &[0x51; 16], &[0xc0; 32], &[9; 272], &author.signer).unwrap()
    };
    let backwards = {
        let mut header = *first.header();
        header.roster = RosterHead { seq: 3, hash: world.roster.hash_at(3).unwrap() };
        finish(&header, &[0x51; 16], &[0xc0; 32], &[9; 272], &author.signer).unwrap()
    };
    let verify = |tip: Option<Tip>, record: &VerifiedRecord| {
        verify_run(&world.roster, tip, &[Record::parse(record.bytes().clone()).unwrap()])
    };
    assert_eq!(verify(Some(tip), &first).unwrap().len(), 1);
    let refused = [
        ("without a base", None, &first),
        ("one that the base holds", Some(tip), &old[1]),
        ("after another record than the base's", Some(tip), &beside),
        ("one that knows less of the roster than the base's", Some(tip), &backwards),
    ];
    let refused: Vec<Value> = refused
        .into_iter()
        .map(|(name, tip, record)| {
            json!({"name": name, "base": tip.is_some(), "stored": hex(record.bytes()), "fault": fault(verify(tip, record))})
        })
        .collect();
    json!({"first": hex(first.bytes()), "refused": refused})
}

#[test]
fn manifests() {
    let world = World::new();
    let [laptop, tablet, desk] = [LAPTOP, TABLET, DESK].map(Keyed::new);
    let (old, few) = (records(&world, &laptop, None, 2), records(&world, &desk, None, 1));
    let tip = |record: &VerifiedRecord| (record.header().feed, Tip::of(record));
    let one: Tips = [tip(&old[0])].into_iter().collect();
    let all: Tips = [tip(&old[1]), tip(&few[0])].into_iter().collect();
    let packs = [([0x31; 32], 0), ([0x32; 32], 1)]
        .map(|(root, epoch)| pack(&world, &root, epoch, &sections(&old[epoch as usize]), [epoch as u8; 32]));
    let first = Manifest {
        world: &world,
        author: &laptop,
        generation: 1,
        prev: [0; 32],
        base: &one,
        packs: &[&packs[0]],
    };
    let (first, first_id) = first.sign();
    let second = Manifest {
        world: &world,
        author: &tablet,
        generation: 2,
        prev: *first_id.as_bytes(),
        base: &all,
        packs: &[&packs[1], &packs[0]],
    };
    let (second, second_id) = second.sign();
    let about = "the roster is the one of drawn-checkpoints.json, without the checkpoint; the laptop (2) signs the first manifest, \
                 the tablet (4) the second. Saves and rows are filling. \"begins\": records of the laptop for somebody who has the \
                 second manifest and no record before it";
    let manifests = [(first, first_id), (second, second_id)]
        .map(|(bytes, id)| json!({"bytes": hex(bytes), "id": hex(id.as_bytes())}));
    let json = json!({
        "about": about,
        "manifests": manifests,
        "packs": packs.iter().map(|pack| &pack.json).collect::<Vec<_>>(),
        "superseded": old.iter().map(|record| hex(record.to_husk().bytes())).collect::<Vec<_>>(),
        "begins": begins(&world, &all, &laptop, &old),
    });
    check("drawn-manifests.json", &json);
}
