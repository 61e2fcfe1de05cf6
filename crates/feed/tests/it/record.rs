//! One record: its bytes, its id, its signature.

use haven_feed::keys::Signature;
use haven_feed::limits::RECORD_BYTES_MAX;
use haven_feed::record::{
    self, BODY_BYTES_MAX, Header, PREFIX_LEN, Record, RecordFault, RecordKind, VerifiedRecord, VerifyFault,
};
use haven_feed::version::{Incompatible, Part};

use crate::world::{Keyed, Space, header, seal, write};

fn one() -> (Keyed, VerifiedRecord) {
    let phone = Keyed::new(1);
    let space = Space::vault(&phone, &Keyed::new(2));
    let record = write(&space.roster, &phone, None, 1, 8).remove(0);
    (phone, record)
}

fn holds(bytes: Vec<u8>, by: &Keyed) -> bool {
    Record::parse(bytes).is_ok_and(|record| record.verify(&by.keys).is_ok())
}

#[test]
fn what_was_finished_parses_and_verifies_and_is_the_same() {
    let (phone, record) = one();
    let verified = Record::parse(record.bytes().clone()).unwrap().verify(&phone.keys).unwrap();
    assert_eq!(verified, record);
    assert_eq!(verified.salt(), [8; 16]);
    assert_eq!(verified.commit(), [8; 32]);
    assert_eq!(verified.body(), Some(&[8; 272][..]));
}

#[test]
fn every_flipped_bit_is_found() {
    let (phone, record) = one();
    for bit in 0..record.bytes().len() * 8 {
        let mut bytes = record.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(bytes, &phone), "bit {bit}");
    }
}

#[test]
fn every_flipped_bit_of_a_husk_is_found() {
    let (phone, record) = one();
    let husk = record.to_husk();
    for bit in 0..PREFIX_LEN * 8 {
        let mut bytes = husk.bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(bytes, &phone), "bit {bit}");
    }
}

#[test]
fn truncation_leaves_nothing_or_the_husk_never_a_part_of_the_body() {
    let (phone, record) = one();
    for len in 0..record.bytes().len() {
        let parsed = Record::parse(record.bytes().slice(..len));
        match parsed.map(|record| record.verify(&phone.keys).unwrap()) {
            Ok(husk) => {
                assert_eq!(len, PREFIX_LEN);
                assert_eq!((husk.id(), husk.body()), (record.id(), None));
            }
            Err(fault) => assert_ne!(len, PREFIX_LEN, "{fault}"),
        }
    }
}

#[test]
fn a_husk_verifies_like_the_record_it_was() {
    let (phone, record) = one();
    let husk = Record::parse(record.to_husk().bytes().clone()).unwrap();
    assert!(husk.is_husk());
    assert_eq!(husk.id(), record.id());
    assert_eq!(husk.verify(&phone.keys).unwrap().body(), None);
}

#[test]
fn anything_appended_is_found() {
    let (phone, record) = one();
    for extra in [vec![0], vec![0; 272], record.bytes().to_vec()] {
        assert!(!holds([record.bytes().to_vec(), extra].concat(), &phone));
    }
}

#[test]
fn newer_formats_ask_for_an_update_and_damage_does_not() {
    let (_, record) = one();
    let marks = [(0, Part::Version, 1), (1, Part::Suite, 1), (2, Part::Flags, 0)];
    for (at, part, known) in marks {
        for found in (0..=255).filter(|found| *found != known) {
            let mut bytes = record.bytes().to_vec();
            bytes[at] = found;
            let fault = RecordFault::Incompatible(Incompatible { part, found: u32::from(found) });
            assert_eq!(Record::parse(bytes), Err(fault));
        }
    }
    let mut altered = record.bytes().to_vec();
    altered[PREFIX_LEN] ^= 1;
    assert_eq!(Record::parse(altered), Err(RecordFault::BodyAltered));
}

#[test]
fn unknown_kinds_are_carried_and_known_as_unknown() {
    let (phone, record) = one();
    for kind in [4, 77, 255] {
        let header = Header { kind: RecordKind::Other(kind), ..*record.header() };
        let carried = Record::parse(seal(&header, 1, &phone.signer).bytes().clone()).unwrap();
        assert_eq!(carried.verify(&phone.keys).unwrap().header().kind, RecordKind::Other(kind));
    }
}

#[test]
fn a_relabelled_record_is_found() {
    let (phone, record) = one();
    for kind in (0..=255).filter(|kind| *kind != 1) {
        let mut bytes = record.bytes().to_vec();
        bytes[3] = kind;
        assert!(!holds(bytes, &phone), "kind {kind}");
    }
}

/// Every part of one record in the place of the same part of another: of the same feed, of another feed, of another space.
#[test]
fn swapped_parts_are_found() {
    let (phone, record) = one();
    let (laptop, paper) = (Keyed::new(3), Keyed::new(4));
    let other_space = Space::vault(&phone, &paper);
    let next = seal(&header(&other_space.roster, phone.feed(), None), 9, &phone.signer);
    let by_laptop = seal(&Header { feed: laptop.feed(), ..*record.header() }, 9, &laptop.signer);
    let parts =
        [(0, 128), (4, 36), (36, 44), (128, 144), (144, 176), (176, 208), (208, 272), (272, 544), (176, 544)];
    for other in [next, by_laptop] {
        for (from, to) in parts {
            let mut bytes = record.bytes().to_vec();
            bytes[from..to].copy_from_slice(&other.bytes()[from..to]);
            let same = bytes == record.bytes().as_ref();
            assert!(same || !holds(bytes, &phone), "{from}..{to}");
        }
    }
}

#[test]
fn only_the_keys_the_feed_is_named_after_verify_it() {
    let (phone, record) = one();
    let record = record.as_record();
    let laptop = Keyed::new(3);
    assert_eq!(record.verify(&laptop.keys), Err(VerifyFault::OtherFeed));
    let half = haven_feed::keys::FeedKeys { sign: phone.keys.sign, kem: laptop.keys.kem };
    assert_eq!(record.verify(&half), Err(VerifyFault::OtherFeed));
}

#[test]
fn a_signature_by_anybody_else_is_found() {
    let (phone, record) = one();
    for stranger in [Keyed::new(3), Keyed::new(4)] {
        let digest = haven_feed::digest::Digest::from_bytes(*record.id().as_bytes());
        let mut bytes = record.bytes().to_vec();
        bytes[208..272].copy_from_slice(stranger.signer.sign(&digest).as_bytes());
        assert!(!holds(bytes, &phone));
    }
    let unsigned = [&record.bytes()[..208], &Signature::from_bytes([0; 64]).as_bytes()[..]].concat();
    assert!(!holds(unsigned, &phone));
}

#[test]
fn headers_that_contradict_themselves_are_malformed() {
    let (phone, record) = one();
    let good = *record.header();
    let cases = [
        Header { seq: 0, ..good },
        Header { seq: 2, ..good },
        Header { prev: record.id(), ..good },
        Header { seq: 0, prev: record.id(), ..good },
        Header { kind: RecordKind::Other(0), ..good },
    ];
    for header in cases {
        let finished = record::finish(&header, &[0; 16], &[0; 32], &[0; 272], &phone.signer);
        assert!(matches!(finished, Err(RecordFault::Malformed(_))), "{header:?}");
        assert!(matches!(Header::decode(&header.encode()), Err(RecordFault::Malformed(_))), "{header:?}");
    }
}

#[test]
fn bodies_have_a_smallest_and_a_largest_size() {
    let (phone, record) = one();
    let finish = |len: usize| {
        let finished = record::finish(record.header(), &[0; 16], &[0; 32], &vec![0; len], &phone.signer);
        finished.map(|record| Record::parse(record.bytes().clone()).unwrap().bytes().len())
    };
    assert_eq!(finish(0), Err(RecordFault::Malformed("body length")));
    assert_eq!(finish(271), Err(RecordFault::Malformed("body length")));
    assert_eq!(finish(272), Ok(544));
    assert_eq!(finish(BODY_BYTES_MAX), Ok(RECORD_BYTES_MAX));
    assert_eq!(finish(BODY_BYTES_MAX + 1), Err(RecordFault::TooLarge(RECORD_BYTES_MAX + 1)));
    assert_eq!(
        Record::parse(vec![1; RECORD_BYTES_MAX + 1]),
        Err(RecordFault::TooLarge(RECORD_BYTES_MAX + 1))
    );
}

#[test]
fn a_record_holds_the_bytes_it_came_in() {
    let (_, record) = one();
    let frame = record.bytes().clone();
    let parsed = Record::parse(frame.clone()).unwrap();
    assert_eq!(parsed.bytes().as_ptr(), frame.as_ptr());
}
