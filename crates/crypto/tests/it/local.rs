//! Rows on this device's disk.

use haven_crypto::local::LocalKey;
use proptest::prelude::*;

use crate::world::{bytes, flips};

fn key(seed: u64) -> LocalKey {
    LocalKey::from_entropy(bytes(seed))
}

#[test]
fn a_row_opens_in_its_place_for_its_purpose_alone() {
    let sealed = key(1).seal("draft", b"row 7", b"words", bytes(2));
    assert_eq!(key(1).open("draft", b"row 7", &sealed).unwrap().bytes(), b"words");
    assert!(key(2).open("draft", b"row 7", &sealed).is_err());
    assert!(key(1).open("drafts", b"row 7", &sealed).is_err());
    assert!(key(1).open("draft", b"row 8", &sealed).is_err());
    assert!(key(1).open("draftr", b"ow 7", &sealed).is_err());
}

#[test]
fn every_bit_and_every_byte_of_a_row_counts() {
    let sealed = key(1).seal("draft", b"row 7", &[7; 100], bytes(2));
    assert!(flips(&sealed).all(|flipped| key(1).open("draft", b"row 7", &flipped).is_err()));
    assert!((0..sealed.len()).all(|length| key(1).open("draft", b"row 7", &sealed[..length]).is_err()));
    let longer = [sealed.as_slice(), &[0]].concat();
    assert!(key(1).open("draft", b"row 7", &longer).is_err());
}

proptest! {
    #[test]
    fn everything_comes_back(plain: Vec<u8>, aad: Vec<u8>, entropy: [u8; 32]) {
        let sealed = key(1).seal("any", &aad, &plain, entropy);
        prop_assert_eq!(sealed.len(), plain.len() + 33);
        prop_assert_eq!(key(1).open("any", &aad, &sealed).unwrap().into_vec(), plain);
    }

    #[test]
    fn nothing_foreign_makes_it_panic(sealed: Vec<u8>) {
        prop_assert!(key(1).open("any", &[], &sealed).is_err());
    }
}
