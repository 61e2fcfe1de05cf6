//! Words read aloud.

use haven_crypto::words::{WordsFault, parse, six, three};
use haven_feed::digest::Digest;

use crate::world::bytes;

#[test]
fn words_are_the_first_bits_of_the_digest() {
    let mut digest = [0; 32];
    // 11 bits each: 0, 1, 2047, 2, 0, 1024.
    digest[..9].copy_from_slice(&[0x00, 0x00, 0x07, 0xff, 0x80, 0x20, 0x01, 0x00, 0x00]);
    let digest = Digest::from_bytes(digest);
    assert_eq!(three(&digest), ["abandon", "ability", "zoo"]);
    assert_eq!(six(&digest), ["abandon", "ability", "zoo", "able", "abandon", "length"]);
}

#[test]
fn every_bit_of_33_counts() {
    let digest: [u8; 32] = bytes(1);
    for bit in 0..33 {
        let mut flipped = digest;
        flipped[bit / 8] ^= 0x80 >> (bit % 8);
        assert_ne!(three(&Digest::from_bytes(flipped)), three(&Digest::from_bytes(digest)), "bit {bit}");
    }
}

#[test]
fn words_are_read_however_they_are_typed() {
    let expected = Ok(["abandon", "ability", "zoo"]);
    for typed in
        ["abandon ability zoo", "  Abandon ABILITY\tzoo\n", "abandon-ability-zoo", "abandon, ability, zoo."]
    {
        assert_eq!(parse::<3>(typed), expected);
    }
}

#[test]
fn a_slip_is_told_from_a_wrong_word() {
    assert_eq!(parse::<3>("abandon ability"), Err(WordsFault::Count { expected: 3, found: 2 }));
    assert_eq!(parse::<3>(""), Err(WordsFault::Count { expected: 3, found: 0 }));
    assert_eq!(parse::<3>("abandon abiltiy zoo"), Err(WordsFault::Unknown { at: 2 }));
    assert_eq!(parse::<6>("a b c d e f"), Err(WordsFault::Unknown { at: 1 }));
}

#[test]
fn every_word_shown_can_be_typed() {
    for seed in 0..500 {
        let words = six(&Digest::from_bytes(bytes(seed)));
        assert_eq!(parse::<6>(&words.join(" ").to_uppercase()), Ok(words));
    }
}
