//! Records against a server, a thief and a stranger: what was altered, moved or relabelled does not open.

use haven_crypto::epoch::EpochKeys;
use haven_crypto::record::{OpenFault, SealFault, open, seal};
use haven_feed::ids::{FeedId, LinkHash, RecordId, RosterHead, SpaceId};
use haven_feed::limits::RECORD_BYTES_MAX;
use haven_feed::record::{Header, Record, RecordKind, VerifiedRecord, VerifyFault, finish};
use proptest::prelude::*;

use crate::world::{bytes, flips, header, noise, root, secrets};

fn keys(seed: u64) -> EpochKeys {
    root(seed).keys()
}

/// Feed 1's record `seq` in epoch 1.
fn made(seq: u64, content: &[u8]) -> VerifiedRecord {
    let author = secrets(1);
    seal(&keys(1), author.signer(), &header(author, seq), content, bytes(seq)).unwrap()
}

/// What comes of parts put together by somebody who may even sign as the feed.
fn resigned(head: &Header, salt: [u8; 16], commit: [u8; 32], body: &[u8]) -> Result<Vec<u8>, OpenFault> {
    let record = finish(head, &salt, &commit, body, secrets(1).signer()).unwrap();
    open(&keys(1), &record).map(|opened| opened.into_vec())
}

fn parts(record: &VerifiedRecord) -> (Header, [u8; 16], [u8; 32], Vec<u8>) {
    (*record.header(), record.salt(), record.commit(), record.body().unwrap().to_vec())
}

/// What a device makes of received bytes: parse, verify by the feed's keys, open.
fn received(stored: Vec<u8>) -> Option<Vec<u8>> {
    let verified = Record::parse(stored).ok()?.verify(&secrets(1).keys()).ok()?;
    open(&keys(1), &verified).ok().map(|opened| opened.into_vec())
}

#[test]
fn a_record_opens_under_its_epoch_alone() {
    let record = made(1, b"words");
    assert_eq!(open(&keys(1), &record).unwrap().bytes(), b"words");
    assert_eq!(open(&keys(2), &record).err(), Some(OpenFault::WrongEpochOrAltered));
    assert_eq!(open(&keys(1), &record.to_husk()).err(), Some(OpenFault::NoBody));
    assert_eq!(received(record.bytes().to_vec()).unwrap(), b"words");
}

#[test]
fn every_bit_of_a_stored_record_counts() {
    let stored = made(1, b"words").bytes().to_vec();
    assert!(flips(&stored).all(|flipped| received(flipped).is_none()));
}

#[test]
fn a_record_cut_at_any_byte_gives_nothing() {
    let stored = made(1, b"words").bytes().to_vec();
    assert!((0..stored.len()).all(|length| received(stored[..length].to_vec()).is_none()));
}

/// The signature aside: even under the author's own key nothing opens but what was sealed.
#[test]
fn every_bit_counts_even_if_signed_again() {
    let (head, salt, commit, body) = parts(&made(7, b"words"));
    assert_eq!(resigned(&head, salt, commit, &body).unwrap(), b"words");
    let refused = Err(OpenFault::WrongEpochOrAltered);
    for flipped in flips(&salt) {
        assert_eq!(resigned(&head, flipped.try_into().unwrap(), commit, &body), refused);
    }
    for flipped in flips(&commit) {
        assert_eq!(resigned(&head, salt, flipped.try_into().unwrap(), &body), refused);
    }
    for flipped in flips(&body) {
        assert_eq!(resigned(&head, salt, commit, &flipped), refused);
    }
    for flipped in flips(&head.encode()) {
        // Version, suite, flags, kind 0 and seq 0 never get this far: they do not parse.
        if let Ok(head) = Header::decode(&flipped) {
            assert_eq!(resigned(&head, salt, commit, &body), refused);
        }
    }
}

#[test]
fn a_relabelled_or_moved_record_does_not_open() {
    let (head, salt, commit, body) = parts(&made(7, b"words"));
    let changed: [Header; 7] = [
        Header { kind: RecordKind::Heartbeat, ..head },
        Header { space: SpaceId::from_bytes(bytes(50)), ..head },
        Header { feed: FeedId::from_bytes(bytes(51)), ..head },
        Header { seq: 8, ..head },
        Header { epoch: 4, ..head },
        Header { roster: RosterHead { seq: 5, hash: LinkHash::from_bytes(bytes(52)) }, ..head },
        Header { prev: RecordId::from_bytes(bytes(53)), ..head },
    ];
    for head in changed {
        assert_eq!(resigned(&head, salt, commit, &body), Err(OpenFault::WrongEpochOrAltered));
    }
}

#[test]
fn bodies_swapped_between_records_do_not_open() {
    let (one, other) = (parts(&made(7, b"one")), parts(&made(8, b"other")));
    let refused = Err(OpenFault::WrongEpochOrAltered);
    assert_eq!(resigned(&one.0, one.1, one.2, &other.3), refused, "the body alone");
    assert_eq!(resigned(&one.0, one.1, other.2, &other.3), refused, "body and commitment");
    assert_eq!(resigned(&one.0, other.1, other.2, &other.3), refused, "all but the header");
}

#[test]
fn a_thief_of_an_old_key_cannot_write() {
    let (author, thief) = (secrets(1), secrets(9));
    let forged = seal(&keys(1), thief.signer(), &header(author, 1), b"forged", bytes(3)).unwrap();
    let received = Record::parse(forged.bytes().to_vec()).unwrap();
    assert!(matches!(received.verify(&author.keys()), Err(VerifyFault::BadSignature(_))));
    assert_eq!(received.verify(&thief.keys()), Err(VerifyFault::OtherFeed));
}

#[test]
fn the_largest_entry_fits_and_the_next_does_not() {
    let largest = noise(1, 512 * 1024 + 4096);
    let record = made(1, &largest);
    assert!(record.bytes().len() <= RECORD_BYTES_MAX);
    assert_eq!(open(&keys(1), &record).unwrap().bytes(), largest);

    let author = secrets(1);
    let too_large =
        |content: &[u8]| seal(&keys(1), author.signer(), &header(author, 1), content, bytes(1)).map(|_| ());
    assert_eq!(too_large(&noise(1, RECORD_BYTES_MAX)), Err(SealFault::TooLarge));
    assert_eq!(too_large(&vec![b'a'; 4 * 1024 * 1024 + 1]), Err(SealFault::TooLarge));
    assert_eq!(too_large(&vec![b'a'; 4 * 1024 * 1024]), Ok(()));
}

#[test]
fn a_header_no_feed_may_write_is_refused() {
    let author = secrets(1);
    let head = Header { seq: 0, ..header(author, 1) };
    let fault = seal(&keys(1), author.signer(), &head, b"words", bytes(1)).err();
    assert!(matches!(fault, Some(SealFault::Header(_))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_content_comes_back(content: Vec<u8>, entropy: [u8; 32], seq in 1..u64::MAX) {
        let author = secrets(1);
        let record = seal(&keys(1), author.signer(), &header(author, seq), &content, entropy).unwrap();
        prop_assert_eq!(received(record.bytes().to_vec()), Some(content));
    }
}
