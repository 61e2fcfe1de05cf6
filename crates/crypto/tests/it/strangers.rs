//! Somebody who overheard the code and sits between the two devices: the words give him away.

use haven_crypto::linking::{Existing, Joiner, LinkSecret, LinkingFault, Offer};
use haven_feed::digest::digest;
use haven_feed::ids::{LinkHash, SpaceId, StoreId, Vector};
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

/// The stranger answers in the existing device's place, out of a journal of his own. What he wants to see typed into the new
/// device is what the person's own device shows, which he may have brought to any words he knows; the new device's own are drawn
/// after his last choice. He is never believed, and five bits of the fourth word are as chance has them.
#[test]
fn strangers_in_the_existing_devices_place_are_not_believed() {
    let (needed, mut existing) = joined(2, 3);
    existing.confirm(&needed.join(" ")).unwrap();
    let shown = existing.words().unwrap();
    let ordeal = Ordeal::full(1_000_000);
    let tries = |attempts: std::ops::Range<u64>| attempts.map(|number| answered(number, shown)).sum::<u64>();
    let five_bits_agree: u64 = ordeal.on_all_cores(tries).iter().sum();
    let expected = ordeal.count / 32;
    let slack = (5.0 * (ordeal.count as f64 / 32.0 * 31.0 / 32.0).sqrt()) as u64 + 1;
    assert!(five_bits_agree.abs_diff(expected) <= slack, "{five_bits_agree}, expected {expected}");
    ordeal.passed(&format!(
        "0 believed; the first five bits agreed {five_bits_agree} times, by chance it would be {expected}"
    ));
}

/// A new device that he answers with the same nonce and offer each time; says whether five bits of the words agreed.
fn answered(number: u64, shown: [&'static str; 3]) -> u64 {
    let his = Offer { space: SpaceId::from_bytes(bytes(66)), ..offer() };
    let secrets = secrets(number % 8);
    let mut stranger = Existing::new(&secret(), his);
    let mut joiner = Joiner::new(&secret(), secrets.keys(), "Phone", bytes(7 << 40 | number)).unwrap();
    let second = stranger.answer(&joiner.commit(bytes(3)).unwrap(), [4; 32], bytes(5)).unwrap();
    stranger.receive(&joiner.reveal(&second, secrets, bytes(6)).unwrap()).unwrap();
    stranger.confirm(&joiner.words().unwrap().join(" ")).unwrap();
    let own = stranger.words().unwrap();
    if number.is_multiple_of(100) {
        joiner.receive(&stranger.welcome(&crate::linking::welcome(1), bytes(7)).unwrap()).unwrap();
        assert_eq!(joiner.compare(&shown.join(" ")).err(), Some(LinkingFault::OtherWords));
        assert_eq!(joiner.compare(&own.join(" ")).err(), Some(LinkingFault::Over));
    }
    assert_ne!(own, shown, "attempt {number}");
    u64::from(chance(own[0]) == chance(shown[0]))
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

/// A new device that somebody answers who keeps to the drawing and to nothing else: how far it came, and words four to six.
fn welcomed(fourth: &[u8]) -> (Result<(), LinkingFault>, Joiner, String) {
    let secrets = secrets(1);
    let mut joiner = Joiner::new(&secret(), secrets.keys(), "Phone", [9; 32]).unwrap();
    joiner.commit(bytes(3)).unwrap();
    let (mut cheat, reveal) = (Cheat::new(), honest(1));
    let first = [SPEAKS.as_slice(), digest("haven/1/join commit", &[&reveal]).as_bytes()].concat();
    cheat.heard(&first);
    let second = [&SPEAKS[..], &[4; 32], &[66; 32], &4_u64.to_be_bytes(), &[67; 32]].concat();
    let sealed = cheat.send([2, 2], &second);
    joiner.reveal(&sealed, secrets, bytes(6)).unwrap();
    let his = Terms::at(Role::Feed, SpaceId::from_bytes([66; 32]), LinkHash::from_bytes([67; 32]), None);
    let consent = consent::sign(&his, &secrets.keys(), secrets.signer());
    cheat.heard(&[&reveal[..], consent.as_bytes()].concat());
    let outcome = joiner.receive(&cheat.send([4, 2], fourth));
    let six = haven_crypto::words::six(&digest("haven/1/words", &[&first, &second, &reveal]));
    (outcome, joiner, six[3..].join(" "))
}

/// What message 4 says by the drawing: no manifest, a server, a vector of nobody.
fn fourth(space: [u8; 32]) -> Vec<u8> {
    [&space[..], &[0; 40], secrets(30).keys().sign.as_bytes(), &[5; 16], &Vector::default().encode()].concat()
}

#[test]
fn an_existing_device_by_the_drawing_is_believed_by_its_words_and_nothing_else() {
    let (outcome, mut joiner, words) = welcomed(&fourth([66; 32]));
    assert_eq!(outcome, Ok(()));
    assert_eq!(joiner.compare(&words).unwrap().store, StoreId::from_bytes([5; 16]));
    // What he can know of the new device's screen are its own three words.
    let (_, mut joiner, words) = welcomed(&fourth([66; 32]));
    let own = joiner.words().unwrap().join(" ");
    assert_eq!(joiner.compare(&own).err(), Some(LinkingFault::OtherWords));
    assert_eq!(joiner.compare(&words).err(), Some(LinkingFault::Over));
}

#[test]
fn a_welcome_that_is_none_gives_no_words_a_chance() {
    for bad in [fourth([1; 32]), fourth([66; 32])[..100].to_vec(), Vec::new()] {
        let (outcome, mut joiner, words) = welcomed(&bad);
        assert_eq!(outcome, Err(LinkingFault::Tampered));
        assert_eq!(joiner.compare(&words).err(), Some(LinkingFault::Over));
    }
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
    let elsewhere = Terms { after: LinkHash::from_bytes(bytes(77)), ..terms() };
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
