//! The passphrase and the key it wraps. Stretching is slow, so one stretched key serves many cases.

use std::sync::OnceLock;

use haven_crypto::limits;
use haven_crypto::local::LocalKey;
use haven_crypto::passphrase::{
    KdfFault, KdfParams, Passphrase, PassphraseKey, WrappedLocalKey, WrongPassphrase, stretch,
};

use crate::world::{bytes, flips};

fn params() -> KdfParams {
    KdfParams::floor(bytes(1))
}

/// "a calm passphrase", stretched once for all tests.
fn stretched() -> &'static PassphraseKey {
    static KEY: OnceLock<PassphraseKey> = OnceLock::new();
    KEY.get_or_init(|| stretch(&Passphrase::new("a calm passphrase"), &params()).unwrap())
}

fn wrapped() -> WrappedLocalKey {
    stretched().wrap(&LocalKey::from_entropy(bytes(2)), bytes(3))
}

/// Whether two local keys are one: what one seals the other opens.
fn same(a: &LocalKey, b: &LocalKey) -> bool {
    b.open("test", &[], &a.seal("test", &[], b"words", bytes(4))).is_ok()
}

fn unwrap(bytes: &[u8]) -> Option<LocalKey> {
    stretched().unwrap(&WrappedLocalKey::parse(bytes).ok()?).ok()
}

#[test]
fn the_right_passphrase_unwraps_the_key() {
    let stored = wrapped().as_bytes().to_vec();
    let read = WrappedLocalKey::parse(&stored).unwrap();
    assert_eq!(read.params(), &params());
    let key = stretched().unwrap(&read).unwrap();
    assert!(same(&key, &LocalKey::from_entropy(bytes(2))));
}

#[test]
fn another_passphrase_or_salt_does_not() {
    let wrong = stretch(&Passphrase::new("a calm passphrasf"), &params()).unwrap();
    assert_eq!(wrong.unwrap(&wrapped()).err(), Some(WrongPassphrase));

    let mut swapped = wrapped().as_bytes().to_vec();
    swapped[13] ^= 1;
    let swapped = WrappedLocalKey::parse(&swapped).unwrap();
    let other_salt = stretch(&Passphrase::new("a calm passphrase"), swapped.params()).unwrap();
    assert_eq!(other_salt.unwrap(&swapped).err(), Some(WrongPassphrase));
}

#[test]
fn every_bit_and_every_byte_of_the_wrapped_key_counts() {
    let stored = wrapped().as_bytes().to_vec();
    assert!(unwrap(&stored).is_some());
    assert!(flips(&stored).all(|flipped| unwrap(&flipped).is_none()));
    assert!((0..stored.len()).all(|length| unwrap(&stored[..length]).is_none()));
    assert!(unwrap(&[stored.as_slice(), &[0]].concat()).is_none());
}

#[test]
fn two_wraps_of_one_key_have_nothing_in_common_but_the_parameters() {
    let local = LocalKey::from_entropy(bytes(2));
    let (one, other) = (stretched().wrap(&local, bytes(3)), stretched().wrap(&local, bytes(5)));
    assert_eq!(one.as_bytes()[..29], other.as_bytes()[..29]);
    assert!(one.as_bytes()[29..].chunks(16).zip(other.as_bytes()[29..].chunks(16)).all(|(a, b)| a != b));
}

#[test]
fn one_repeated_generator_never_wraps_two_keys_under_one() {
    let one = stretched().wrap(&LocalKey::from_entropy(bytes(2)), bytes(3));
    let other = stretched().wrap(&LocalKey::from_entropy(bytes(6)), bytes(3));
    assert_ne!(one.as_bytes()[29..45], other.as_bytes()[29..45]);
}

/// A stored header with other parameters, as an attacker would write it.
fn planted(m_kib: u32, t: u32, p: u32) -> Vec<u8> {
    let mut bytes = wrapped().as_bytes().to_vec();
    for (at, number) in [(1, m_kib), (5, t), (9, p)] {
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
    }
    bytes
}

#[track_caller]
fn check_params(m_kib: u32, t: u32, p: u32, expected: Result<(), KdfFault>) {
    assert_eq!(KdfParams { m_kib, t, p, salt: bytes(1) }.check(), expected);
    assert_eq!(WrappedLocalKey::parse(&planted(m_kib, t, p)).map(|_| ()), expected);
    if expected.is_err() {
        // Refused at once: before any memory is asked for.
        let refused =
            stretch(&Passphrase::new("a calm passphrase"), &KdfParams { m_kib, t, p, salt: bytes(1) });
        assert_eq!(refused.err(), expected.err());
    }
}

#[test]
fn parameters_out_of_bounds_are_refused_before_a_passphrase_is_asked_for() {
    check_params(64 * 1024, 3, 1, Ok(()));
    check_params(limits::KDF_MEMORY_KIB_MAX, limits::KDF_PASSES_MAX, limits::KDF_LANES_MAX, Ok(()));
    check_params(8, 1, 1, Err(KdfFault::BelowFloor));
    check_params(64 * 1024 - 1, 3, 1, Err(KdfFault::BelowFloor));
    check_params(64 * 1024, 2, 1, Err(KdfFault::BelowFloor));
    check_params(64 * 1024, 3, 0, Err(KdfFault::BelowFloor));
    check_params(0, u32::MAX, 1, Err(KdfFault::BelowFloor));
    check_params(64 * 1024 * 1024, 3, 1, Err(KdfFault::AboveCeiling));
    check_params(limits::KDF_MEMORY_KIB_MAX + 1, 3, 1, Err(KdfFault::AboveCeiling));
    check_params(64 * 1024, limits::KDF_PASSES_MAX + 1, 1, Err(KdfFault::AboveCeiling));
    check_params(64 * 1024, 3, limits::KDF_LANES_MAX + 1, Err(KdfFault::AboveCeiling));
    check_params(u32::MAX, u32::MAX, u32::MAX, Err(KdfFault::AboveCeiling));
}

#[test]
fn damage_and_newer_versions_are_told_apart() {
    let stored = wrapped().as_bytes().to_vec();
    let newer = [&[2], &stored[1..]].concat();
    assert_eq!(WrappedLocalKey::parse(&newer).err(), Some(KdfFault::Incompatible));
    assert_eq!(WrappedLocalKey::parse(&stored[..50]).err(), Some(KdfFault::Malformed));
    assert_eq!(WrappedLocalKey::parse(&[]).err(), Some(KdfFault::Malformed));
}

#[test]
fn a_passphrase_has_a_longest_length() {
    let longest = Passphrase::new(&"a".repeat(limits::PASSPHRASE_BYTES_MAX + 1));
    assert_eq!(stretch(&longest, &params()).err(), Some(KdfFault::TooLong));
}
