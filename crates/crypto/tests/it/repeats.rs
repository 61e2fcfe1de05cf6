//! A generator that repeats: two clones of one disk, one constant for every draw, different words.

use std::collections::BTreeMap;

use haven_crypto::local::LocalKey;
use haven_crypto::record::seal;

use crate::raw;
use crate::world::{bytes, header, root, secrets};

const FIXED: [u8; 32] = [7; 32];

#[test]
fn ten_thousand_records_never_share_a_key() {
    let (root, author) = (root(1), secrets(1));
    let keys = root.keys();
    let mut sealed_under: BTreeMap<[u8; 32], String> = BTreeMap::new();
    for seq in 1..=5000 {
        for clone in ["laptop", "restored laptop"] {
            let words = format!("{clone} wrote this at {}", seq / 2);
            let head = header(&author, seq);
            let record = seal(&keys, author.signer(), &head, words.as_bytes(), FIXED).unwrap();
            let (key, _) = raw::record_key(root.expose_for_sealing(), &head, &record.salt());
            assert_eq!(sealed_under.insert(key, words), None, "one key for two records");
        }
    }
    assert_eq!(sealed_under.len(), 10_000);
}

#[test]
fn the_same_record_twice_is_the_same_record() {
    let (keys, author) = (root(1).keys(), secrets(1));
    let make = || seal(&keys, author.signer(), &header(&author, 1), b"words", FIXED).unwrap();
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
