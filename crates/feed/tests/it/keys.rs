//! Keys, signatures and labels.

use haven_feed::auth::Challenge;
use haven_feed::digest::{Digest, digest, label};
use haven_feed::keys::{ENC_LEN, FeedKeys, KemKey, KeyFault, SignKey, Signature, Signer, check_enc};
use haven_feed::roster::consent::{Role, Terms, digest_of};
use haven_feed::{LinkHash, Nonce, SpaceId, StoreId};

use crate::world::{Keyed, kem};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().map(|digit| char::from(digit).to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

fn key(hex: &str) -> [u8; 32] {
    bytes(hex).try_into().unwrap()
}

/// The points of small order on edwards25519, and every second encoding of them.
const SIGN_REFUSED: [(&str, KeyFault); 14] = [
    ("0000000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("0000000000000000000000000000000000000000000000000000000000000080", KeyFault::SmallOrder),
    ("0100000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("0100000000000000000000000000000000000000000000000000000000000080", KeyFault::SmallOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::SmallOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyFault::SmallOrder),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", KeyFault::SmallOrder),
    ("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85", KeyFault::SmallOrder),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a", KeyFault::SmallOrder),
    ("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa", KeyFault::SmallOrder),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyFault::NotCanonical),
    ("f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyFault::NotCanonical),
];

/// The points of low order on curve25519 and its twist, and every second encoding of them.
const KEM_REFUSED: [(&str, KeyFault); 11] = [
    ("0000000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("0100000000000000000000000000000000000000000000000000000000000000", KeyFault::SmallOrder),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::SmallOrder),
    ("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", KeyFault::SmallOrder),
    ("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157", KeyFault::SmallOrder),
    ("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f", KeyFault::NotCanonical),
    ("0000000000000000000000000000000000000000000000000000000000000080", KeyFault::NotCanonical),
    ("0900000000000000000000000000000000000000000000000000000000000080", KeyFault::NotCanonical),
    ("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", KeyFault::NotCanonical),
];

#[test]
fn weak_and_doubly_encoded_keys_are_refused() {
    for (hex, fault) in SIGN_REFUSED {
        assert_eq!(SignKey::from_bytes(key(hex)), Err(fault), "sign {hex}");
    }
    for (hex, fault) in KEM_REFUSED {
        let mut bytes = *kem(1).as_bytes();
        bytes[KemKey::LEN - 32..].copy_from_slice(&key(hex));
        assert_eq!(KemKey::from_bytes(&bytes), Err(fault), "kem {hex}");
        let enc: [u8; ENC_LEN] =
            std::array::from_fn(|i| if i < ENC_LEN - 32 { 0xff } else { key(hex)[i + 32 - ENC_LEN] });
        assert_eq!(check_enc(&enc), Err(fault), "enc {hex}");
    }
}

/// FIPS 203 §7.2, the modulus check: each of the 768 coefficients, in either place of its three bytes.
#[test]
fn coefficients_that_are_not_reduced_are_refused() {
    for at in 0..768 {
        let with = |coefficient: u32| {
            let mut bytes = *kem(1).as_bytes();
            let packed = if at % 2 == 0 { coefficient } else { coefficient << 12 };
            bytes[at / 2 * 3..at / 2 * 3 + 3].copy_from_slice(&packed.to_le_bytes()[..3]);
            KemKey::from_bytes(&bytes).map(drop)
        };
        assert_eq!(with(3328), Ok(()), "coefficient {at}");
        assert_eq!(with(3329), Err(KeyFault::NotCanonical), "coefficient {at}");
        assert_eq!(with(4095), Err(KeyFault::NotCanonical), "coefficient {at}");
    }
}

#[test]
fn a_weak_half_refuses_both_keys() {
    let good = Keyed::new(1).keys.to_bytes();
    assert!(FeedKeys::from_bytes(&good).is_ok());
    let with = |range: std::ops::Range<usize>, byte: u8| {
        let mut bytes = good;
        bytes[range].fill(byte);
        FeedKeys::from_bytes(&bytes).map(drop)
    };
    assert_eq!(with(1..33, 0), Err(KeyFault::SmallOrder));
    assert_eq!(with(FeedKeys::LEN - 32..FeedKeys::LEN, 0), Err(KeyFault::SmallOrder));
    assert_eq!(with(33..36, 0xff), Err(KeyFault::NotCanonical));
    assert!(matches!(with(0..1, 2), Err(KeyFault::Incompatible(_))), "a suite of a newer version");
}

/// RFC 8032 §7.1 gives a public key for each secret; the seed is all a signer is.
#[test]
fn signers_have_the_keys_of_rfc_8032() {
    let cases = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ),
    ];
    for (seed, public) in cases {
        assert_eq!(Signer::from_seed(&key(seed)).key().as_bytes(), &key(public));
    }
}

/// S + L verifies with lenient verifiers: the same signature in other bytes.
#[test]
fn malleable_signatures_are_refused() {
    const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    let someone = Keyed::new(1);
    let message = digest("haven/1/test", &[]);
    let signature = someone.signer.sign(&message);
    assert!(someone.keys.sign.verify(&message, &signature).is_ok());

    let mut malleated = *signature.as_bytes();
    let mut carry = 0;
    for (byte, order) in malleated[32..].iter_mut().zip(key(ORDER)) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = sum as u8;
        carry = sum >> 8;
    }
    let malleated = Signature::from_bytes(malleated);
    assert!(someone.keys.sign.verify(&message, &malleated).is_err());
}

#[test]
fn every_flipped_bit_of_a_signature_is_refused() {
    let someone = Keyed::new(1);
    let message = digest("haven/1/test", &[]);
    let signature = *someone.signer.sign(&message).as_bytes();
    for bit in 0..512 {
        let mut flipped = signature;
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(someone.keys.sign.verify(&message, &Signature::from_bytes(flipped)).is_err(), "bit {bit}");
    }
}

#[test]
fn no_label_is_the_beginning_of_another() {
    for (i, one) in label::ALL.iter().enumerate() {
        for (j, other) in label::ALL.iter().enumerate() {
            assert!(i == j || !one.starts_with(other), "{one} begins with {other}");
        }
    }
}

/// Everything a key may sign, over the same 32 bytes wherever a value goes in: only the labels and layouts differ.
fn contexts(keys: &FeedKeys) -> [(&'static str, Digest); 5] {
    let same = [5; 32];
    let challenge = Challenge {
        server: keys.sign,
        nonce: Nonce::from_bytes(same),
        space: SpaceId::from_bytes(same),
        role: Role::Feed,
        member: keys.id().into(),
        store: StoreId::from_bytes([5; 16]),
    };
    let terms = Terms::at(Role::Feed, SpaceId::from_bytes(same), LinkHash::from_bytes(same), None);
    [
        ("record", digest(label::RECORD, &[&same])),
        ("author", digest(label::AUTHOR, &[&same])),
        ("consent", digest_of(&terms, keys)),
        ("login", challenge.login_digest()),
        ("server", challenge.server_digest()),
    ]
}

#[test]
fn a_signature_for_one_purpose_serves_no_other() {
    let someone = Keyed::new(1);
    let contexts = contexts(&someone.keys);
    for (made_for, signed) in &contexts {
        let signature = someone.signer.sign(signed);
        for (presented_as, asked) in &contexts {
            let verdict = someone.keys.sign.verify(asked, &signature);
            assert_eq!(verdict.is_ok(), made_for == presented_as, "{made_for} presented as {presented_as}");
        }
    }
}

#[test]
fn one_pair_of_keys_has_another_id_in_every_role() {
    let keys = Keyed::new(1).keys;
    let ids = [*keys.id().as_bytes(), *keys.party_id().as_bytes(), *keys.paper_id().as_bytes()];
    assert!(ids[0] != ids[1] && ids[1] != ids[2] && ids[0] != ids[2]);
    let swapped = FeedKeys { sign: Keyed::new(2).keys.sign, kem: keys.kem.clone() };
    assert_ne!(swapped.id(), keys.id());
}

#[test]
fn ids_say_themselves_shortly_to_programmers_and_wholly_to_people() {
    let id = SpaceId::from_bytes([0xab; 32]);
    assert_eq!(format!("{id:?}"), "SpaceId(abababab)");
    assert_eq!(id.to_string(), "ab".repeat(32));
    assert!(SpaceId::try_from(&[0; 31][..]).is_err());
}
