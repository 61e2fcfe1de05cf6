//! Several servers for one space: the link that says which of them orders, and its receipts.
//!
//! ```text
//! link kind 6 = server key 32                                            zero: none in particular again
//! receipt     = Ed25519(server key, SHA-256("haven/1/receipt" || space 32 | what 1 | seq 8 | hash 32))
//! what        = 1 a link (its seq and hash), 2 a manifest (its generation and id)
//! carried     = link or manifest | receipt 64
//! ```

use haven_feed::RosterHead;
use haven_feed::digest::{digest, label};
use haven_feed::roster::Link;
use haven_vectors::{check, hex};
use serde_json::json;

use crate::fault;
use crate::labels::RECEIPT;
use crate::people::Keyed;
use crate::world::{TABLET, World, link_hash, unsigned};

const KIND: u8 = 6;

#[test]
fn servers() {
    let world = World::new();
    let (tablet, server) = (Keyed::new(TABLET), Keyed::new(7));
    let (link, hash) = world.link(&tablet, KIND, server.keys.sign.as_bytes());
    let seq = world.roster.head().seq + 1;
    let receipt = |what: u8, number: u64, id: &[u8; 32]| {
        let (space, number) = (world.roster.space(), number.to_be_bytes());
        let parts: [&[u8]; 4] = [space.as_bytes(), &[what], &number, id];
        hex(server.signer.sign(&digest(RECEIPT, &parts)).as_bytes())
    };
    let place = RosterHead { seq: seq + 1, hash };
    let mut none = unsigned(world.roster.space(), place, tablet.keys.id().into(), KIND, &[0; 32]);
    let none_hash = link_hash(&none);
    none.extend(tablet.signer.sign(&digest(label::AUTHOR, &[none_hash.as_ref()])).as_bytes());
    let carried = format!("{}{}", hex(none), receipt(1, seq + 1, none_hash.as_bytes()));
    let says = fault(Link::parse(link.clone()));
    assert!(says.starts_with("update needed"), "{says}");
    let json = json!({
        "about": "the link follows the roster of drawn-checkpoints.json and is made by the tablet (4); the server's is the Ed25519 key \
                  numbered 7. The first receipt is for that link, the second for a manifest of generation 2. \"carried\" is the link \
                  after it, which ends it, with its receipt",
        "space": world.roster.space().to_string(),
        "server": hex(server.keys.sign.as_bytes()),
        "link": hex(link),
        "hash": hash.to_string(),
        "carried": carried,
        "carried hash": none_hash.to_string(),
        "version 1 says": says,
        "receipts": [
            {"what": 1, "number": seq, "id": hash.to_string(), "receipt": receipt(1, seq, hash.as_bytes())},
            {"what": 2, "number": 2, "id": hex([0x2d; 32]), "receipt": receipt(2, 2, &[0x2d; 32])},
        ],
    });
    check("drawn-servers.json", &json);
}
