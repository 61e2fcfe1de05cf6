//! Version vectors, pins, logins and invites.

use haven_feed::auth::{Access, Challenge};
use haven_feed::exchange::{NamedLink, Pins};
use haven_feed::invite::Invite;
use haven_feed::roster::consent::Role;
use haven_feed::{MemberId, Nonce, SpaceId, StoreId, Vector};
use haven_vectors::{check, hex};
use serde_json::{Value, json};

use crate::fault;
use crate::people::Keyed;
use crate::records::run;
use crate::rosters::{Chain, shared, vault};

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
    let link = Some(NamedLink { seq: chain.roster.head().seq + 1, by: feeds[1] });
    let with_link = Pins { link, ..pins.clone() };
    for pins in [&pins, &with_link] {
        assert_eq!(Pins::decode(&pins.encode()), Ok(pins.clone()));
    }
    let vectors = json!({
        "about": "positions of the feeds of keys 1, 2 and 4; pins hold all of them as named by the first, the first as seen, store \
                  57…, and the head of the vault of feed-rosters.json",
        "positions": positions,
        "vector": hex(encoded),
        "empty vector": hex(Vector::default().encode()),
        "refused": refused,
        "pins": hex(pins.encode()),
        "empty pins": hex(Pins::default().encode()),
        "pins with a link": hex(with_link.encode()),
    });
    check("feed-exchange.json", &vectors);
}

/// What a log-in is called, the number of the key, its holder, the space, and as what.
type Case<'a> = (&'a str, u8, &'a Keyed, Option<&'a Chain>, Role, MemberId);

/// The feed, the papers and the party of the rosters of feed-rosters.json log in; a paper's spaces are looked for.
#[test]
fn logins() {
    let (vault, shared) = (vault(), shared());
    let [server, phone, laptop, old_paper, new_paper, owner] = [7, 1, 2, 3, 5, 5].map(Keyed::new);
    let cases: [Case<'_>; 6] = [
        ("a feed", 1, &phone, Some(&vault), Role::Feed, phone.keys.id().into()),
        ("a removed feed", 2, &laptop, Some(&vault), Role::Feed, laptop.keys.id().into()),
        ("the paper", 5, &new_paper, Some(&vault), Role::Paper, new_paper.keys.paper_id().into()),
        ("a replaced paper", 3, &old_paper, Some(&vault), Role::Paper, old_paper.keys.paper_id().into()),
        ("a party", 5, &owner, Some(&shared), Role::Party, owner.keys.party_id().into()),
        ("a look-up by paper", 5, &new_paper, None, Role::Paper, new_paper.keys.paper_id().into()),
    ];
    let case = |(name, key, member, chain, role, id): Case<'_>| {
        let challenge = Challenge {
            server: server.keys.sign,
            nonce: Nonce::from_bytes([0x0c; 32]),
            space: chain.map_or(SpaceId::ZERO, |chain| chain.roster.space()),
            role,
            member: id,
            store: StoreId::from_bytes([0x57; 16]),
        };
        let proof = challenge.sign(&server.signer);
        let answer = challenge.answer(&server.keys.sign, &proof, &member.signer).unwrap();
        let gives = match chain {
            Some(chain) => match challenge.check_answer(&chain.roster, &answer) {
                Ok(Access::Removed { seq }) => format!("links up to {seq}"),
                Ok(_) => "everything".to_owned(),
                Err(fault) => fault.to_string(),
            },
            None => {
                assert_eq!(challenge.check_paper(&member.keys, &answer), Ok(()));
                "the spaces".to_owned()
            }
        };
        json!({
            "name": name,
            "key": key,
            "space": challenge.space.to_string(),
            "role": role as u8,
            "member": id.to_string(),
            "gives": gives,
            "server digest": hex(challenge.server_digest().as_bytes()),
            "server signature": hex(proof.as_bytes()),
            "login digest": hex(challenge.login_digest().as_bytes()),
            "login signature": hex(answer.as_bytes()),
        })
    };
    let vectors = json!({
        "about": "members of the spaces in feed-rosters.json, by the numbers of their keys; the server's key is key 7",
        "server": hex(server.keys.sign.as_bytes()),
        "nonce": hex([0x0c; 32]),
        "store": hex([0x57; 16]),
        "logins": cases.map(case),
    });
    check("feed-logins.json", &vectors);
}

#[test]
fn invites() {
    let (server, space) = (Keyed::new(7).keys.sign, SpaceId::from_bytes([0x5b; 32]));
    let secrets = [[0; 16], [0xff; 16], std::array::from_fn(|i| i as u8 * 17)];
    let invites = secrets.map(|secret| {
        let invite = Invite::from_entropy(secret, &server);
        let typed = invite.code().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        let read = Invite::parse(&typed).unwrap();
        let shown = read.proof_for(&space);
        assert!(shown == invite.proof_for(&space) && read.is_to(&server));
        assert_eq!(shown.check(&space), Ok(()));
        json!({
            "secret": hex(secret),
            "code": invite.code(),
            "typed": typed,
            "key": hex(shown.key.as_bytes()),
            "signature": hex(shown.signature.as_bytes()),
            "ticket": hex(invite.ticket().as_bytes()),
        })
    });
    let code = Invite::from_entropy(secrets[2], &server).code();
    let typo = code.replacen('8', "9", 1);
    let refused = [
        ("a typing mistake", typo),
        ("a missing character", code[1..].to_owned()),
        ("a U", code.replace('8', "U")),
        ("a later kind, of five bytes more", format!("{code}-{}", &code[..9])),
    ];
    let refused = refused.map(
        |(name, code)| json!({"name": name, "code": code, "fault": fault(Invite::parse(&code).map(drop))}),
    );
    let vectors = json!({
        "about": "the server's key is key 7; the invites are shown for the space",
        "server": hex(server.as_bytes()),
        "space": space.to_string(),
        "invites": invites,
        "refused": refused,
    });
    check("feed-invites.json", &vectors);
}
