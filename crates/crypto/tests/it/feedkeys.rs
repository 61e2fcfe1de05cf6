//! The secrets of a feed.

use haven_crypto::feedkeys::FeedSecrets;
use haven_feed::digest::digest;

use crate::world::{hex, secrets};

/// RFC 8032 §7.1 test 1; draft-connolly-cfrg-xwing-kem, appendix C, the first vector (by its beginning; the whole of it is in
/// `base`).
#[test]
fn public_keys_are_those_of_the_specifications() {
    let seed: [u8; 32] = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let kem: [u8; 32] = hex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26");
    let keys = FeedSecrets::from_sealed(&[seed, kem].concat()).unwrap().keys();
    assert_eq!(
        keys.sign.as_bytes(),
        &hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    );
    let begins: [u8; 32] = hex("e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5");
    assert!(keys.kem.as_bytes().starts_with(&begins));
}

#[test]
fn secrets_survive_being_sealed_by_the_local_key() {
    let made = secrets(1);
    let again = FeedSecrets::from_sealed(made.expose_for_sealing()).unwrap();
    assert_eq!(again.keys(), made.keys());
    let message = digest("haven/1/test", &[b"words"]);
    assert_eq!(again.keys().sign.verify(&message, &made.signer().sign(&message)), Ok(()));
    assert!(FeedSecrets::from_sealed(&[0; 63]).is_none());
}
