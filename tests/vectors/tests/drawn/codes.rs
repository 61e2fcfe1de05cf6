//! Codes of suite 2, and the linking that such a code begins: the joiner knows what keys to commit to before it has heard anything.
//!
//! ```text
//! code kind = 0 recovery kit, 3 linking
//! message 1 = version 2 | capabilities 4 | commitment 32        2 = version 2 | capabilities 4 | nonce 32 | space 32 | head 40
//! message 3 = keys 3,201 | blind 32 | name block 128 | consent 3,373
//! ```

use haven_crypto::kit::Kit;
use haven_crypto::linking::LinkSecret;
use haven_crypto::words::six;
use haven_feed::digest::digest;
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::manifests::write_place;
use crate::seal::{expand, hkdf, mac, seal, sha256};
use crate::suites::{Double, consented};
use crate::world::World;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const MISTYPED: &str = "the code does not check out: a character is wrong or two are swapped";
/// Bytes of a sealed message in a mailbox, by suite 2.
const MESSAGE_MAX: usize = 8192;

/// Writes a code of any kind; the code that ships finds the two check symbols.
fn code(kind: u8, secret: [u8; 16]) -> String {
    let bits = u128::from_be_bytes(secret);
    let first = kind << 3 | (bits >> 125) as u8;
    let rest = (0..25).map(|at| (bits >> (120 - 5 * at)) as u8 & 31);
    let written: Vec<u8> = [first].into_iter().chain(rest).collect();
    let text = |checks: [u8; 2]| {
        let symbols: Vec<u8> = written.iter().chain(&checks).map(|at| ALPHABET[usize::from(*at)]).collect();
        let groups = symbols.chunks(4).map(|group| String::from_utf8(group.to_vec()).unwrap());
        groups.collect::<Vec<_>>().join("-")
    };
    let all = (0..32).flat_map(|high| (0..32).map(move |low| [high, low])).map(text);
    let fits = |code: &String| {
        Kit::parse(code).map(drop).map_err(|fault| fault.to_string()) != Err(MISTYPED.to_owned())
    };
    let fitting: Vec<String> = all.filter(fits).collect();
    assert_eq!(fitting.len(), 1, "one pair of check symbols fits");
    fitting.concat()
}

/// A code that version 1 does not know, typed where a kit is asked for and where a linking is.
fn newer(kind: u8, secret: [u8; 16]) -> Value {
    let code = code(kind, secret);
    let says = [fault(Kit::parse(&code).map(drop)), fault(LinkSecret::parse(&code).map(drop))];
    assert_eq!(says[0], says[1]);
    assert!(says[0].contains("newer version"), "{}", says[0]);
    json!({"kind": kind, "secret": hex(secret), "code": code, "version 1 says": says[0]})
}

/// The linking's channel, which is as in version 1.
struct Channel {
    key: [u8; 32],
    transcript: [u8; 32],
    turn: u8,
}

impl Channel {
    fn seal(&mut self, plain: &[u8]) -> Vec<u8> {
        self.turn += 1;
        let direction = if self.turn == 2 { 2 } else { 1 };
        let info = [b"haven/1/join message".as_slice(), &[self.turn, direction], &self.transcript].concat();
        let random = [self.turn; 32];
        let salted = mac(&expand(&self.key, "haven/1/box salt"), &[&random, &info, &sha256(plain)]);
        let key: [u8; 32] = hkdf(&self.key, &salted[..16], &[&info]);
        let mut sealed = vec![1];
        sealed.extend(&salted[..16]);
        sealed.extend(seal(&key, [0; 12], plain));
        self.transcript = *digest("haven/1/join transcript", &[&self.transcript, plain]).as_bytes();
        sealed
    }
}

fn linking(world: &World, new: &Double, secret: [u8; 16]) -> Value {
    let name = "Phone, new";
    let mut reveal = new.keys.clone();
    reveal.extend([0xb1; 32]);
    reveal.extend((name.len() as u16).to_be_bytes());
    reveal.extend(name.as_bytes());
    reveal.resize(new.keys.len() + 32 + 128, 0);
    let mut first = vec![2, 0, 0, 0, 0];
    first.extend(digest("haven/1/join commit", &[&reveal]).as_bytes());
    let mut offer = vec![2, 0, 0, 0, 0];
    offer.extend([0x0f; 32]);
    offer.extend(world.roster.space().as_bytes());
    write_place(&mut offer, world.roster.head());
    let words = six(&digest("haven/1/words", &[&first, &offer, &reveal]));
    let third = [reveal, consented(world, new)].concat();
    let key = hkdf(&secret, &[], &[b"haven/1/join channel"]);
    let mut channel = Channel { key, transcript: [0; 32], turn: 0 };
    let messages = [first, offer, third].map(|plain| channel.seal(&plain));
    assert!(messages[2].len() > 4096 && messages.iter().all(|message| message.len() <= MESSAGE_MAX));
    json!({
        "secret": hex(secret),
        "name": name,
        "sizes": messages.iter().map(Vec::len).collect::<Vec<_>>(),
        "messages": messages.map(hex),
        "words": words.join(" "),
    })
}

#[test]
fn codes_of_suite_two() {
    let secret = std::array::from_fn(|at| at as u8 * 17);
    let about = "\"codes\" as in crypto-codes.json, of kinds that only suite 2 has. The linking is begun by the second: the feed of \
                 drawn-suites.json joins the vault of drawn-checkpoints.json; messages 1 to 3, message n sealed with 32 random bytes \
                 that are all n; message 4 is as in crypto-linking.json";
    let json = json!({
        "about": about,
        "codes": [newer(0, secret), newer(3, secret), newer(0, [0xff; 16]), newer(3, [0; 16])],
        "linking": linking(&World::new(), &Double::new(), secret),
    });
    check("drawn-codes.json", &json);
}
