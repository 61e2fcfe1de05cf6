//! Words people read to each other: eleven bits each, from the English list of BIP-39.
//!
//! ```text
//! digest = w0 11 bits | w1 11 bits | … most significant first; three words are 33 bits, six are 66
//! ```

use bip39::Language;
use haven_feed::digest::Digest;
use thiserror::Error;

const BITS: usize = 11;

/// Why typed words are not even candidates; a person may simply type them again.
#[derive(Debug, Error, PartialEq, Eq, Clone, Copy)]
pub enum WordsFault {
    /// More or fewer words than asked for.
    #[error("{expected} words are needed, found {found}")]
    Count {
        /// How many there must be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
    /// A word that is not in the list: a slip of the finger, not a wrong device.
    #[error("word {at} is not one of the words this can show")]
    Unknown {
        /// Its place, counted from one.
        at: usize,
    },
}

/// Gives three words, 33 bits: enough against a stranger who has one try and must commit before he sees them.
pub fn three(digest: &Digest) -> [&'static str; 3] {
    words(digest)
}

/// Gives six words, 66 bits: for two people on a telephone who will rely on them for years.
pub fn six(digest: &Digest) -> [&'static str; 6] {
    words(digest)
}

/// Reads typed words: any case, any spaces, commas or dashes between them.
pub fn parse<const N: usize>(typed: &str) -> Result<[&'static str; N], WordsFault> {
    let typed: Vec<String> =
        typed.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect();
    if typed.len() != N {
        return Err(WordsFault::Count { expected: N, found: typed.len() });
    }
    let mut words = [""; N];
    for (at, (place, word)) in words.iter_mut().zip(&typed).enumerate() {
        *place = known(word).ok_or(WordsFault::Unknown { at: at + 1 })?;
    }
    Ok(words)
}

fn known(word: &str) -> Option<&'static str> {
    let list = list();
    list.binary_search(&word).ok().map(|at| list[at])
}

fn words<const N: usize>(digest: &Digest) -> [&'static str; N] {
    const { assert!(N * BITS <= 256, "a digest has 256 bits") };
    std::array::from_fn(|at| list()[eleven_bits(digest.as_bytes(), at * BITS)])
}

fn eleven_bits(bytes: &[u8; 32], from: usize) -> usize {
    (from..from + BITS).fold(0, |value, bit| value << 1 | usize::from(bytes[bit / 8] >> (7 - bit % 8) & 1))
}

/// The list is sorted, so `binary_search` finds what it contains.
fn list() -> &'static [&'static str; 2048] {
    Language::English.word_list()
}
