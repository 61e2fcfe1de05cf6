//! Codes, kits and words.

use haven_crypto::kit::Kit;
use haven_crypto::linking::LinkSecret;
use haven_crypto::words::{six, three};
use haven_feed::digest::Digest;
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::{entropy, fault, feed_json};

const SECRETS: [[u8; 16]; 4] = [[0; 16], [0xff; 16], [0x80; 16], COUNTING];

const COUNTING: [u8; 16] = [0, 17, 34, 51, 68, 85, 102, 119, 136, 153, 170, 187, 204, 221, 238, 255];

/// A code as somebody in a hurry types it.
fn typed(code: &str) -> String {
    code.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l")
}

fn kit(secret: [u8; 16]) -> Value {
    let kit = Kit::from_entropy(secret);
    let code = kit.code();
    assert_eq!(Kit::parse(&typed(&code)).unwrap().code(), code);
    json!({
        "secret": hex(secret),
        "code": *code,
        "typed": typed(&code),
        "paper": feed_json(&kit.paper_secrets()),
    })
}

fn linking(secret: [u8; 16]) -> Value {
    let secret_of = LinkSecret::from_entropy(secret);
    json!({"secret": hex(secret), "code": secret_of.code(), "mailbox": hex(secret_of.mailbox_id())})
}

/// Codes that are no kit's.
fn refused() -> Vec<Value> {
    let good = Kit::from_entropy(COUNTING).code();
    let swapped = format!("{}{}", &good[1..2], &good[..1]) + &good[2..];
    let cases = [
        ("a wrong character", good.replacen(&good[33..], if good.ends_with('7') { "8" } else { "7" }, 1)),
        ("two swapped neighbours", swapped),
        ("a missing character", good[1..].to_owned()),
        ("a character no code has", good.replacen(&good[..1], "U", 1)),
        ("a linking code", LinkSecret::from_entropy(COUNTING).code()),
    ];
    let case =
        |(name, code): (&str, String)| json!({"name": name, "code": code, "fault": fault(Kit::parse(&code))});
    cases.into_iter().map(case).collect()
}

#[test]
fn codes() {
    let about =
        "PROTOCOL.md, codes and the kit; \"typed\" is read as the code; \"refused\" are no recovery kits";
    let vectors = json!({
        "about": about,
        "kits": SECRETS.map(kit),
        "linking": SECRETS.map(linking),
        "refused": refused(),
    });
    check("crypto-codes.json", &vectors);
}

#[test]
fn words() {
    let words = |digest: [u8; 32]| {
        let of = Digest::from_bytes(digest);
        json!({"digest": hex(digest), "three": three(&of).join(" "), "six": six(&of).join(" ")})
    };
    let about = "PROTOCOL.md, words; the list is BIP-39's English one, in order";
    let list: Vec<&str> = (0..2048_u16)
        .map(|at| {
            let mut digest = [0; 32];
            digest[..2].copy_from_slice(&(at << 5).to_be_bytes());
            three(&Digest::from_bytes(digest))[0]
        })
        .collect();
    let digests = [[0; 32], [0xff; 32], entropy(0), entropy(0x90)];
    check("crypto-words.json", &json!({"about": about, "list": list.join(" "), "words": digests.map(words)}));
}
