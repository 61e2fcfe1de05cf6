//! One linking, message by message.

use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::linking::{Existing, Farewell, Joiner, LinkSecret, ManifestName, Offer, Welcome};
use haven_feed::{FeedId, LinkHash, Position, RecordId, RosterHead, SpaceId, StoreId, Vector};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::{entropy, feed_json};

fn offer() -> Offer {
    let head = RosterHead { seq: 4, hash: LinkHash::from_bytes(entropy(0x71)) };
    Offer { space: SpaceId::from_bytes(entropy(0x70)), head }
}

fn welcome() -> Welcome {
    let position = |feed: u8| {
        let id = RecordId::from_bytes(entropy(feed));
        (FeedId::from_bytes([feed; 8]), Position { seq: u64::from(feed), id })
    };
    Welcome {
        manifest: Some(ManifestName { generation: 7, id: entropy(0x35) }),
        server_key: FeedSecrets::from_entropy(entropy(0x33)).keys().sign,
        store: StoreId::from_bytes(entropy(0x34)),
        vector: [5, 9].map(position).into_iter().collect::<Vector>(),
    }
}

/// The same joiner is told why it is not let in.
fn farewells(secret: &LinkSecret, joiner: &Joiner) -> Vec<Value> {
    let ends = [
        Farewell::Other,
        Farewell::WrongWords,
        Farewell::Expired,
        Farewell::Cancelled,
        Farewell::RosterMoved,
        Farewell::Misbehaved,
        Farewell::UpdateNeeded,
    ];
    let told = |(reason, why): (u8, Farewell)| {
        let sealed = Existing::new(secret, offer()).farewell(why, entropy(0xa0 + reason));
        assert_eq!(joiner.farewell(&sealed), Some(why));
        json!({ "reason": reason, "random": hex(entropy::<32>(0xa0 + reason)), "message": hex(&sealed) })
    };
    (0..).zip(ends).map(told).collect()
}

/// The same joiner tells that it keeps nothing.
fn leavings(existing: &Existing, joiner: &Joiner) -> Vec<Value> {
    let ends = [Farewell::Other, Farewell::WrongWords, Farewell::Expired, Farewell::Cancelled];
    let told = |(reason, why): (u8, Farewell)| {
        let sealed = joiner.leave(why, entropy(0xb0 + reason));
        assert_eq!(existing.left(&sealed), Some(why));
        json!({ "reason": reason, "random": hex(entropy::<32>(0xb0 + reason)), "message": hex(&sealed) })
    };
    (0..).zip(ends).map(told).collect()
}

#[test]
fn linking() {
    let secret = LinkSecret::from_entropy(entropy(0x0f));
    let secrets = FeedSecrets::from_entropy(entropy(0x02));
    let mut existing = Existing::new(&secret, offer());
    let mut joiner = Joiner::new(&secret, secrets.keys(), "Küche", entropy(0x90)).unwrap();
    let first = joiner.commit(entropy(0x91)).unwrap();
    let second = existing.answer(&first, entropy(0x92), entropy(0x93)).unwrap();
    let third = joiner.reveal(&second, &secrets, entropy(0x94)).unwrap();
    existing.receive(&third).unwrap();
    let words = joiner.words().unwrap().join(" ");
    assert!(existing.confirm(&words).is_ok());
    let theirs = existing.words().unwrap().join(" ");
    let fourth = existing.welcome(&welcome(), entropy(0x95)).unwrap();
    joiner.receive(&fourth).unwrap();
    assert!(joiner.compare(&theirs).unwrap() == welcome());

    let random = [0x91, 0x93, 0x94, 0x95].map(|from| hex(entropy::<32>(from)));
    let about =
        "PROTOCOL.md, linking; one run, both ends honest; \"random\" is drawn for the messages in order";
    let vectors = json!({
        "about": about,
        "secret": hex(entropy::<16>(0x0f)),
        "mailbox": hex(secret.mailbox_id()),
        "joiner": feed_json(&secrets),
        "name": "Küche",
        "blind": hex(entropy::<32>(0x90)),
        "nonce": hex(entropy::<32>(0x92)),
        "space": offer().space.to_string(),
        "roster seq": 4,
        "roster hash": offer().head.hash.to_string(),
        "manifest generation": 7,
        "manifest id": hex(entropy::<32>(0x35)),
        "server key": hex(welcome().server_key.as_bytes()),
        "store": welcome().store.to_string(),
        "vector": hex(welcome().vector.encode()),
        "random": random,
        "messages": [hex(&first), hex(&second), hex(&third), hex(&fourth)],
        "words": [words, theirs],
        "farewells": farewells(&secret, &joiner),
        "farewells of the joiner": leavings(&existing, &joiner),
    });
    check("crypto-linking.json", &vectors);
}
