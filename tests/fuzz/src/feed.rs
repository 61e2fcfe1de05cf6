//! What anybody may send: records, links, rosters, vectors, pins, keys, and codes that a person types.

mod rules;

use std::sync::LazyLock;

use haven_crypto::kit::Kit;
use haven_crypto::linking::LinkSecret;
use haven_crypto::words;
use haven_engine::fuzz::version_again;
use haven_feed::exchange::Pins;
use haven_feed::invite::Invite;
use haven_feed::keys::{FeedKeys, KemKey, SignKey, check_enc};
use haven_feed::record::{Header, Record};
use haven_feed::roster::{Link, Roster};
use haven_feed::{FeedId, SpaceId, Vector};

use crate::bytes::{Choices, pieces};
use crate::target::Target;
use crate::vectors;

const RECORDS: &str = include_str!("../../vectors/data/feed-records.json");
const ROSTERS: &str = include_str!("../../vectors/data/feed-rosters.json");
const EXCHANGE: &str = include_str!("../../vectors/data/feed-exchange.json");
const KEYS: &str = include_str!("../../vectors/data/feed-keys.json");
const INVITES: &str = include_str!("../../vectors/data/feed-invites.json");
const CODES: &str = include_str!("../../vectors/data/crypto-codes.json");

pub(crate) const TARGETS: &[Target] = &[
    Target {
        name: "records",
        about: "a record and its header",
        seeds: record_seeds,
        run: records,
        sample: 3_000,
    },
    Target { name: "links", about: "one link of a roster", seeds: link_seeds, run: links, sample: 1_000 },
    Target {
        name: "rosters",
        about: "a run of links, replayed",
        seeds: roster_seeds,
        run: rosters,
        sample: 100,
    },
    Target {
        name: "rules",
        about: "links that are well signed",
        seeds: rules::seeds,
        run: rules::run,
        sample: 60,
    },
    Target {
        name: "vectors",
        about: "vectors, pins and keys",
        seeds: vector_seeds,
        run: vectors_run,
        sample: 3_000,
    },
    Target {
        name: "codes",
        about: "invites, kits, linking codes, words, versions",
        seeds: code_seeds,
        run: codes,
        sample: 3_000,
    },
];

fn record_seeds() -> Vec<Vec<u8>> {
    vectors::bytes(RECORDS, &["stored", "husk", "header bytes"])
}

fn records(bytes: &[u8]) {
    static AUTHOR: LazyLock<FeedKeys> = LazyLock::new(|| {
        let keys = vectors::bytes(include_str!("../../vectors/data/crypto-records.json"), &["keys"]);
        let exact = keys[0].as_slice().try_into().expect("keys have one length");
        FeedKeys::from_bytes(exact).expect("the vectors' keys are good")
    });
    if let Ok(record) = Record::parse(bytes.to_vec()) {
        assert_eq!(record.bytes(), bytes);
        assert_eq!(record.header().encode(), bytes[..128]);
        if let Ok(verified) = record.verify(&AUTHOR) {
            assert_eq!(verified.to_husk().id(), record.id());
        }
    }
    if let Ok(header) = Header::decode(bytes) {
        assert_eq!(header.encode(), bytes);
    }
}

pub(crate) fn link_seeds() -> Vec<Vec<u8>> {
    vectors::bytes(ROSTERS, &["bytes"])
}

fn links(bytes: &[u8]) {
    if let Ok(link) = Link::parse(bytes.to_vec()) {
        assert_eq!(link.bytes(), bytes);
    }
    if let Ok(roster) = Roster::genesis(bytes.to_vec()) {
        assert_eq!(roster.head().seq, 0);
    }
}

/// The links of the vectors, in their order; after each the next one of the same space.
fn roster_seeds() -> Vec<Vec<u8>> {
    let links: Vec<Vec<u8>> =
        link_seeds().into_iter().filter(|link| Link::parse(link.clone()).is_ok()).collect();
    let space = |bytes: &Vec<u8>| Link::parse(bytes.clone()).map(|link| link.space()).ok();
    let spaces = links.iter().map(space);
    let mut runs: Vec<Vec<u8>> =
        spaces.map(|of| pieces(links.iter().filter(|link| space(link) == of).map(Vec::as_slice))).collect();
    runs.sort();
    runs.dedup();
    runs
}

fn rosters(bytes: &[u8]) {
    let mut choices = Choices::new(bytes);
    let mut links = Vec::new();
    while !choices.is_over() && links.len() < 16 {
        links.extend(Link::parse(choices.piece().to_vec()));
    }
    let Some((first, rest)) = links.split_first() else { return };
    let Ok(mut roster) = Roster::genesis(first.bytes().clone()) else { return };
    for link in rest {
        let before = roster.head();
        match roster.append(link) {
            Ok(()) => assert_eq!(roster.head().seq, before.seq + 1),
            Err(_) => assert_eq!(roster.head(), before),
        }
    }
    if let Ok(replayed) = Roster::replay(&links) {
        assert_eq!(replayed.head(), roster.head());
    }
}

fn vector_seeds() -> Vec<Vec<u8>> {
    let exchange = vectors::bytes(
        EXCHANGE,
        &["pins", "pins with a link", "empty pins", "vector", "empty vector", "bytes"],
    );
    let keys = vectors::bytes(KEYS, &["kem", "sign", "key"]);
    let whole = vectors::bytes(include_str!("../../vectors/data/crypto-records.json"), &["keys"]);
    exchange.into_iter().chain(keys).chain(whole).collect()
}

fn vectors_run(bytes: &[u8]) {
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
    if let Ok(exact) = bytes.try_into() {
        let _ = KemKey::from_bytes(exact);
    }
    if let Ok(exact) = bytes.try_into() {
        let _ = SignKey::from_bytes(exact);
    }
    if let Ok(exact) = bytes.try_into() {
        let _ = check_enc(exact);
    }
}

fn code_seeds() -> Vec<Vec<u8>> {
    let invites = vectors::texts(INVITES, &["code", "typed"]);
    let codes = vectors::texts(CODES, &["code", "typed"]);
    let more = [
        "flame candy system",
        "a0a1a2a3",
        &"0a".repeat(32),
        &format!("{}+{}", "0a".repeat(32), "0b".repeat(32)),
    ];
    invites.into_iter().chain(codes).chain(more.map(str::to_owned)).map(String::into_bytes).collect()
}

fn codes(bytes: &[u8]) {
    let typed = String::from_utf8_lossy(bytes);
    if let Ok(invite) = Invite::parse(&typed) {
        assert_eq!(Invite::parse(&invite.code()).map(|again| again.code()).ok(), Some(invite.code()));
    }
    if let Ok(kit) = Kit::parse(&typed) {
        assert_eq!(Kit::parse(&kit.code()).map(|again| again.code()).ok(), Some(kit.code()));
        assert!(LinkSecret::parse(&typed).is_err(), "a kit is no linking code");
    }
    if let Ok(secret) = LinkSecret::parse(&typed) {
        assert_eq!(LinkSecret::parse(&secret.code()).map(|again| again.code()).ok(), Some(secret.code()));
    }
    if let Ok(three) = words::parse::<3>(&typed) {
        assert_eq!(words::parse::<3>(&three.join(" ")), Ok(three));
    }
    let _ = words::parse::<6>(&typed);
    if let Some(again) = version_again(&typed) {
        assert_eq!(version_again(&again).as_deref(), Some(again.as_str()));
    }
    let _ = (FeedId::try_from(bytes), SpaceId::try_from(bytes));
}
