//! Version vectors, pins, logins and invites.

use haven_feed::auth::Challenge;
use haven_feed::exchange::Pins;
use haven_feed::invite::{Invite, ticket_of};
use haven_feed::{Nonce, StoreId, Vector};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::people::Keyed;
use crate::records::run;
use crate::rosters::vault;

#[test]
fn vectors_and_pins() {
    let chain = vault();
    let run = run(&chain);
    let feeds = [1, 2, 4].map(|number| Keyed::new(number).keys.id());
    let vector: Vector =
        feeds.into_iter().zip(&run).map(|(feed, record)| (feed, record.position())).collect();
    let encoded = vector.encode();
    let positions: Vec<Value> = vector
        .iter()
        .map(|(feed, position)| {
            json!({"feed": feed.to_string(), "seq": position.seq, "id": position.id.to_string()})
        })
        .collect();
    let unsorted = [&encoded[..2], &encoded[50..98], &encoded[2..50], &encoded[98..]].concat();
    let longer = [&encoded[..], &[0]].concat();
    let refused = [("unsorted", unsorted), ("trailing byte", longer), ("half", encoded[..60].to_vec())];
    let refused = refused.map(
        |(name, bytes)| json!({"name": name, "bytes": hex(&bytes), "fault": fault(Vector::decode(&bytes))}),
    );
    let store = Some(StoreId::from_bytes([0x57; 16]));
    let mut pins = Pins::linked(store, chain.roster.head(), &vector, feeds[0]);
    pins.served = vector.iter().take(1).collect();
    assert_eq!(Vector::decode(&encoded), Ok(vector));
    assert_eq!(Pins::decode(&pins.encode()), Ok(pins.clone()));
    let vectors = json!({
        "about": "positions of the feeds of keys 1, 2 and 4; pins hold all of them as named by the first, the first as seen, store \
                  57…, and the head of the vault of feed-rosters.json",
        "positions": positions,
        "vector": hex(encoded),
        "empty vector": hex(Vector::default().encode()),
        "refused": refused,
        "pins": hex(pins.encode()),
        "empty pins": hex(Pins::default().encode()),
    });
    check("feed-exchange.json", &vectors);
}

#[test]
fn logins() {
    let chain = vault();
    let (server, phone) = (Keyed::new(7), Keyed::new(1));
    let challenge = Challenge {
        server: server.keys.sign,
        nonce: Nonce::from_bytes([0x0c; 32]),
        space: chain.roster.space(),
        feed: phone.keys.id(),
        store: StoreId::from_bytes([0x57; 16]),
    };
    let proof = challenge.sign(&server.signer);
    let answer = challenge.answer(&server.keys.sign, &proof, &phone.signer).unwrap();
    assert_eq!(challenge.check_answer(&chain.roster, &answer), Ok(()));
    let vectors = json!({
        "about": "the feed of key 1 logs in to its space in feed-rosters.json; the server's key is key 7",
        "server": hex(challenge.server.as_bytes()),
        "nonce": hex(challenge.nonce),
        "space": challenge.space.to_string(),
        "feed": challenge.feed.to_string(),
        "store": challenge.store.to_string(),
        "server digest": hex(challenge.server_digest().as_bytes()),
        "server signature": hex(proof.as_bytes()),
        "login digest": hex(challenge.login_digest().as_bytes()),
        "login signature": hex(answer.as_bytes()),
    });
    check("feed-logins.json", &vectors);
}

#[test]
fn invites() {
    let server = Keyed::new(7).keys.sign;
    let secrets = [[0; 16], [0xff; 16], std::array::from_fn(|i| i as u8 * 17)];
    let invites = secrets.map(|secret| {
        let invite = Invite::from_entropy(secret, &server);
        let typed = invite.code().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        let read = Invite::parse(&typed).unwrap();
        assert!(read.secret() == &secret && read.is_to(&server));
        let ticket = hex(ticket_of(&secret).as_bytes());
        json!({"secret": hex(secret), "code": invite.code(), "typed": typed, "ticket": ticket})
    });
    let code = Invite::from_entropy(secrets[2], &server).code();
    let typo = code.replacen('8', "9", 1);
    let refused = [
        ("a typing mistake", typo),
        ("a missing character", code[1..].to_owned()),
        ("a U", code.replace('8', "U")),
    ];
    let refused = refused.map(
        |(name, code)| json!({"name": name, "code": code, "fault": fault(Invite::parse(&code).map(drop))}),
    );
    let server = hex(server.as_bytes());
    check(
        "feed-invites.json",
        &json!({"about": "the server's key is key 7", "server": server, "invites": invites, "refused": refused}),
    );
}
