//! Words sealed while nobody can open them.

use haven_crypto::drops::{DropFault, DropKey, DropSecret, id};
use proptest::prelude::*;

use crate::world::{bytes, flips};

fn secret(seed: u64) -> DropSecret {
    DropSecret::from_entropy(bytes(seed))
}

fn sealed() -> Vec<u8> {
    secret(1).key().seal(b"written while locked", bytes(2))
}

#[test]
fn the_device_opens_its_drop_and_no_other_does() {
    assert_eq!(secret(1).open(&sealed()).unwrap().bytes(), b"written while locked");
    assert_eq!(secret(2).open(&sealed()).err(), Some(DropFault::NotOurs));
    assert_eq!(sealed().len(), b"written while locked".len() + 49);
    assert_eq!(sealed(), sealed(), "the same entropy gives the same drop");
    assert_ne!(sealed(), secret(1).key().seal(b"written while locked", bytes(3)));
}

#[test]
fn every_bit_and_every_byte_of_a_drop_counts() {
    assert!(flips(&sealed()).all(|flipped| secret(1).open(&flipped).is_err()));
    assert!((0..sealed().len()).all(|length| secret(1).open(&sealed()[..length]).is_err()));
    assert!(secret(1).open(&[&sealed()[..], &[0]].concat()).is_err());
    let newer = [&[2], &sealed()[1..]].concat();
    assert_eq!(secret(1).open(&newer).err(), Some(DropFault::Incompatible));
}

#[test]
fn a_key_of_low_order_or_with_two_spellings_is_refused_on_both_ends() {
    for key in [[0; 32], [0xff; 32]] {
        let row = [&[1][..], &key].concat();
        assert_eq!(DropKey::parse(&row), Err(DropFault::NotOurs));
        let planted = [&[1][..], &key, &sealed()[33..]].concat();
        assert_eq!(secret(1).open(&planted).err(), Some(DropFault::NotOurs));
    }
}

#[test]
fn both_halves_come_back_from_the_disk() {
    let row = secret(1).key().to_bytes();
    assert_eq!(DropKey::parse(&row), Ok(secret(1).key()));
    assert_eq!(DropKey::parse(&row[..32]), Err(DropFault::NotOurs));
    assert_eq!(DropKey::parse(&[&[2], &row[1..]].concat()), Err(DropFault::Incompatible));
    assert_eq!(DropKey::parse(&[]), Err(DropFault::NotOurs));
    let again = DropSecret::from_sealed(secret(1).expose_for_sealing()).unwrap();
    assert!(again.open(&sealed()).is_ok());
    assert!(DropSecret::from_sealed(&[0; 31]).is_none());
}

#[test]
fn a_drop_has_one_id_and_another_drop_another() {
    assert_eq!(id(&sealed()), id(&sealed()));
    assert!(flips(&sealed()).all(|flipped| id(&flipped) != id(&sealed())));
}

proptest! {
    #[test]
    fn everything_comes_back(content: Vec<u8>, entropy: [u8; 32]) {
        let sealed = secret(1).key().seal(&content, entropy);
        prop_assert_eq!(secret(1).open(&sealed).unwrap().into_vec(), content);
    }

    #[test]
    fn nothing_foreign_makes_it_panic(sealed: Vec<u8>) {
        prop_assert!(secret(1).open(&sealed).is_err());
    }
}
