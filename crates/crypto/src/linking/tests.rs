//! What another version of linking says is told apart from a stranger's word, whatever its length.

use haven_feed::ids::LinkHash;

use super::channel::{Channel, Turn};
use super::*;
use crate::feedkeys::FeedSecrets;

fn secret() -> LinkSecret {
    LinkSecret::from_entropy([1; 16])
}

fn offer() -> Offer {
    Offer { space: SpaceId::from_bytes([2; 32]), head: RosterHead { seq: 3, hash: LinkHash::ZERO } }
}

/// Message 1 of any content, as the existing device takes it.
fn first(plain: &[u8]) -> Option<LinkingFault> {
    let sealed = Channel::new(&secret()).seal(Turn::Commit, plain, &[4; 32]).unwrap();
    Existing::new(&secret(), offer()).answer(&sealed, [5; 32], [6; 32]).err()
}

/// Message 2 of any content, as the joiner takes it.
fn second(plain: &[u8]) -> Option<LinkingFault> {
    let secrets = FeedSecrets::from_entropy([7; 64]);
    let mut joiner = Joiner::new(&secret(), secrets.keys(), "Phone", [8; 32]).unwrap();
    let first = joiner.commit([9; 32]).unwrap();
    let mut channel = Channel::new(&secret());
    channel.open(Turn::Commit, &first).unwrap();
    let sealed = channel.seal(Turn::Offer, plain, &[4; 32]).unwrap();
    joiner.reveal(&sealed, &secrets, [6; 32]).err()
}

#[test]
fn the_version_is_judged_before_the_length() {
    for version in [0, 2, 255] {
        for length in [1, message::FIRST_BYTES, message::OFFER_BYTES, 1_000] {
            let mut plain = vec![0; length];
            plain[0] = version;
            assert_eq!(first(&plain), Some(LinkingFault::Incompatible), "{version}, {length}");
            assert_eq!(second(&plain), Some(LinkingFault::Incompatible), "{version}, {length}");
        }
    }
}

#[test]
fn a_message_of_this_version_has_its_length() {
    for length in [0, 1, message::FIRST_BYTES - 1, message::OFFER_BYTES + 1] {
        assert_eq!(first(&vec![1; length]), Some(LinkingFault::WrongCode), "{length}");
        assert_eq!(second(&vec![1; length]), Some(LinkingFault::Tampered), "{length}");
    }
    assert_eq!(first(&[1; message::FIRST_BYTES]), None);
    assert_eq!(second(&[1; message::OFFER_BYTES]), None);
}
