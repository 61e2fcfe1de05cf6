//! Fixtures: everything random is fixed by a number.

use std::collections::BTreeMap;
use std::sync::Mutex;

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_feed::ids::{LinkHash, RecordId, RosterHead, SpaceId};
use haven_feed::record::{Header, RecordKind};

/// Bytes that look random and are the same every time (SplitMix64).
pub(crate) fn bytes<const N: usize>(seed: u64) -> [u8; N] {
    let mut state = seed;
    let mut out = [0; N];
    for chunk in out.chunks_mut(8) {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let random = (z ^ (z >> 31)).to_be_bytes();
        chunk.copy_from_slice(&random[..chunk.len()]);
    }
    out
}

/// As many such bytes as wanted.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let blocks = (0..length.div_ceil(64)).flat_map(|block| bytes::<64>(seed ^ (block as u64) << 20));
    blocks.take(length).collect()
}

pub(crate) fn root(seed: u64) -> EpochRoot {
    EpochRoot::from_entropy(bytes(seed))
}

/// Made once: keys take a while, and tests ask for the same ones thousands of times.
pub(crate) fn secrets(seed: u64) -> &'static FeedSecrets {
    static MADE: Mutex<BTreeMap<u64, &'static FeedSecrets>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap();
    made.entry(seed).or_insert_with(|| Box::leak(Box::new(FeedSecrets::from_entropy(bytes(seed)))))
}

/// The header of the record `seq` of a feed.
pub(crate) fn header(author: &FeedSecrets, seq: u64) -> Header {
    Header {
        kind: RecordKind::Data,
        space: SpaceId::from_bytes(bytes(900)),
        feed: author.keys().id(),
        seq,
        epoch: 3,
        roster: RosterHead { seq: 5, hash: LinkHash::from_bytes(bytes(901)) },
        prev: if seq == 1 { RecordId::ZERO } else { RecordId::from_bytes(bytes(seq)) },
    }
}

/// Every copy of `bytes` with one bit turned.
pub(crate) fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

pub(crate) fn hex<const N: usize>(text: &str) -> [u8; N] {
    assert_eq!(text.len(), 2 * N);
    std::array::from_fn(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap())
}
