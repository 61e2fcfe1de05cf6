//! Wraps of an epoch's root.

use haven_crypto::epoch::EpochRoot;
use haven_crypto::wrap::{NotOurs, unwrap, wrap};
use haven_feed::ids::{LinkHash, MemberId, SpaceId};
use haven_feed::keys::{ENC_LEN, KemKey, KeyFault, check_enc};
use haven_feed::roster::{Wrap, WrapContext};

use crate::world::{bytes, hex, root, secrets};

fn context() -> WrapContext {
    WrapContext {
        space: SpaceId::from_bytes(bytes(10)),
        epoch: 4,
        recipient: MemberId::from_bytes(bytes(11)),
        prev: LinkHash::from_bytes(bytes(12)),
    }
}

fn made() -> Wrap {
    wrap(&root(1), &secrets(2).keys().kem, &context(), bytes(3))
}

/// Opens a wrap as the member it is for, who knows from the roster what to expect.
fn opened(context: &WrapContext, wrap: &Wrap) -> Result<EpochRoot, NotOurs> {
    unwrap(secrets(2).kem(), context, wrap, &root(1).keys().id())
}

#[track_caller]
fn refused(context: &WrapContext) {
    assert_eq!(opened(context, &made()).err(), Some(NotOurs));
}

#[test]
fn the_member_unwraps_the_root() {
    assert!(opened(&context(), &made()).unwrap().is(&root(1).keys().id()));
    assert_eq!(made(), made(), "the same entropy gives the same wrap");
    assert_ne!(made(), wrap(&root(1), &secrets(2).keys().kem, &context(), bytes(4)));
}

#[test]
fn nobody_else_does() {
    let result = unwrap(secrets(5).kem(), &context(), &made(), &root(1).keys().id());
    assert_eq!(result.err(), Some(NotOurs));
}

#[test]
fn a_wrap_replayed_elsewhere_does_not_open() {
    refused(&WrapContext { epoch: 5, ..context() });
    refused(&WrapContext { epoch: 3, ..context() });
    refused(&WrapContext { space: SpaceId::from_bytes(bytes(13)), ..context() });
    refused(&WrapContext { recipient: MemberId::from_bytes(bytes(13)), ..context() });
    refused(&WrapContext { prev: LinkHash::from_bytes(bytes(13)), ..context() });
}

#[test]
fn a_root_the_roster_does_not_name_is_refused() {
    let other = wrap(&root(7), &secrets(2).keys().kem, &context(), bytes(3));
    assert_eq!(opened(&context(), &other).err(), Some(NotOurs));
}

/// A bit of every byte, another one from byte to byte, whichever half it is in.
#[test]
fn every_byte_of_a_wrap_counts_and_faults_say_one_thing() {
    let whole = *made().sealed();
    for at in 0..Wrap::SEALED {
        let mut flipped = whole;
        flipped[at] ^= 1 << (at % 8);
        let opened = opened(&context(), &Wrap::from_sealed(flipped));
        assert_eq!(opened.err(), Some(NotOurs), "byte {at}");
    }
}

/// The halves of two wraps for one member, put together: neither half is enough.
#[test]
fn both_halves_count() {
    let (one, two) =
        (*made().sealed(), *wrap(&root(1), &secrets(2).keys().kem, &context(), bytes(4)).sealed());
    for halves in [0..ENC_LEN - 32, ENC_LEN - 32..ENC_LEN, 0..ENC_LEN, ENC_LEN..Wrap::SEALED] {
        let mut mixed = one;
        mixed[halves.clone()].copy_from_slice(&two[halves.clone()]);
        assert_eq!(opened(&context(), &Wrap::from_sealed(mixed)).err(), Some(NotOurs), "{halves:?}");
    }
}

/// Points of low order (RFC 7748 §6.1) and second encodings, little-endian.
const REFUSED: [(&str, KeyFault); 7] = [
    ("0000000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("0100000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::SmallOrder),
    ("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", KeyFault::SmallOrder),
    ("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", KeyFault::SmallOrder),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("0900000000000000000000000000000000000000000000000000000000000080", KeyFault::NotCanonical),
];

#[test]
fn low_order_and_non_canonical_keys_are_refused_on_both_sides() {
    for (point, fault) in REFUSED {
        let point = hex::<32>(point);
        let mut key = *secrets(2).keys().kem.as_bytes();
        key[KemKey::LEN - 32..].copy_from_slice(&point);
        assert_eq!(KemKey::from_bytes(&key), Err(fault), "nobody can wrap to it");
        let mut planted = *made().sealed();
        planted[ENC_LEN - 32..ENC_LEN].copy_from_slice(&point);
        assert_eq!(check_enc(&std::array::from_fn(|i| planted[i])), Err(fault), "no link brings it");
        assert_eq!(opened(&context(), &Wrap::from_sealed(planted)).err(), Some(NotOurs));
    }
}
