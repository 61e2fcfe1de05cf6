//! Words people read to each other: eleven bits each, from the English list of BIP-39.
//!
//! ```text
//! digest = w0 11 bits | w1 11 bits | … most significant first; three words are 33 bits, six are 66
//! ```
//!
//! A passphrase is drawn from the same list, but for words that nobody should have to type every day.

use bip39::Language;
use haven_feed::digest::Digest;
use thiserror::Error;
use zeroize::Zeroizing;

const BITS: usize = 11;

/// Words of a suggested passphrase: 10.9 bits each, 65 together, far above what is asked of one that a person chooses.
const SUGGESTED: usize = 6;

/// What is left out of a suggested passphrase: a journal of this kind is opened on bad days. Sorted.
const UNKIND: [&str; 57] = [
    "abandon", "abuse", "afraid", "alcohol", "anger", "angry", "anxiety", "attack", "betray", "blame",
    "bleak", "blood", "bomb", "bullet", "crash", "cruel", "crush", "cry", "damage", "danger", "despair",
    "destroy", "divorce", "enemy", "evil", "fatal", "fault", "gloom", "grief", "guilt", "gun", "hurt",
    "inflict", "injury", "jealous", "kick", "knife", "liar", "lonely", "misery", "orphan", "panic", "pill",
    "prison", "punch", "reject", "sad", "sadness", "scare", "shove", "suffer", "tragic", "trap", "ugly",
    "unhappy", "weapon", "wreck",
];

/// Six words: one to three are compared on one side, four to six on the other.
pub type SixWords = [&'static str; 6];

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

/// Gives six words, 66 bits: three for each side to compare, or all of them for two people on a telephone who will rely on
/// them for years.
pub fn six(digest: &Digest) -> SixWords {
    words(digest)
}

/// The words that are compared first.
pub fn first_three(&[first, second, third, ..]: &SixWords) -> [&'static str; 3] {
    [first, second, third]
}

/// The words that are compared after them, the other way.
pub fn last_three(&[.., fourth, fifth, sixth]: &SixWords) -> [&'static str; 3] {
    [fourth, fifth, sixth]
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

/// Makes a passphrase out of fresh random bytes: six words with spaces between, each drawn alike from the list without [`UNKIND`].
///
/// A word that is left out is drawn again from the bits that follow, so that no other becomes likelier. `None` if too many were;
/// that happens once in more than 2⁶⁰ times. Resists whoever guesses: some 65 bits, and nothing else goes in.
pub fn passphrase(entropy: &[u8; 32]) -> Option<Zeroizing<String>> {
    let draws = (0..256 / BITS).map(|at| list()[eleven_bits(entropy, at * BITS)]);
    let kind = draws.filter(|word| UNKIND.binary_search(word).is_err()).take(SUGGESTED);
    let words = kind.collect::<Vec<_>>();
    (words.len() == SUGGESTED).then(|| Zeroizing::new(words.join(" ")))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_passphrases_is_in_the_list_and_sorted() {
        assert!(UNKIND.is_sorted());
        for word in UNKIND {
            assert_eq!(known(word), Some(word));
        }
    }

    #[test]
    fn a_passphrase_is_six_words_of_the_list_and_none_that_is_left_out() {
        for seed in 0..=255_u8 {
            let entropy =
                std::array::from_fn(|at| seed.wrapping_mul(31).wrapping_add((at as u8).wrapping_mul(97)));
            let made = passphrase(&entropy).unwrap();
            assert!(parse::<6>(&made).is_ok(), "{}", *made);
            assert!(made.split(' ').all(|word| !UNKIND.contains(&word)));
        }
    }

    #[test]
    fn a_word_that_is_left_out_is_drawn_again_from_the_bits_that_follow() {
        // All zeros draw "abandon" each time, which is left out; then the last eleven bits are ones.
        assert!(passphrase(&[0; 32]).is_none());
        let mut entropy = [0xff; 32];
        entropy[..2].fill(0);
        let made = passphrase(&entropy).unwrap();
        assert!(made.ends_with("zoo zoo zoo zoo zoo"), "{}", *made);
        assert!(!made.contains("abandon"));
    }
}
