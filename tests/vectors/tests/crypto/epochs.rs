//! Epochs: ids, previous roots, names and wraps.

use haven_crypto::epoch::EpochRoot;
use haven_crypto::feedkeys::FeedSecrets;
use haven_crypto::wrap::{unwrap, wrap};
use haven_feed::roster::WrapContext;
use haven_feed::{LinkHash, MemberId, SpaceId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::{entropy, feed_json};

pub(crate) fn root(epoch: u8) -> EpochRoot {
    EpochRoot::from_entropy(entropy(0xa0 + epoch))
}

fn epochs() -> Vec<Value> {
    let first = json!({"root": hex(root(0).expose_for_sealing()), "id": root(0).keys().id().to_string()});
    let next = (1..3).map(|epoch| {
        let (keys, previous) = (root(epoch).keys(), root(epoch - 1));
        let sealed = keys.seal_previous(&previous, entropy(0x20));
        assert!(keys.open_previous(&sealed, &previous.keys().id()).is_ok());
        json!({
            "root": hex(root(epoch).expose_for_sealing()),
            "id": keys.id().to_string(),
            "random": hex(entropy::<32>(0x20)),
            "sealed previous root": hex(sealed),
        })
    });
    [first].into_iter().chain(next).collect()
}

fn names() -> Vec<Value> {
    let name = |name: &str| {
        let member = MemberId::from_bytes(entropy(0x30));
        let sealed = root(1).keys().seal_name(name, member, entropy(0x21)).unwrap();
        assert_eq!(root(1).keys().open_name(&sealed, member).unwrap(), name);
        json!({
            "epoch": 1,
            "member": member.to_string(),
            "name": name,
            "random": hex(entropy::<32>(0x21)),
            "sealed": hex(sealed),
        })
    };
    ["Phone", "Küchentisch", ""].map(name).into()
}

fn wraps(recipient: &FeedSecrets) -> Vec<Value> {
    let place = |(epoch, space, prev): (u8, [u8; 32], LinkHash)| {
        let context = WrapContext {
            space: SpaceId::from_bytes(space),
            epoch: u32::from(epoch),
            recipient: recipient.keys().id().into(),
            prev,
        };
        let made = wrap(&root(epoch), &recipient.keys().kem, &context, entropy(0x50));
        assert!(unwrap(recipient.kem(), &context, &made, &root(epoch).keys().id()).is_ok());
        json!({
            "epoch": epoch,
            "space": context.space.to_string(),
            "recipient": context.recipient.to_string(),
            "previous link": context.prev.to_string(),
            "random": hex(entropy::<64>(0x50)),
            "wrap": hex([&[1, 4, 144][..], made.sealed()].concat()),
        })
    };
    [(0, [0x5e; 32], LinkHash::ZERO), (2, entropy(0x70), LinkHash::from_bytes(entropy(0x71)))]
        .map(place)
        .into()
}

#[test]
fn epochs_names_and_wraps() {
    let recipient = FeedSecrets::from_entropy(entropy(0x01));
    let about = "PROTOCOL.md, epochs and wraps; epochs in order; the first wrap stands in a genesis link";
    let vectors = json!({
        "about": about,
        "epochs": epochs(),
        "names": names(),
        "recipient": feed_json(&recipient),
        "wraps": wraps(&recipient),
    });
    check("crypto-epochs.json", &vectors);
}
