//! The formats of haven-crypto, frozen. Everything is computed from the entropy in the files by the code that ships.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

#[path = "crypto/codes.rs"]
mod codes;
#[path = "crypto/disk.rs"]
mod disk;
#[path = "crypto/epochs.rs"]
mod epochs;
#[path = "crypto/linking.rs"]
mod linking;
#[path = "crypto/records.rs"]
mod records;

use haven_crypto::feedkeys::FeedSecrets;
use haven_vectors::hex;
use serde_json::{Value, json};

/// Entropy for the vectors: counting bytes, so that a swapped or shifted field shows.
pub(crate) fn entropy<const N: usize>(from: u8) -> [u8; N] {
    std::array::from_fn(|i| from.wrapping_add(i as u8))
}

/// The secrets and public keys of a feed.
pub(crate) fn feed_json(secrets: &FeedSecrets) -> Value {
    let keys = secrets.keys();
    json!({
        "secrets": hex(secrets.expose_for_sealing()),
        "keys": hex(keys.to_bytes()),
        "feed id": keys.id().to_string(),
        "paper id": keys.paper_id().to_string(),
    })
}

pub(crate) fn fault<T, E: std::fmt::Display>(verdict: Result<T, E>) -> String {
    verdict.err().expect("this vector is refused").to_string()
}
