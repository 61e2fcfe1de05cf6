//! What holds the keys of a journal prints nothing: it has no `Debug`, so nobody can log one by accident.

use std::fmt::Debug;
use std::marker::PhantomData;

use haven_engine::engine::Engine;
use haven_engine::join::Joining;
use haven_engine::vault::{Created, KdfCost, Locked, Unlocked};

/// Its own constant counts where the type has `Debug`, and the trait's where it has not.
struct Prints<T>(PhantomData<T>);

impl<T: Debug> Prints<T> {
    const AT_ALL: bool = true;
}

trait Not {
    const AT_ALL: bool = false;
}

impl<T> Not for Prints<T> {}

#[test]
fn no_journal_prints_its_keys() {
    let all = [
        Prints::<Created>::AT_ALL,
        Prints::<Engine>::AT_ALL,
        Prints::<Joining>::AT_ALL,
        Prints::<Locked>::AT_ALL,
        Prints::<Unlocked>::AT_ALL,
        // And one that may, so that this test can tell.
        Prints::<KdfCost>::AT_ALL,
    ];
    assert_eq!(all, [false, false, false, false, false, true]);
}
