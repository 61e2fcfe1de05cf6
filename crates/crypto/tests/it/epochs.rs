//! Epoch keys, previous roots and names.

use haven_crypto::epoch::{EpochRoot, SEALED_NAME_BYTES, SEALED_ROOT_BYTES};
use haven_crypto::limits::NAME_BYTES_MAX;
use haven_feed::ids::MemberId;
use haven_feed::limits::{NAME_SEALED_MAX, ROOT_SEALED_MAX};

use crate::raw;
use crate::world::{bytes, flips, root};

fn member(byte: u8) -> MemberId {
    MemberId::from_bytes([byte; 8])
}

#[test]
fn an_epoch_id_names_its_root_alone() {
    assert!(root(1).is(&root(1).keys().id()));
    assert!(!root(2).is(&root(1).keys().id()));
}

#[test]
fn a_member_of_today_reads_back_to_the_first_epoch() {
    let roots: Vec<EpochRoot> = (0..4).map(root).collect();
    let sealed: Vec<Vec<u8>> =
        roots.windows(2).map(|pair| pair[1].keys().seal_previous(&pair[0], bytes(9))).collect();
    let mut held = root(3);
    for epoch in (0..3).rev() {
        assert_eq!(sealed[epoch].len(), SEALED_ROOT_BYTES);
        held = held.keys().open_previous(&sealed[epoch], &roots[epoch].keys().id()).unwrap();
    }
    assert!(held.is(&root(0).keys().id()));
}

#[test]
fn another_root_handed_on_as_the_previous_one_is_refused() {
    let sealed = root(2).keys().seal_previous(&root(7), bytes(9));
    assert!(root(2).keys().open_previous(&sealed, &root(1).keys().id()).is_err());
    assert!(root(3).keys().open_previous(&sealed, &root(7).keys().id()).is_err());
    for flipped in flips(&sealed) {
        assert!(root(2).keys().open_previous(&flipped, &root(7).keys().id()).is_err());
    }
}

/// A member who holds the new root and seals some other one in the place of the previous one, by the drawing.
#[test]
fn another_root_under_the_previous_ones_id_is_refused() {
    let (key, id) = (raw::expand(root(2).expose_for_sealing(), "haven/1/epoch link"), root(1).keys().id());
    let sealed = |inside: &EpochRoot| {
        let info: [&[u8]; 2] = [b"haven/1/previous root", id.as_bytes()];
        raw::salted(&key, &bytes(9), &info, inside.expose_for_sealing())
    };
    assert!(root(2).keys().open_previous(&sealed(&root(1)), &id).is_ok());
    assert!(root(2).keys().open_previous(&sealed(&root(7)), &id).is_err());
}

#[test]
fn a_name_opens_for_its_owner_alone_and_says_nothing_by_its_size() {
    let keys = root(1).keys();
    let longest = "n".repeat(NAME_BYTES_MAX);
    for name in ["", "Phone", "Телефон 📱", &longest] {
        let sealed = keys.seal_name(name, member(1), bytes(2)).unwrap();
        assert_eq!(sealed.len(), SEALED_NAME_BYTES);
        assert_eq!(keys.open_name(&sealed, member(1)).unwrap(), name);
        assert!(keys.open_name(&sealed, member(2)).is_err());
        assert!(root(2).keys().open_name(&sealed, member(1)).is_err());
    }
    assert!(keys.seal_name(&"n".repeat(NAME_BYTES_MAX + 1), member(1), bytes(2)).is_err());
}

#[test]
fn every_bit_of_a_sealed_name_counts() {
    let keys = root(1).keys();
    let sealed = keys.seal_name("Phone", member(1), bytes(2)).unwrap();
    assert!(flips(&sealed).all(|flipped| keys.open_name(&flipped, member(1)).is_err()));
    assert!((0..sealed.len()).all(|length| keys.open_name(&sealed[..length], member(1)).is_err()));
}

/// Bounds that a roster keeps without knowing what is inside.
#[test]
fn what_is_sealed_fits_a_roster() {
    const { assert!(SEALED_NAME_BYTES <= NAME_SEALED_MAX) };
    const { assert!(SEALED_ROOT_BYTES <= ROOT_SEALED_MAX) };
}

#[test]
fn a_root_survives_being_sealed_by_the_local_key() {
    let again = EpochRoot::from_sealed(root(1).expose_for_sealing()).unwrap();
    assert!(again.is(&root(1).keys().id()));
    assert!(EpochRoot::from_sealed(&[0; 31]).is_none());
}
