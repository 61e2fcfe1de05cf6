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
    let good = *Keyed::new(1).keys.kem.as_bytes();
    let with = |from: usize, bytes: &[u8]| {
        let mut key = good;
        key[from..from + bytes.len()].copy_from_slice(bytes);
        key
    };
    let x25519 = [[0; 32], one(), minus_one(), [0xff; 32]].map(|half| with(KemKey::LEN - 32, &half));
    // q is 0xd01: the first coefficient of a pair has the first byte and the low half of the second.
    let ml_kem = [with(0, &[0x01, 0x0d, 0x00]), with(1149, &[0x00, 0x10, 0xd0])];
    let refused_kem = x25519.into_iter().chain(ml_kem);
    let sign = refused_sign.map(|key| json!({"key": hex(key), "fault": fault(SignKey::from_bytes(key))}));
    let kem: Vec<Value> =
        refused_kem.map(|key| json!({"key": hex(key), "fault": fault(KemKey::from_bytes(&key))})).collect();
    let about = "sign is the Ed25519 key of the seed; kem is 1152 zeros, SHA-256(\"haven/1/vector rho\" || number 8) and \
                 SHA-256(\"haven/1/vector kem\" || number 8) with the two top bits of the last byte cleared; ids are PROTOCOL.md, keys and ids";
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
