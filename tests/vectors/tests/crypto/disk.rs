//! What rests on a device: the wrapped local key and the rows under it.

use haven_crypto::drops::{DropSecret, id};
use haven_crypto::local::LocalKey;
use haven_crypto::passphrase::{KdfParams, Passphrase, WrappedLocalKey, stretch};
use haven_feed::keys::ENC_LEN;
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::{entropy, fault};

const PASSPHRASE: &str = "fünf ruhige Wörter am Abend";

/// The same, as another system may spell it: accents on their own, a wide blank, a mark at the beginning.
const SPELT_APART: &str = "\u{feff}fu\u{308}nf ruhige Wo\u{308}rter\u{a0}am\u{3000}Abend";

/// What is typed, and what of it is stretched.
fn prepared() -> Vec<Value> {
    let cases = [
        SPELT_APART,
        "  two  blanks ",
        "q\u{307}\u{323}",
        "\u{1112}\u{1161}\u{11ab}",
        "\u{fb01}ne \u{ff26}ull",
        "a\u{1680}b\u{2003}c\u{202f}d\u{205f}e",
    ];
    let case = |typed: &str| json!({"typed": hex(typed), "stretched": hex(Passphrase::new(typed).as_str())});
    cases.into_iter().map(case).collect()
}

/// Stored parameters somebody has lowered or raised.
fn planted(good: &WrappedLocalKey) -> Vec<Value> {
    let set = |at: usize, number: u32| {
        let mut bytes = good.as_bytes().to_vec();
        bytes[at..at + 4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    let newer = [&[2], &good.as_bytes()[1..]].concat();
    let cases = [
        ("8 KiB", set(1, 8)),
        ("64 GiB", set(1, 64 * 1024 * 1024)),
        ("one pass", set(5, 1)),
        ("no lane", set(9, 0)),
        ("a newer version", newer),
        ("half", good.as_bytes()[..60].to_vec()),
    ];
    let case = |(name, bytes): (&str, Vec<u8>)| json!({"name": name, "wrapped": hex(&bytes), "fault": fault(WrappedLocalKey::parse(&bytes))});
    cases.into_iter().map(case).collect()
}

#[test]
fn passphrase() {
    let params = KdfParams::floor(entropy(0x40));
    let stretched = stretch(&Passphrase::new(PASSPHRASE), &params).unwrap();
    let wrapped = stretched.wrap(&LocalKey::from_entropy(entropy(0x10)), entropy(0x60));
    assert!(stretched.unwrap(&wrapped).is_ok());
    let apart = stretch(&Passphrase::new(SPELT_APART), &params).unwrap();
    assert!(apart.unwrap(&wrapped).is_ok(), "the same letters, spelt otherwise");
    let about = "PROTOCOL.md, passphrase; \"refused\" are turned away before a passphrase is asked for";
    let vectors = json!({
        "about": about,
        "passphrase": PASSPHRASE,
        "prepared": prepared(),
        "memory KiB": params.m_kib,
        "passes": params.t,
        "lanes": params.p,
        "kdf salt": hex(params.salt),
        "random": hex(entropy::<32>(0x60)),
        "local key": hex(entropy::<32>(0x10)),
        "wrapped": hex(wrapped.as_bytes()),
        "refused": planted(&wrapped),
    });
    check("crypto-passphrase.json", &vectors);
}

#[test]
fn local() {
    let key = LocalKey::from_entropy(entropy(0x10));
    let row = |(purpose, place, plain): (&str, &[u8], &str)| {
        let sealed = key.seal(purpose, place, plain.as_bytes(), entropy(0x80));
        assert_eq!(key.open(purpose, place, &sealed).unwrap().bytes(), plain.as_bytes());
        json!({
            "purpose": purpose,
            "place": hex(place),
            "plain": plain,
            "random": hex(entropy::<32>(0x80)),
            "sealed": hex(sealed),
        })
    };
    let rows: [(&str, &[u8], &str); 3] =
        [("draft", &[1, 2, 3], "half a sentence"), ("draft", &[1, 2, 4], ""), ("feed secrets", &[], "äöü")];
    let about = "PROTOCOL.md, local sealing";
    check(
        "crypto-local.json",
        &json!({"about": about, "local key": hex(entropy::<32>(0x10)), "rows": rows.map(row)}),
    );
}
#[test]
fn drops() {
    let secret = DropSecret::from_entropy(entropy(0x20));
    let key = secret.key();
    let drop = |content: &str| {
        let sealed = key.seal(content.as_bytes(), entropy(0xa0));
        assert_eq!(secret.open(&sealed).unwrap().bytes(), content.as_bytes());
        json!({"content": content, "random": hex(entropy::<64>(0xa0)), "sealed": hex(&sealed), "id": hex(id(&sealed))})
    };
    let good = key.seal(b"words", entropy(0xa0));
    let refused = |(name, sealed): (&str, Vec<u8>)| json!({"name": name, "sealed": hex(&sealed), "fault": fault(secret.open(&sealed))});
    let flipped = [&good[..good.len() - 1], &[good[good.len() - 1] ^ 1]].concat();
    let wrong = [
        ("a newer suite", [&[2], &good[1..]].concat()),
        ("low order", [&good[..ENC_LEN - 31], &[0; 32], &good[ENC_LEN + 1..]].concat()),
        ("a bit of the tag", flipped),
        ("half", good[..30].to_vec()),
    ];
    let drops = ["", "written while locked", "äöü"].map(drop);
    let refused = wrong.map(refused);
    let vectors = json!({
        "about": "PROTOCOL.md, drops",
        "secret": hex(secret.expose_for_sealing()),
        "key row": hex(key.to_bytes()),
        "drops": drops,
        "refused": refused,
    });
    check("crypto-drops.json", &vectors);
}
