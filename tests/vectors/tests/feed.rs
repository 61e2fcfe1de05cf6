//! The formats of haven-feed, frozen. Everything is computed from the seeds in the files by the code that ships.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "feed/exchanges.rs"]
mod exchanges;
#[path = "feed/people.rs"]
mod people;
#[path = "feed/records.rs"]
mod records;
#[path = "feed/rosters.rs"]
mod rosters;

use haven_feed::keys::{KemKey, SignKey};
use haven_vectors::{check, hex};
use people::Keyed;
use serde_json::{Value, json};

#[test]
fn keys_and_ids() {
    let keys: Vec<Value> = (1..=3).map(|number| Keyed::new(number).to_json()).collect();
    let refused_sign = [[0; 32], one(), minus_one(), [0xff; 32]];
    let refused_kem = [[0; 32], one(), minus_one(), [0xff; 32]];
    let sign = refused_sign.map(|key| json!({"key": hex(key), "fault": fault(SignKey::from_bytes(key))}));
    let kem = refused_kem.map(|key| json!({"key": hex(key), "fault": fault(KemKey::from_bytes(key))}));
    let about = "sign is the Ed25519 key of the seed; kem is SHA-256(\"haven/1/vector kem\" || number 8) with the two \
                 top bits of the last byte cleared; ids are PROTOCOL.md, keys and ids";
    check("feed-keys.json", &json!({"about": about, "keys": keys, "refused sign": sign, "refused kem": kem}));
}

fn one() -> [u8; 32] {
    std::array::from_fn(|i| u8::from(i == 0))
}

/// p - 1, the y of the point of order two and the u of one of order four.
fn minus_one() -> [u8; 32] {
    std::array::from_fn(|i| match i {
        0 => 0xec,
        31 => 0x7f,
        _ => 0xff,
    })
}

/// The words of a fault; a vector that should be refused and is not fails here.
pub(crate) fn fault<T, E: std::fmt::Display>(verdict: Result<T, E>) -> String {
    verdict.err().expect("this vector is refused").to_string()
}
