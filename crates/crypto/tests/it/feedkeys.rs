//! The secrets of a feed.

use haven_crypto::feedkeys::FeedSecrets;
use haven_feed::digest::digest;

use crate::world::{hex, secrets};

/// RFC 8032 §7.1 test 1 and RFC 7748 §6.1, Bob.
#[test]
fn public_keys_are_those_of_the_rfcs() {
    let seed: [u8; 32] = hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60");
    let kem: [u8; 32] = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
    let keys = FeedSecrets::from_sealed(&[seed, kem].concat()).unwrap().keys();
    assert_eq!(
        keys.sign.as_bytes(),
        &hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    );
    assert_eq!(keys.kem.as_bytes(), &hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
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
