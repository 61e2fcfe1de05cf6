//! What holds a key prints nothing: it has no `Debug`, so nobody can log one by accident.

use std::fmt::Debug;
use std::marker::PhantomData;

use haven_crypto::drops::DropSecret;
use haven_crypto::epoch::{EpochKeys, EpochRoot};
use haven_crypto::feedkeys::{FeedSecrets, KemSecret};
use haven_crypto::kit::Kit;
use haven_crypto::linking::{Existing, Joiner, LinkSecret};
use haven_crypto::local::LocalKey;
use haven_crypto::opened::Opened;
use haven_crypto::passphrase::{KdfParams, Passphrase, PassphraseKey, WrappedLocalKey};
use haven_feed::keys::Signer;

use crate::world::bytes;

/// Its own constant counts where the type has `Debug`, and the trait's where it has not.
struct Prints<T>(PhantomData<T>);

impl<T: Debug> Prints<T> {
    const AT_ALL: bool = true;
}

trait Not {
    const AT_ALL: bool = false;
}

impl<T> Not for Prints<T> {}

macro_rules! prints {
    ($($name:ty),* $(,)?) => { [$((stringify!($name), Prints::<$name>::AT_ALL)),*] };
}

#[test]
fn no_secret_can_be_printed() {
    let all = prints![
        DropSecret,
        EpochKeys,
        EpochRoot,
        Existing,
        FeedSecrets,
        Joiner,
        KemSecret,
        Kit,
        LinkSecret,
        LocalKey,
        Opened,
        Passphrase,
        PassphraseKey,
        Signer,
    ];
    for (name, at_all) in all {
        assert!(!at_all, "{name} can be printed");
    }
    // What guards a key is ciphertext and how to stretch, and may be printed; so this test can tell.
    assert!(prints![KdfParams, WrappedLocalKey].iter().all(|(_, at_all)| *at_all));
}

/// A secret that is drawn where it stays is the one that the same bytes make.
#[test]
fn a_secret_drawn_in_its_place_is_the_same() {
    let fill = |place: &mut [u8]| place.copy_from_slice(&bytes::<64>(7)[..place.len()]);
    assert_eq!(
        FeedSecrets::drawn(fill).expose_for_sealing(),
        FeedSecrets::from_entropy(bytes(7)).expose_for_sealing()
    );
    assert_eq!(
        EpochRoot::drawn(fill).expose_for_sealing(),
        EpochRoot::from_entropy(bytes(7)).expose_for_sealing()
    );
    assert_eq!(
        DropSecret::drawn(fill).expose_for_sealing(),
        DropSecret::from_entropy(bytes(7)).expose_for_sealing()
    );
    assert_eq!(Kit::drawn(fill).code(), Kit::from_entropy(bytes(7)).code());
    assert_eq!(LinkSecret::drawn(fill).code(), LinkSecret::from_entropy(bytes(7)).code());
    let sealed = LocalKey::drawn(fill).seal("test", &[], b"words", bytes(1));
    assert!(LocalKey::from_entropy(bytes(7)).open("test", &[], &sealed).is_ok());
    for length in [0, 31, 33, 63, 65] {
        let bytes = vec![7; length];
        assert!(FeedSecrets::from_sealed(&bytes).is_none(), "{length}");
        assert!(
            EpochRoot::from_sealed(&bytes).is_none() && DropSecret::from_sealed(&bytes).is_none(),
            "{length}"
        );
    }
}
