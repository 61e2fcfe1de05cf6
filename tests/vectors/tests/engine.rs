//! What is inside a record, frozen: a content of every kind, and contents that nobody may read.

use haven_engine::actor::actor;
use haven_engine::content::{Changes, Comment, Content, Loaded, Place, Purge, Share, decode, encode};
use haven_feed::{FeedId, Position, RecordId};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

fn bytes<const N: usize>(from: u8) -> [u8; N] {
    std::array::from_fn(|i| from.wrapping_add(i as u8))
}

fn place(feed: u8, seq: u64) -> Place {
    (FeedId::from_bytes(bytes(feed)), Position { seq, id: RecordId::from_bytes(bytes(feed + 0x40)) })
}

fn empty() -> Content<'static> {
    Content { time_ms: 1_764_000_000_000, ..Content::default() }
}

fn contents() -> Vec<(&'static str, Content<'static>)> {
    let changes = |document, changes| Changes { document: bytes(document), changes };
    let purge = Purge {
        document: bytes(0x30),
        heads: [bytes(0x31), bytes(0x32)].into(),
        bodies: vec![place(1, 3), place(1, 4), place(2, 1)],
    };
    let fields = vec![("What happened", "It rained. Grüße 😀"), ("", "And again.")];
    let share = Share { copy: bytes(0x50), at: "2026-11-24T09:30[Europe/Berlin]", title: "The mill", fields };
    let comment = Comment { share: place(1, 3), text: "I read it.\nThank you." };
    let loaded = Loaded { generation: 3, manifest: RecordId::from_bytes(bytes(0x60)) };
    let everything = Content {
        time_ms: -1,
        nonces: [bytes(0x10), bytes(0x20)].into(),
        full: true,
        seen: [place(1, 9), place(2, u64::MAX)].into_iter().collect(),
        purges: vec![purge.clone()],
        withdrawn: vec![place(2, 5)],
        share: None,
        comment: None,
        loaded: Some(loaded),
        accepts: vec![place(1, 7), place(2, 8)],
        items: vec![changes(0x30, vec![b"one change"]), changes(0x70, vec![b"a first", b"another"])],
        unknown: vec![(100, b"later"), (127, b"")],
    };
    vec![
        (
            "a heartbeat",
            Content { full: true, seen: [place(1, 9), place(2, 1)].into_iter().collect(), ..empty() },
        ),
        (
            "changes",
            Content {
                nonces: [bytes(0x10)].into(),
                items: vec![changes(0x30, vec![b"a change"])],
                ..empty()
            },
        ),
        ("a purge", Content { full: true, purges: vec![purge], ..empty() }),
        ("a withdrawal", Content { full: true, withdrawn: vec![place(1, 3)], ..empty() }),
        ("a share", Content { share: Some(share.clone()), ..empty() }),
        (
            "a share beside kinds that may be passed over",
            Content { share: Some(share), unknown: vec![(6, b"until then"), (99, b"later")], ..empty() },
        ),
        ("a comment", Content { comment: Some(comment.clone()), ..empty() }),
        (
            "a comment beside kinds that may be passed over",
            Content { comment: Some(comment), unknown: vec![(6, b"until then"), (99, b"later")], ..empty() },
        ),
        ("packs that were loaded", Content { loaded: Some(loaded), ..empty() }),
        ("a feed that counts up to here", Content { accepts: vec![place(1, 3)], ..empty() }),
        ("a kind that may be passed over", Content { unknown: vec![(99, b"later")], ..empty() }),
        ("everything", everything),
    ]
}

fn at((feed, position): &Place) -> Value {
    json!([feed.to_string(), position.seq, position.id.to_string()])
}

fn places(places: &[Place]) -> Vec<Value> {
    places.iter().map(at).collect()
}

fn to_json(name: &str, content: &Content<'_>) -> Value {
    let purge = |purge: &Purge| {
        let heads: Vec<String> = purge.heads.iter().map(hex).collect();
        json!({"document": hex(purge.document), "heads": heads, "bodies": places(&purge.bodies)})
    };
    let share = |share: &Share<'_>| json!({"copy": hex(share.copy), "at": share.at, "title": share.title, "fields": share.fields});
    let comment = |comment: &Comment<'_>| json!({"share": at(&comment.share), "text": comment.text});
    let changes = |changes: &Changes<'_>| {
        let each: Vec<String> = changes.changes.iter().map(hex).collect();
        json!({"document": hex(changes.document), "changes": each})
    };
    json!({
        "name": name,
        "content": hex(encode(content)),
        "time": content.time_ms,
        "nonces": content.nonces.iter().map(hex).collect::<Vec<_>>(),
        "full": content.full,
        "seen": places(&content.seen.iter().collect::<Vec<_>>()),
        "purges": content.purges.iter().map(purge).collect::<Vec<_>>(),
        "withdrawn": places(&content.withdrawn),
        "share": content.share.as_ref().map(share),
        "comment": content.comment.as_ref().map(comment),
        "loaded": content.loaded.map(|loaded| json!([loaded.generation, loaded.manifest.to_string()])),
        "accepts": places(&content.accepts),
        "changes": content.items.iter().map(changes).collect::<Vec<_>>(),
        "passed over": content.unknown.iter().map(|(kind, body)| json!([kind, hex(body)])).collect::<Vec<_>>(),
    })
}

/// A content with items of any kind in any order, which says all that was seen.
fn of_items(items: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = encode(&Content { full: true, ..empty() });
    bytes.truncate(bytes.len() - 4);
    bytes.extend((items.len() as u32).to_be_bytes());
    for (kind, body) in items {
        bytes.push(*kind);
        bytes.extend((body.len() as u32).to_be_bytes());
        bytes.extend(*body);
    }
    bytes
}

/// The same, which says that more was seen than stands there.
fn in_part(items: &[(u8, &[u8])]) -> Vec<u8> {
    let mut bytes = of_items(items);
    bytes[1 + 8 + 1] = 0;
    bytes
}

fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let mut newer = encode(&empty());
    newer[0] = 2;
    let at = [&bytes::<8>(1)[..], &3_u64.to_be_bytes(), &bytes::<32>(0x41)].concat();
    let later = [&bytes::<8>(1)[..], &4_u64.to_be_bytes(), &bytes::<32>(0x41)].concat();
    let share = [&bytes::<16>(0x50)[..], &[0; 12]].concat();
    let comment = [&at[..], &1_u32.to_be_bytes(), b"a"].concat();
    let another = [&at[..], &1_u32.to_be_bytes(), b"b"].concat();
    let purge = [&bytes::<16>(0x30)[..], &1_u32.to_be_bytes(), &bytes::<32>(0x31), &[0; 4]].concat();
    vec![
        ("a critical kind", of_items(&[(129, b"later")])),
        ("another version", newer),
        ("an item twice", of_items(&[(99, b"a"), (99, b"a")])),
        ("bodies out of order", of_items(&[(99, b"b"), (99, b"a")])),
        ("kinds out of order", of_items(&[(128, &at), (2, &at)])),
        ("a feed accepted twice", of_items(&[(128, &at), (128, &later)])),
        ("a share beside a comment", of_items(&[(3, &share), (4, &comment)])),
        ("a share beside a critical kind", of_items(&[(3, &share), (129, b"later")])),
        ("a comment beside a withdrawal", of_items(&[(2, &at), (4, &comment)])),
        ("a comment beside another", of_items(&[(4, &comment), (4, &another)])),
        ("a comment beside a feed that counts", of_items(&[(4, &comment), (128, &at)])),
        ("a comment beside a critical kind", of_items(&[(4, &comment), (129, b"later")])),
        ("a withdrawal that does not say all that was seen", in_part(&[(2, &at)])),
        ("a purge that does not say all that was seen", in_part(&[(1, &purge)])),
        ("a comment of nothing", of_items(&[(4, &[&at[..], &[0; 4]].concat())])),
        ("packs of generation zero", of_items(&[(5, &[0; 40])])),
        ("a purge without heads", of_items(&[(1, &[&bytes::<16>(0x30)[..], &[0; 8]].concat())])),
        ("no changes", of_items(&[(192, &[&bytes::<16>(0x30)[..], &[0; 4]].concat())])),
        ("a byte too many", [encode(&empty()), vec![0]].concat()),
    ]
}

#[test]
fn what_is_inside_a_record() {
    let contents: Vec<Value> = contents().iter().map(|(name, content)| to_json(name, content)).collect();
    let refused: Vec<Value> = refused()
        .into_iter()
        .map(|(name, bytes)| {
            let fault = decode(&bytes).err().map(|fault| fault.to_string());
            json!({"name": name, "content": hex(&bytes), "fault": fault.expect("this vector is refused")})
        })
        .collect();
    let (feed, nonce) = (FeedId::from_bytes(bytes(1)), bytes(0x10));
    let actor = json!({"feed": feed.to_string(), "nonce": hex(nonce), "actor": hex(actor(&feed, &nonce))});
    let about = "PROTOCOL.md, what is inside a record; changes here are no automerge changes";
    let vectors = json!({"about": about, "actor": actor, "contents": contents, "refused": refused});
    check("engine-contents.json", &vectors);
}
