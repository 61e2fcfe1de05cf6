//! Parsers on any bytes: they never panic, and what they accept is the one encoding of it.

use std::sync::LazyLock;

use haven_feed::auth::Challenge;
use haven_feed::exchange::{Named, NamedLink, Pins};
use haven_feed::invite::Invite;
use haven_feed::keys::{FeedKeys, KemKey, SignKey};
use haven_feed::record::{Header, Record, RecordKind};
use haven_feed::roster::Roster;
use haven_feed::roster::consent::Role;
use haven_feed::roster::link::Link;
use haven_feed::{FeedId, LinkHash, Position, RecordId, RosterHead, SpaceId, StoreId, Vector};
use proptest::prelude::*;

use crate::links::rosters;
use crate::world::{Keyed, Space, header, kem, seal};

/// Feeds some bytes to every parser and checks that each accepted value encodes to the same bytes.
fn every_parser_survives(bytes: &[u8]) {
    if let Ok(record) = Record::parse(bytes.to_vec()) {
        assert_eq!(record.bytes(), bytes);
        assert_eq!(record.header().encode(), bytes[..128]);
    }
    if let Ok(header) = Header::decode(bytes) {
        assert_eq!(header.encode(), bytes);
    }
    if let Ok(link) = Link::parse(bytes.to_vec()) {
        assert_eq!(link.bytes(), bytes);
    }
    if let Ok(vector) = Vector::decode(bytes) {
        assert_eq!(vector.encode(), bytes);
    }
    if let Ok(pins) = Pins::decode(bytes) {
        assert_eq!(pins.encode(), bytes);
    }
    if let Ok(exact) = <[u8; FeedKeys::LEN]>::try_from(bytes)
        && let Ok(keys) = FeedKeys::from_bytes(&exact)
    {
        assert_eq!(keys.to_bytes(), exact);
    }
    let _ = Roster::genesis(bytes.to_vec());
    let _ = Invite::parse(&String::from_utf8_lossy(bytes));
}

fn position() -> impl Strategy<Value = Position> {
    (1..=u64::MAX, any::<[u8; 32]>()).prop_map(|(seq, id)| Position { seq, id: RecordId::from_bytes(id) })
}

fn vector() -> impl Strategy<Value = Vector> {
    let entry =
        (any::<[u8; 8]>(), position()).prop_map(|(feed, position)| (FeedId::from_bytes(feed), position));
    proptest::collection::vec(entry, 0..20).prop_map(|entries| entries.into_iter().collect())
}

fn roster_head() -> impl Strategy<Value = RosterHead> {
    (any::<u64>(), any::<[u8; 32]>())
        .prop_map(|(seq, hash)| RosterHead { seq, hash: LinkHash::from_bytes(hash) })
}

fn any_header() -> impl Strategy<Value = Header> {
    let ids = (any::<[u8; 32]>(), any::<[u8; 8]>(), any::<[u8; 32]>());
    (1..=255_u8, ids, 2..=u64::MAX, any::<u32>(), roster_head(), any::<bool>()).prop_map(
        |(kind, (space, feed, prev), seq, epoch, roster, is_first)| Header {
            kind: RecordKind::from(kind),
            space: SpaceId::from_bytes(space),
            feed: FeedId::from_bytes(feed),
            seq: if is_first { 1 } else { seq },
            epoch,
            roster,
            prev: if is_first { RecordId::ZERO } else { RecordId::from_bytes(prev) },
        },
    )
}

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(seeds);

/// Valid bytes of every format, to be damaged.
fn seeds() -> Vec<Vec<u8>> {
    let phone = Keyed::new(1);
    let space = Space::vault(&phone, &Keyed::new(2));
    let record = seal(&header(&space.roster, phone.feed(), None), 1, &phone.signer);
    let vector: Vector = [(phone.feed(), record.position())].into_iter().collect();
    let pins = Pins::linked(Some(StoreId::from_bytes([1; 16])), space.roster.head(), &vector, phone.feed());
    let links = rosters().into_iter().flat_map(|space| space.links).map(|link| link.bytes().to_vec());
    let rest = [record.bytes().to_vec(), record.header().encode().to_vec(), vector.encode(), pins.encode()];
    links.chain(rest).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..1400)) {
        every_parser_survives(&bytes);
    }

    #[test]
    fn damaged_bytes(
        which in any::<prop::sample::Index>(),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in proptest::option::of(any::<prop::sample::Index>()),
    ) {
        let mut bytes = which.get(&SEEDS).clone();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len() + 1));
        }
        every_parser_survives(&bytes);
    }

    #[test]
    fn headers_come_back(header in any_header()) {
        prop_assert_eq!(Header::decode(&header.encode()), Ok(header));
    }

    #[test]
    fn vectors_come_back(vector in vector()) {
        prop_assert_eq!(Vector::decode(&vector.encode()), Ok(vector));
    }

    #[test]
    fn pins_come_back(
        store in proptest::option::of(any::<[u8; 16]>()),
        roster in proptest::option::of(roster_head()),
        served in vector(),
        named in vector(),
        link in proptest::option::of(any::<u64>()),
        by: [u8; 8],
    ) {
        let by = FeedId::from_bytes(by);
        let (named, link) = (Named::by(by, &named), link.map(|seq| NamedLink { seq, by }));
        let pins = Pins { store: store.map(StoreId::from_bytes), roster, served, named, link };
        prop_assert_eq!(Pins::decode(&pins.encode()), Ok(pins));
    }

    #[test]
    fn invites_come_back(secret: [u8; 16], number in 0..50_u64) {
        let server = Keyed::new(number).keys.sign;
        let invite = Invite::parse(&Invite::from_entropy(secret, &server).code()).unwrap();
        prop_assert_eq!(invite.ticket(), Invite::from_entropy(secret, &server).ticket());
        prop_assert!(invite.is_to(&server));
    }

    #[test]
    fn missing_is_exactly_the_difference(one in vector(), other in vector()) {
        let mut filled = other.clone();
        for (feed, from_seq, newest) in one.missing_from(&other) {
            prop_assert_eq!(from_seq, other.seq(&feed) + 1);
            filled.advance(feed, newest);
        }
        prop_assert!(one.missing_from(&filled).next().is_none());
        let mut union = other;
        union.advance_all(&one);
        prop_assert_eq!(filled, union);
    }

    #[test]
    fn keys_are_taken_as_they_are_or_not_at_all(bytes: [u8; 32], coefficients: [u16; 2], at in 0..384_usize) {
        if let Ok(key) = SignKey::from_bytes(bytes) {
            prop_assert_eq!(key.as_bytes(), &bytes);
        }
        let mut kem_bytes = *kem(1).as_bytes();
        kem_bytes[KemKey::LEN - 32..].copy_from_slice(&bytes);
        if let Ok(key) = KemKey::from_bytes(&kem_bytes) {
            prop_assert_eq!(key.as_bytes(), &kem_bytes);
            prop_assert!(bytes[31] < 0x80);
        }
        // Two coefficients of 12 bits in three bytes, low bits first.
        let [one, two] = coefficients.map(|coefficient| coefficient & 0xfff);
        let mut kem_bytes = *kem(1).as_bytes();
        let packed = u32::from(one) | u32::from(two) << 12;
        kem_bytes[3 * at..3 * at + 3].copy_from_slice(&packed.to_le_bytes()[..3]);
        prop_assert_eq!(KemKey::from_bytes(&kem_bytes).is_ok(), one < 3329 && two < 3329);
    }
}

#[test]
fn vectors_have_one_encoding() {
    let one: Vector = [1_u8, 2]
        .into_iter()
        .map(|n| (FeedId::from_bytes([n; 8]), Position { seq: 1, id: RecordId::ZERO }))
        .collect();
    let good = one.encode();
    assert_eq!(good.len(), 2 + 2 * 48);
    let swapped = [&good[..2], &good[50..], &good[2..50]].concat();
    let repeated = [&good[..2], &good[2..50], &good[2..50]].concat();
    let zero = {
        let mut bytes = good.clone();
        bytes[17] = 0;
        bytes
    };
    let longer = [&good[..], &[0]].concat();
    let many = [&[0xff, 0xff][..], &good[2..]].concat();
    for bad in [swapped, repeated, zero, longer, many, good[..49].to_vec(), vec![], vec![0]] {
        assert!(Vector::decode(&bad).is_err());
    }
}

#[test]
fn a_challenge_is_not_guessable_from_its_parts() {
    let keys = Keyed::new(1).keys;
    let challenge = Challenge {
        server: keys.sign,
        nonce: haven_feed::Nonce::ZERO,
        space: SpaceId::ZERO,
        role: Role::Feed,
        member: keys.id().into(),
        store: StoreId::ZERO,
    };
    assert_ne!(challenge.login_digest(), challenge.server_digest());
}
