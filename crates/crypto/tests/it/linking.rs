//! Linking, as it goes when everybody is honest, and against a server that is not.

use haven_crypto::limits::{LINKING_MESSAGE_BYTES_MAX, NAME_BYTES_MAX};
use haven_crypto::linking::{
    Existing, Farewell, Joiner, LinkSecret, LinkingFault, ManifestName, Offer, Welcome,
};
use haven_crypto::words::WordsFault;
use haven_feed::ids::{FeedId, LinkHash, Position, RecordId, RosterHead, SpaceId, StoreId, Vector};
use haven_feed::limits::FEEDS_MAX;
use haven_feed::roster::consent::{self, Role, Terms};

use crate::world::{bytes, flips, secrets};

fn secret(seed: u64) -> LinkSecret {
    LinkSecret::from_entropy(bytes(seed))
}

pub(crate) fn offer() -> Offer {
    Offer {
        space: SpaceId::from_bytes(bytes(20)),
        head: RosterHead { seq: 4, hash: LinkHash::from_bytes(bytes(21)) },
    }
}

pub(crate) fn welcome(feeds: usize) -> Welcome {
    let position = |feed| {
        (FeedId::from_bytes(bytes(feed)), Position { seq: feed + 1, id: RecordId::from_bytes(bytes(feed)) })
    };
    Welcome {
        manifest: Some(ManifestName { generation: 7, id: bytes(32) }),
        server_key: secrets(30).keys().sign,
        store: StoreId::from_bytes(bytes(31)),
        vector: (0..feeds as u64).map(position).collect::<Vector>(),
    }
}

/// One linking, both ends, message by message.
struct Linking {
    existing: Existing,
    joiner: Joiner,
}

impl Linking {
    fn begin(code: u64) -> Self {
        Self {
            existing: Existing::new(&secret(code), offer()),
            joiner: Joiner::new(&secret(code), secrets(1).keys(), "Phone", bytes(2)).unwrap(),
        }
    }

    fn first(&mut self) -> Vec<u8> {
        self.joiner.commit(bytes(3)).unwrap()
    }

    fn second(&mut self) -> Vec<u8> {
        let first = self.first();
        self.existing.answer(&first, bytes(4), bytes(5)).unwrap()
    }

    fn third(&mut self) -> Vec<u8> {
        let second = self.second();
        self.joiner.reveal(&second, secrets(1), bytes(6)).unwrap()
    }

    fn revealed(code: u64) -> Self {
        let mut linking = Self::begin(code);
        let third = linking.third();
        linking.existing.receive(&third).unwrap();
        linking
    }

    fn words(&self) -> String {
        self.joiner.words().unwrap().join(" ")
    }
}

#[test]
fn two_honest_devices_link() {
    let mut linking = Linking::revealed(1);
    assert_eq!(linking.existing.answering(), Some("Phone"));
    assert_eq!(linking.joiner.offer(), Some(offer()));

    assert_eq!(linking.existing.words(), None, "words four to six come after one to three");
    let candidate = linking.existing.confirm(&linking.words().to_uppercase()).unwrap();
    assert_eq!(candidate.keys, secrets(1).keys());
    assert_eq!(candidate.name, "Phone");
    let terms = Terms::at(Role::Feed, offer().space, offer().head.hash, None);
    assert_eq!(consent::verify(&terms, &candidate.keys, &candidate.consent), Ok(()));

    let fourth = linking.existing.welcome(&welcome(3), bytes(7)).unwrap();
    assert_eq!(linking.joiner.receive(&fourth), Ok(()));
    assert_eq!(linking.joiner.offer(), Some(offer()));
    let theirs = linking.existing.words().unwrap().join(", ");
    assert_eq!(linking.joiner.compare(&theirs.to_uppercase()).unwrap(), welcome(3));
}

#[test]
fn the_code_carries_the_secret() {
    let typed = LinkSecret::parse(&secret(1).code().to_lowercase()).unwrap();
    assert_eq!(typed.mailbox_id(), secret(1).mailbox_id());
    assert_ne!(secret(1).mailbox_id(), secret(2).mailbox_id());
}

#[test]
fn the_server_sees_nothing_in_a_mailbox() {
    let mut linking = Linking::begin(1);
    let first = linking.first();
    let second = linking.existing.answer(&first, bytes(4), bytes(5)).unwrap();
    let third = linking.joiner.reveal(&second, secrets(1), bytes(6)).unwrap();
    let (key, space, code, nonce) = (secrets(1).keys().sign, offer().space, bytes::<16>(1), bytes::<32>(4));
    let canaries: [&[u8]; 5] = [b"Phone", key.as_bytes(), space.as_bytes(), &code, &nonce];
    for message in [first, second, third] {
        for canary in canaries {
            assert!(!message.windows(canary.len()).any(|window| window == canary));
        }
    }
}

#[test]
fn a_name_says_nothing_by_its_length() {
    let size = |name: &str| {
        let mut linking = Linking::begin(1);
        linking.joiner = Joiner::new(&secret(1), secrets(1).keys(), name, bytes(2)).unwrap();
        linking.third().len()
    };
    assert_eq!(size(""), size(&"n".repeat(NAME_BYTES_MAX)));
    let too_long = Joiner::new(&secret(1), secrets(1).keys(), &"n".repeat(NAME_BYTES_MAX + 1), bytes(2));
    assert_eq!(too_long.err(), Some(LinkingFault::TooLarge));
}

#[test]
fn every_bit_of_every_message_counts() {
    for flipped in flips(&Linking::begin(1).first()) {
        let fault = Linking::begin(1).existing.answer(&flipped, bytes(4), bytes(5)).err();
        assert_eq!(fault, Some(LinkingFault::WrongCode));
    }
    for flipped in flips(&Linking::begin(1).second()) {
        let mut linking = Linking::begin(1);
        linking.first();
        assert_eq!(linking.joiner.reveal(&flipped, secrets(1), bytes(6)).err(), Some(LinkingFault::Tampered));
        assert_eq!(linking.joiner.words(), None);
    }
    for flipped in flips(&Linking::begin(1).third()).step_by(7) {
        let mut linking = Linking::begin(1);
        linking.second();
        assert_eq!(linking.existing.receive(&flipped).err(), Some(LinkingFault::Tampered));
    }
}

#[test]
fn every_bit_of_the_welcome_counts() {
    let made = || {
        let mut linking = Linking::revealed(1);
        linking.existing.confirm(&linking.words()).unwrap();
        let fourth = linking.existing.welcome(&welcome(1), bytes(7)).unwrap();
        (linking, fourth)
    };
    let count = made().1.len() * 8;
    for bit in (0..count).step_by(11) {
        let (mut linking, mut fourth) = made();
        fourth[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(linking.joiner.receive(&fourth).err(), Some(LinkingFault::Tampered));
    }
}

#[test]
fn messages_of_another_linking_or_turn_do_not_open() {
    let third = Linking::begin(1).third();
    // Another code altogether.
    let mut other = Linking::begin(2);
    assert_eq!(
        other.existing.answer(&Linking::begin(1).first(), bytes(4), bytes(5)).err(),
        Some(LinkingFault::WrongCode)
    );
    // The same code again, a year later: the nonce is another, so the old reveal does not fit.
    let mut later = Linking::begin(1);
    let first = later.first();
    later.existing.answer(&first, bytes(40), bytes(5)).unwrap();
    assert_eq!(later.existing.receive(&third).err(), Some(LinkingFault::Tampered));
    // A message for another turn, or sent back to where it came from.
    let mut linking = Linking::begin(1);
    let first = linking.first();
    assert_eq!(linking.joiner.reveal(&first, secrets(1), bytes(6)).err(), Some(LinkingFault::Tampered));
    let mut linking = Linking::begin(1);
    let second = linking.second();
    assert_eq!(linking.existing.receive(&second).err(), Some(LinkingFault::Tampered));
}

#[test]
fn a_replayed_message_is_out_of_turn_and_changes_nothing() {
    let mut linking = Linking::begin(1);
    let first = linking.first();
    let second = linking.existing.answer(&first, bytes(4), bytes(5)).unwrap();
    assert_eq!(linking.existing.answer(&first, bytes(4), bytes(5)).err(), Some(LinkingFault::OutOfTurn));
    let third = linking.joiner.reveal(&second, secrets(1), bytes(6)).unwrap();
    assert_eq!(linking.joiner.reveal(&second, secrets(1), bytes(6)).err(), Some(LinkingFault::OutOfTurn));
    linking.existing.receive(&third).unwrap();
    assert_eq!(linking.existing.receive(&third).err(), Some(LinkingFault::OutOfTurn));
    assert!(linking.existing.confirm(&linking.words()).is_ok());
    assert_eq!(linking.existing.confirm(&linking.words()).err(), Some(LinkingFault::OutOfTurn));
    assert!(linking.existing.welcome(&welcome(1), bytes(7)).is_ok());
    assert_eq!(linking.existing.welcome(&welcome(1), bytes(7)).err(), Some(LinkingFault::Over));
}

#[test]
fn a_fault_ends_the_linking() {
    let mut linking = Linking::begin(1);
    let first = linking.first();
    assert_eq!(linking.existing.answer(b"noise", bytes(4), bytes(5)).err(), Some(LinkingFault::WrongCode));
    assert_eq!(linking.existing.answer(&first, bytes(4), bytes(5)).err(), Some(LinkingFault::Over));
}

#[test]
fn mistyped_words_may_be_typed_again_wrong_words_may_not() {
    let mut linking = Linking::revealed(1);
    let mistyped = linking.existing.confirm("abandonn ability zoo").err();
    assert_eq!(mistyped, Some(LinkingFault::Mistyped(WordsFault::Unknown { at: 1 })));
    assert_eq!(linking.existing.welcome(&welcome(1), bytes(7)).err(), Some(LinkingFault::OutOfTurn));
    assert!(linking.existing.confirm(&linking.words()).is_ok());

    let mut linking = Linking::revealed(1);
    assert_eq!(linking.existing.confirm("abandon ability zoo").err(), Some(LinkingFault::OtherWords));
    assert_eq!(linking.existing.confirm(&linking.words()).err(), Some(LinkingFault::Over));
    assert_eq!(linking.existing.welcome(&welcome(1), bytes(7)).err(), Some(LinkingFault::Over));
}

/// Message 4 is there, and nobody has compared words four to six.
fn welcomed() -> Linking {
    let mut linking = Linking::revealed(1);
    linking.existing.confirm(&linking.words()).unwrap();
    let fourth = linking.existing.welcome(&welcome(1), bytes(7)).unwrap();
    linking.joiner.receive(&fourth).unwrap();
    assert_eq!(linking.joiner.receive(&fourth).err(), Some(LinkingFault::OutOfTurn));
    linking
}

#[test]
fn what_message_four_says_comes_out_after_words_four_to_six_only() {
    let mut early = Linking::revealed(1);
    assert_eq!(early.joiner.compare("abandon ability able").err(), Some(LinkingFault::OutOfTurn));

    let mut linking = welcomed();
    for (typed, fault) in [
        ("abandonn ability zoo", WordsFault::Unknown { at: 1 }),
        ("abandon ability", WordsFault::Count { expected: 3, found: 2 }),
        ("", WordsFault::Count { expected: 3, found: 0 }),
    ] {
        assert_eq!(linking.joiner.compare(typed).err(), Some(LinkingFault::Mistyped(fault)), "{typed:?}");
    }
    let theirs = linking.existing.words().unwrap().join(" ");
    assert_eq!(linking.joiner.compare(&theirs).unwrap(), welcome(1));
    assert_eq!(linking.joiner.compare(&theirs).err(), Some(LinkingFault::Over));
}

#[test]
fn words_that_are_not_four_to_six_end_the_linking_on_the_new_device() {
    let linking = welcomed();
    let (own, [fourth, fifth, sixth]) = (linking.words(), linking.existing.words().unwrap());
    let others = ["abandon ability able".to_owned(), format!("{fifth} {fourth} {sixth}"), own];
    for typed in others {
        let mut linking = welcomed();
        assert_eq!(linking.joiner.compare(&typed).err(), Some(LinkingFault::OtherWords), "{typed}");
        let theirs = linking.existing.words().unwrap().join(" ");
        assert_eq!(linking.joiner.compare(&theirs).err(), Some(LinkingFault::Over));
        assert_eq!(linking.joiner.words(), None);
    }
}

#[test]
fn a_device_whose_words_were_wrong_shows_none() {
    let mut linking = Linking::revealed(1);
    assert_eq!(linking.existing.confirm("abandon ability zoo").err(), Some(LinkingFault::OtherWords));
    assert_eq!(linking.existing.words(), None);
}

#[test]
fn keys_the_joiner_does_not_hold_are_refused() {
    let mut linking = Linking::begin(1);
    let second = linking.second();
    let third = linking.joiner.reveal(&second, secrets(99), bytes(6)).unwrap();
    assert_eq!(linking.existing.receive(&third).err(), Some(LinkingFault::BadConsent));
}

#[test]
fn the_largest_welcome_fits_a_mailbox() {
    let welcomed = |feeds| {
        let mut linking = Linking::revealed(1);
        linking.existing.confirm(&linking.words()).unwrap();
        linking.existing.welcome(&welcome(feeds), bytes(7))
    };
    assert!(welcomed(FEEDS_MAX).unwrap().len() <= LINKING_MESSAGE_BYTES_MAX);
    assert_eq!(welcomed(100).err(), Some(LinkingFault::TooLarge));
}

#[test]
fn a_farewell_is_read_wherever_either_side_stands_and_only_with_the_code() {
    let ends = [
        Farewell::WrongWords,
        Farewell::Expired,
        Farewell::Cancelled,
        Farewell::RosterMoved,
        Farewell::Misbehaved,
        Farewell::UpdateNeeded,
        Farewell::Other,
    ];
    for why in ends {
        let begun = Linking::begin(1);
        assert_eq!(begun.joiner.farewell(&begun.existing.farewell(why, bytes(9))), Some(why));
        // The joiner has revealed itself, and the other side has not heard it yet.
        let mut apart = Linking::begin(1);
        apart.third();
        assert_eq!(apart.joiner.farewell(&apart.existing.farewell(why, bytes(9))), Some(why));
        let revealed = Linking::revealed(1);
        let sealed = revealed.existing.farewell(why, bytes(9));
        assert_eq!(revealed.joiner.farewell(&sealed), Some(why));
        assert_eq!(Linking::revealed(2).joiner.farewell(&sealed), None, "another code");
        for altered in flips(&sealed) {
            assert_eq!(revealed.joiner.farewell(&altered), None);
        }
    }
}

#[test]
fn a_new_device_that_keeps_nothing_says_so_wherever_either_side_stands() {
    for why in [Farewell::WrongWords, Farewell::Expired, Farewell::Cancelled, Farewell::Misbehaved] {
        let begun = Linking::begin(1);
        assert_eq!(begun.existing.left(&begun.joiner.leave(why, bytes(9))), Some(why));
        let mut welcomed = welcomed();
        assert_eq!(welcomed.joiner.compare("abandon ability able").err(), Some(LinkingFault::OtherWords));
        let sealed = welcomed.joiner.leave(why, bytes(9));
        assert_eq!(welcomed.existing.left(&sealed), Some(why));
        assert_eq!(Linking::revealed(2).existing.left(&sealed), None, "another code");
        for altered in flips(&sealed) {
            assert_eq!(welcomed.existing.left(&altered), None);
        }
        // Sent back, it says nothing: each end has a farewell of its own.
        assert_eq!(welcomed.joiner.farewell(&sealed), None);
        let theirs = Linking::revealed(1).existing.farewell(why, bytes(9));
        assert_eq!(welcomed.existing.left(&theirs), None);
    }
}

#[test]
fn a_farewell_is_no_message_and_no_message_a_farewell() {
    let mut linking = Linking::revealed(1);
    let words = linking.words();
    assert!(linking.existing.confirm(&words).is_ok());
    let fourth = linking.existing.welcome(&welcome(1), bytes(7)).unwrap();
    assert_eq!(linking.joiner.farewell(&fourth), None);
    let farewell = linking.existing.farewell(Farewell::Cancelled, bytes(8));
    assert_eq!(linking.joiner.receive(&farewell), Err(LinkingFault::Tampered));
}
