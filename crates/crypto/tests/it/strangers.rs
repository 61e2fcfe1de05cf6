//! Somebody who overheard the code and sits between the two devices: the words give him away.

use haven_crypto::linking::{Existing, Joiner, LinkSecret, LinkingFault, Offer};
use haven_feed::digest::digest;
use haven_feed::keys::FeedKeys;
use haven_feed::roster::consent::{self, Role, Terms};

use crate::linking::offer;
use crate::ordeal::Ordeal;
use crate::raw;
use crate::world::{bytes, hex, secrets};

const CODE: u64 = 1;

fn secret() -> LinkSecret {
    LinkSecret::from_entropy(bytes(CODE))
}

/// Joins with the code: gives the words shown, and the existing device that was asked.
fn joined(blind: u64, nonce: u64) -> ([&'static str; 3], Existing) {
    // He has a few keys, and another blind each time, which the words hang on just as much.
    let secrets = secrets(blind % 8);
    let mut existing = Existing::new(&secret(), offer());
    let mut joiner = Joiner::new(&secret(), secrets.keys(), "Phone", bytes(blind + 1)).unwrap();
    let first = joiner.commit(bytes(3)).unwrap();
    let second = existing.answer(&first, bytes(nonce), bytes(5)).unwrap();
    let third = joiner.reveal(&second, secrets, bytes(6)).unwrap();
    existing.receive(&third).unwrap();
    (joiner.words().unwrap(), existing)
}

/// The stranger plays the existing device to the phone and a phone to the existing device, with keys and nonces of
/// his own. However often he tries, he never succeeds; and were the words only five bits, one in 32 would: he gets no
/// better odds than chance.
#[test]
fn strangers_in_the_middle_fail() {
    let ordeal = Ordeal::full(1_000_000);
    let five_bits_agree: u64 =
        ordeal.on_all_cores(|attempts| attempts.map(attempt).sum::<u64>()).iter().sum();
    let expected = ordeal.count / 32;
    // Five times the standard deviation of so many tosses.
    let slack = (5.0 * (ordeal.count as f64 / 32.0 * 31.0 / 32.0).sqrt()) as u64 + 1;
    assert!(five_bits_agree.abs_diff(expected) <= slack, "{five_bits_agree}, expected {expected}");
    ordeal.passed(&format!(
        "0 let in; the first five bits agreed {five_bits_agree} times, by chance it would be {expected}"
    ));
}

/// One stranger's try; says whether five bits of the words agreed.
fn attempt(number: u64) -> u64 {
    let seed = |purpose: u64| purpose << 40 | number;
    let (shown, _) = joined(1, seed(1));
    let (needed, mut existing) = joined(seed(2), seed(3));
    if number.is_multiple_of(100) {
        assert_eq!(existing.confirm(&shown.join(" ")).err(), Some(LinkingFault::OtherWords));
    }
    assert_ne!(shown, needed, "attempt {number}");
    u64::from(chance(shown[0]) == chance(needed[0]))
}

/// Five bits of a word's place in the list.
fn chance(word: &str) -> usize {
    bip39::Language::English.word_list().binary_search(&word).unwrap() % 32
}

/// The stranger as a joiner who does not keep to the protocol; everything he needs is in its drawing.
struct Cheat {
    channel: [u8; 32],
    transcript: [u8; 32],
}

impl Cheat {
    fn new() -> Self {
        let channel = raw::derive(&bytes::<16>(CODE), &[], &[b"haven/1/join channel"]);
        Self { channel, transcript: [0; 32] }
    }

    fn send(&mut self, place: [u8; 2], plain: &[u8]) -> Vec<u8> {
        let info: [&[u8]; 3] = [b"haven/1/join message", &place, &self.transcript];
        let sealed = raw::salted(&self.channel, &bytes(8), &info, plain);
        self.heard(plain);
        sealed
    }

    fn heard(&mut self, plain: &[u8]) {
        self.transcript = *digest("haven/1/join transcript", &[&self.transcript, plain]).as_bytes();
    }

    fn commit(&mut self, reveal: &[u8]) -> Vec<u8> {
        let commitment = digest("haven/1/join commit", &[reveal]);
        self.send([1, 1], &[SPEAKS.as_slice(), commitment.as_bytes()].concat())
    }
}

/// Version 1, no capabilities.
const SPEAKS: [u8; 5] = [1, 0, 0, 0, 0];

const NAME_AT: usize = FeedKeys::LEN + 32;
const REVEAL: usize = NAME_AT + 128;

fn reveal(keys: &[u8; FeedKeys::LEN]) -> Vec<u8> {
    let mut reveal = [keys.as_slice(), &[9; 32], &[0, 5], b"Phone"].concat();
    reveal.resize(REVEAL, 0);
    reveal
}

/// What the existing device says to a joiner who committed to one reveal and then sends another.
fn revealed(committed: &[u8], sent: &[u8], consent: &[u8; 64]) -> Result<(), LinkingFault> {
    let mut existing = Existing::new(&secret(), offer());
    let mut cheat = Cheat::new();
    existing.answer(&cheat.commit(committed), [4; 32], bytes(5)).unwrap();
    let Offer { space, head } = offer();
    let parts: [&[u8]; 5] =
        [&SPEAKS, &[4; 32], space.as_bytes(), &head.seq.to_be_bytes(), head.hash.as_bytes()];
    cheat.heard(&parts.concat());
    existing.receive(&cheat.send([3, 1], &[sent, consent].concat()))
}

fn terms() -> Terms {
    Terms::at(Role::Feed, offer().space, offer().head.hash, None)
}

fn consent(seed: u64) -> [u8; 64] {
    *consent::sign(&terms(), &secrets(seed).keys(), secrets(seed).signer()).as_bytes()
}

fn honest(seed: u64) -> Vec<u8> {
    reveal(&secrets(seed).keys().to_bytes())
}

#[test]
fn a_joiner_by_the_drawing_is_understood() {
    assert_eq!(revealed(&honest(1), &honest(1), &consent(1)), Ok(()));
}

#[test]
fn keys_chosen_after_the_nonce_are_refused() {
    let (honest_one, consents) = (honest(1), [2, 3].map(|seed| (honest(seed), consent(seed))));
    for (chosen, consent) in consents.iter().cycle().take(500) {
        let fault = revealed(&honest_one, chosen, consent);
        assert_eq!(fault, Err(LinkingFault::CommitmentMismatch));
    }
}

#[test]
fn a_consent_by_other_keys_or_for_another_place_is_refused() {
    assert_eq!(revealed(&honest(1), &honest(1), &consent(2)), Err(LinkingFault::BadConsent));
    let elsewhere = Terms { after: haven_feed::ids::LinkHash::from_bytes(bytes(77)), ..terms() };
    let paper = Terms { role: Role::Paper, ..terms() };
    for terms in [elsewhere, paper] {
        let consent = consent::sign(&terms, &secrets(1).keys(), secrets(1).signer());
        let refused = revealed(&honest(1), &honest(1), consent.as_bytes());
        assert_eq!(refused, Err(LinkingFault::BadConsent), "{terms:?}");
    }
}

#[test]
fn keys_nobody_may_use_are_refused() {
    let good = secrets(1).keys().to_bytes();
    let small: [u8; 32] = hex("0100000000000000000000000000000000000000000000000000000000000000");
    let twice: [u8; 32] = hex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
    for bad in [[0; 32], small, twice] {
        for at in [1, FeedKeys::LEN - 32] {
            let mut keys = good;
            keys[at..at + 32].copy_from_slice(&bad);
            assert_eq!(revealed(&reveal(&keys), &reveal(&keys), &consent(1)), Err(LinkingFault::BadKeys));
        }
    }
}

#[test]
fn a_name_that_is_none_is_refused() {
    let mut not_text = honest(1);
    not_text[NAME_AT + 2] = 0xff;
    let mut too_long = honest(1);
    too_long[NAME_AT + 1] = 65;
    let mut hidden = honest(1);
    hidden[REVEAL - 1] = 1;
    for reveal in [not_text, too_long, hidden] {
        assert_eq!(revealed(&reveal, &reveal, &consent(1)), Err(LinkingFault::Tampered));
    }
}
