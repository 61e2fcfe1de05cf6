//! A generator that repeats: two clones of one disk, one constant for every draw, different words.

use std::collections::{BTreeMap, BTreeSet};

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::local::LocalKey;
use haven_crypto::record::seal;

use crate::ordeal::Ordeal;
use crate::raw;
use crate::world::{bytes, header, root, secrets};

const FIXED: [u8; 32] = [7; 32];

#[test]
fn records_never_share_a_key() {
    let ordeal = Ordeal::full(1_000_000);
    let shares = ordeal.on_all_cores(|numbers| {
        let (root, author) = (root(1), secrets(1));
        numbers.map(|number| key_of(&root, author, number)).collect::<Vec<_>>()
    });
    let keys: BTreeSet<[u8; 32]> = shares.iter().flatten().copied().collect();
    assert_eq!(keys.len() as u64, ordeal.count, "one key for two records");
    ordeal.passed("all under keys of their own, with a generator that repeats itself");
}

/// The key of a record: each place of the feed is written by two clones, and neighbouring places say the same.
fn key_of(root: &EpochRoot, author: &FeedSecrets, number: u64) -> [u8; 32] {
    let seq = number / 2 + 1;
    let clone = if number.is_multiple_of(2) { "laptop" } else { "restored laptop" };
    let words = format!("{clone} wrote this at {}", seq / 2);
    let head = header(author, seq);
    let record = seal(&root.keys(), author.signer(), &head, words.as_bytes(), FIXED).unwrap();
    raw::record_key(root.expose_for_sealing(), &head, &record.salt()).0
}

#[test]
fn the_same_record_twice_is_the_same_record() {
    let (keys, author) = (root(1).keys(), secrets(1));
    let make = || seal(&keys, author.signer(), &header(author, 1), b"words", FIXED).unwrap();
    assert_eq!(make(), make());
}

#[test]
fn ten_thousand_rows_never_share_a_salt() {
    let key = LocalKey::from_entropy(bytes(1));
    let mut salts: BTreeMap<Vec<u8>, (usize, u32)> = BTreeMap::new();
    for row in 0..100_u32 {
        for version in 0..100 {
            let sealed = key.seal("row", &row.to_be_bytes(), format!("version {version}").as_bytes(), FIXED);
            assert_eq!(salts.insert(sealed[1..17].to_vec(), (version, row)), None, "one salt for two rows");
        }
    }
}
