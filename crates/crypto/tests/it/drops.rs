//! Words sealed while nobody can open them.

use haven_crypto::drops::{DropFault, DropKey, DropSecret, id};
use haven_feed::keys::ENC_LEN;
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
    assert_eq!(sealed().len(), b"written while locked".len() + 1137);
    assert_eq!(sealed(), sealed(), "the same entropy gives the same drop");
    assert_ne!(sealed(), secret(1).key().seal(b"written while locked", bytes(3)));
}

#[test]
fn every_bit_and_every_byte_of_a_drop_counts() {
    // Bits of every byte, another one from byte to byte; each try takes a millisecond.
    let (secret, sealed) = (secret(1), sealed());
    assert!(flips(&sealed).step_by(7).all(|flipped| secret.open(&flipped).is_err()));
    assert!((0..sealed.len()).all(|length| secret.open(&sealed[..length]).is_err()));
    assert!(secret.open(&[&sealed[..], &[0]].concat()).is_err());
    let newer = [&[2], &sealed[1..]].concat();
    assert_eq!(secret.open(&newer).err(), Some(DropFault::Incompatible));
}

#[test]
fn a_key_of_low_order_or_with_two_spellings_is_refused_on_both_ends() {
    for key in [[0; 32], [0xff; 32]] {
        let mut row = secret(1).key().to_bytes();
        row[DropKey::LEN - 32..].copy_from_slice(&key);
        assert_eq!(DropKey::parse(&row), Err(DropFault::NotOurs));
        let mut planted = sealed();
        planted[ENC_LEN + 1 - 32..ENC_LEN + 1].copy_from_slice(&key);
        assert_eq!(secret(1).open(&planted).err(), Some(DropFault::NotOurs));
    }
    let mut row = secret(1).key().to_bytes();
    row[1..4].fill(0xff);
    assert_eq!(DropKey::parse(&row), Err(DropFault::NotOurs), "a coefficient that is not reduced");
}

#[test]
fn both_halves_come_back_from_the_disk() {
    let row = secret(1).key().to_bytes();
    assert_eq!(DropKey::parse(&row), Ok(secret(1).key()));
    assert_eq!(DropKey::parse(&row[..DropKey::LEN - 1]), Err(DropFault::NotOurs));
    assert_eq!(DropKey::parse(&[&[2], &row[1..]].concat()), Err(DropFault::Incompatible));
    assert_eq!(DropKey::parse(&[]), Err(DropFault::NotOurs));
    let again = DropSecret::from_sealed(secret(1).expose_for_sealing()).unwrap();
    assert!(again.open(&sealed()).is_ok());
    assert!(DropSecret::from_sealed(&[0; 31]).is_none());
}

#[test]
fn a_drop_has_one_id_and_another_drop_another() {
    let (sealed, name) = (sealed(), id(&sealed()));
    assert_eq!(id(&sealed), name);
    assert!(flips(&sealed).all(|flipped| id(&flipped) != name));
}

proptest! {
    #[test]
    fn everything_comes_back(content: Vec<u8>, seed: u64) {
        let sealed = secret(1).key().seal(&content, bytes(seed));
        prop_assert_eq!(secret(1).open(&sealed).unwrap().into_vec(), content);
    }

    #[test]
    fn nothing_foreign_makes_it_panic(sealed: Vec<u8>) {
        prop_assert!(secret(1).open(&sealed).is_err());
    }
}
