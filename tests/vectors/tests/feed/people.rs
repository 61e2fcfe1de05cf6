//! Whose keys the vectors use.

use haven_feed::MemberId;
use haven_feed::digest::digest;
use haven_feed::keys::{FeedKeys, KemKey, Signer};
use haven_feed::roster::Author;
use haven_vectors::hex;
use serde_json::{Value, json};

/// Somebody with keys.
pub(crate) struct Keyed {
    seed: [u8; 32],
    pub(crate) signer: Signer,
    pub(crate) keys: FeedKeys,
}

impl Keyed {
    pub(crate) fn new(number: u8) -> Self {
        let seed = [number; 32];
        let half = |label| *digest(label, &[&u64::from(number).to_be_bytes()]).as_bytes();
        let mut kem = [0; KemKey::LEN];
        kem[KemKey::LEN - 64..KemKey::LEN - 32].copy_from_slice(&half("haven/1/vector rho"));
        kem[KemKey::LEN - 32..].copy_from_slice(&half("haven/1/vector kem"));
        kem[KemKey::LEN - 1] &= 0x3f;
        let signer = Signer::from_seed(&seed);
        let keys = FeedKeys { sign: signer.key(), kem: KemKey::from_bytes(&kem).unwrap() };
        Self { seed, signer, keys }
    }

    pub(crate) fn to_json(&self) -> Value {
        json!({
            "seed": hex(self.seed),
            "sign": hex(self.keys.sign.as_bytes()),
            "kem": hex(self.keys.kem.as_bytes()),
            "feed id": self.keys.id().to_string(),
            "party id": self.keys.party_id().to_string(),
            "paper id": self.keys.paper_id().to_string(),
        })
    }

    pub(crate) fn author(&self, id: impl Into<MemberId>) -> Author<'_> {
        Author { id: id.into(), signer: &self.signer }
    }

    pub(crate) fn as_feed(&self) -> Author<'_> {
        self.author(self.keys.id())
    }
}
