//! Sealed records and their padding.

use std::path::Path;
use std::{env, fs};

use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::padding::padded_length;
use haven_crypto::record::{open, seal};
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord};
use haven_feed::{LinkHash, RecordId, RosterHead, SpaceId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::epochs::root;
use crate::{entropy, fault, feed_json};

/// Contents that DEFLATE does not shorten, so that no release of a compressor changes a byte of these vectors.
const CONTENTS: [&[u8]; 4] = [b"", b"q7Zx", &[0xc3, 0x28, 0x00, 0xff, 0x91], &NOISE];

const NOISE: [u8; 300] = {
    let mut noise = [0; 300];
    let mut state: u32 = 1;
    let mut at = 0;
    while at < noise.len() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        noise[at] = state.to_be_bytes()[0];
        at += 1;
    }
    noise
};

/// What the compressed record says.
fn compressible() -> String {
    "A quiet day. ".repeat(100)
}

fn author() -> FeedSecrets {
    FeedSecrets::from_entropy(entropy(0x01))
}

fn header(seq: u64, prev: RecordId) -> Header {
    Header {
        kind: if seq == 2 { RecordKind::Heartbeat } else { RecordKind::Data },
        space: SpaceId::from_bytes(entropy(0x70)),
        feed: author().keys().id(),
        seq,
        epoch: 2,
        roster: RosterHead { seq: 3, hash: LinkHash::from_bytes(entropy(0x71)) },
        prev,
    }
}

fn run() -> Vec<VerifiedRecord> {
    let mut run: Vec<VerifiedRecord> = Vec::new();
    for content in CONTENTS {
        let prev = run.last().map_or(RecordId::ZERO, VerifiedRecord::id);
        let header = header(run.len() as u64 + 1, prev);
        run.push(seal(&root(2).keys(), author().signer(), &header, content, entropy(0xd0)).unwrap());
    }
    run
}

fn to_json(record: &VerifiedRecord) -> Value {
    let content = open(&root(2).keys(), record).unwrap();
    json!({
        "random": hex(entropy::<32>(0xd0)),
        "content": hex(content.bytes()),
        "salt": hex(record.salt()),
        "commit": hex(record.commit()),
        "id": record.id().to_string(),
        "stored": hex(record.bytes()),
    })
}

#[test]
fn records() {
    let run = run();
    let other = fault(open(&root(1).keys(), &run[1]).map(|_| ()));
    let about = "PROTOCOL.md, sealed records; a run of one feed in the epoch with this root, each drawing the same \
                 random bytes; under the other root nothing opens";
    let vectors = json!({
        "about": about,
        "root": hex(root(2).expose_for_sealing()),
        "other root": hex(root(1).expose_for_sealing()),
        "author": feed_json(&author()),
        "run": run.iter().map(to_json).collect::<Vec<Value>>(),
        "under the other root": other,
    });
    check("crypto-records.json", &vectors);
}

/// Compressors may differ from release to release; what one has made must open for ever. So this record is made once,
/// where `HAVEN_BLESS` is `1` and the file is missing, and only opened from then on.
#[test]
fn a_compressed_content_opens_for_ever() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/crypto-deflated.json");
    if env::var_os("HAVEN_BLESS").is_some_and(|bless| bless == "1") && !path.exists() {
        let head = header(1, RecordId::ZERO);
        let made = seal(&root(2).keys(), author().signer(), &head, compressible().as_bytes(), entropy(0xd1))
            .unwrap();
        let about = "PROTOCOL.md, padding, codec 1; author and root are those of crypto-records.json";
        let vectors = json!({"about": about, "content": compressible(), "stored": hex(made.bytes())});
        fs::write(&path, format!("{vectors:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let stored = unhex(golden["stored"].as_str().unwrap());
    let record = Record::parse(stored).unwrap().verify(&author().keys()).unwrap();
    assert_eq!(open(&root(2).keys(), &record).unwrap().bytes(), compressible().as_bytes());
    assert_eq!(golden["content"], compressible());
}

/// What compresses to next to nothing weighs a 32nd of itself all the same. Made once, as the one above.
#[test]
fn a_content_that_weighs_next_to_nothing_is_stretched() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/crypto-stretched.json");
    let (letter, times) = ("o", 20_000);
    if env::var_os("HAVEN_BLESS").is_some_and(|bless| bless == "1") && !path.exists() {
        let head = header(1, RecordId::ZERO);
        let content = letter.repeat(times);
        let made =
            seal(&root(2).keys(), author().signer(), &head, content.as_bytes(), entropy(0xd2)).unwrap();
        let about = "PROTOCOL.md, padding, codec 1: a content of one letter, so many times; author and root are those of \
                     crypto-records.json";
        let vectors = json!({"about": about, "letter": letter, "times": times, "stored": hex(made.bytes())});
        fs::write(&path, format!("{vectors:#}\n")).unwrap();
    }
    let golden: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    let record = Record::parse(unhex(golden["stored"].as_str().unwrap())).unwrap();
    let record = record.verify(&author().keys()).unwrap();
    assert_eq!(open(&root(2).keys(), &record).unwrap().bytes(), letter.repeat(times).as_bytes());
    assert_eq!((&golden["letter"], &golden["times"]), (&json!(letter), &json!(times)));
    assert_eq!(record.body().unwrap().len(), padded_length(times.div_ceil(32)) + 16);
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn padding() {
    let lengths = [0, 1, 256, 257, 512, 1000, 1537, 4096, 4097, 5000, 8191, 65_537, 524_289, 4_194_304];
    let size = |length: &usize| json!({"length": length, "padded": padded_length(*length)});
    let sizes: Vec<Value> = lengths.iter().map(size).collect();
    check("crypto-padding.json", &json!({"about": "PROTOCOL.md, padding", "sizes": sizes}));
}
