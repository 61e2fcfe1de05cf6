//! Invites, and what they buy.

use bytes::Bytes;
use haven_feed::roster::Link;
use haven_wire::pb::space_service_client::SpaceServiceClient;
use haven_wire::pb::{self, ErrorReason};

use crate::client::{Client, reason};
use crate::kit::Vault;
use crate::running::Running;

#[tokio::test]
async fn an_invite_buys_one_space() {
    let server = Running::start().await;
    let (vault, other) = (Vault::with_devices(1, 3), Vault::new(2));
    let client = Client::connect(&server.url, vault.space()).await;
    let invite = server.invite();
    assert_eq!(reason(client.create(&[5; 16], &vault).await), ErrorReason::InviteInvalid);
    assert_eq!(client.create(&invite, &vault).await.expect("created"), vault.roster.head());
    assert_eq!(
        client.create(&invite, &vault).await.expect("again"),
        vault.roster.head(),
        "a lost answer does no harm"
    );
    assert_eq!(reason(client.create(&invite, &other).await), ErrorReason::InviteUsed);
    assert_eq!(reason(client.create(&server.invite(), &vault).await), ErrorReason::SpaceExists);
    assert_eq!(
        reason(client.create(&[5; 16], &vault).await),
        ErrorReason::InviteInvalid,
        "no word about the space"
    );

    let folder = server.stop().await;
    let server = Running::on(folder, haven_server::options::Limits::default()).await;
    let client = Client::connect(&server.url, vault.space()).await;
    assert_eq!(client.create(&invite, &vault).await.expect("after a restart"), vault.roster.head());
    assert_eq!(reason(client.create(&invite, &other).await), ErrorReason::InviteUsed);
    let (links, head) = Client::enter(&server.url, &vault, 2).await.list(None).await.expect("listed");
    assert_eq!((links.len(), head), (3, vault.roster.head()));
}

#[tokio::test]
async fn of_two_who_use_one_invite_at_once_one_gets_in() {
    let server = Running::start().await;
    let vaults = [Vault::new(1), Vault::new(2)];
    let invite = server.invite();
    let client = Client::connect(&server.url, vaults[0].space()).await;
    let (one, two) = tokio::join!(client.create(&invite, &vaults[0]), client.create(&invite, &vaults[1]));
    assert!(one.is_ok() != two.is_ok());
    assert_eq!(reason(if one.is_err() { one } else { two }), ErrorReason::InviteUsed);
    let (one, two) = (server.invite(), Vault::new(3));
    let answers =
        tokio::join!(client.create(&one, &two), client.create(&one, &two), client.create(&one, &two));
    assert!(answers.0.is_ok() && answers.1.is_ok() && answers.2.is_ok(), "the same request is one request");
}

#[tokio::test]
async fn a_roster_that_does_not_hold_makes_no_space_and_costs_nothing() {
    let server = Running::start().await;
    let (vault, other) = (Vault::with_devices(1, 3), Vault::with_devices(2, 2));
    let invite = server.invite();
    let client = Client::connect(&server.url, vault.space()).await;
    let genesis = vault.links[0].bytes();
    let mut forged = genesis.to_vec();
    *forged.last_mut().expect("bytes") ^= 1;
    let later = vault.later_links();
    let cases: [(&[u8], Vec<Bytes>, ErrorReason); 6] = [
        (b"", vec![], ErrorReason::RequestMalformed),
        (&[7; 500], vec![], ErrorReason::VersionUnsupported),
        (&genesis[..200], vec![], ErrorReason::RequestMalformed),
        (&forged, vec![], ErrorReason::SignatureInvalid),
        (genesis, vec![later[1].clone()], ErrorReason::LinkRejected),
        (genesis, other.later_links(), ErrorReason::LinkRejected),
    ];
    for (genesis, links, expected) in cases {
        let request = pb::CreateSpaceRequest {
            invite: Bytes::copy_from_slice(&invite),
            genesis: Bytes::copy_from_slice(genesis),
            links,
            after_seq: 0,
            more: false,
        };
        let answer = SpaceServiceClient::new(client.channel.clone()).create_space(request).await;
        assert_eq!(reason(answer), expected);
    }
    assert_eq!(reason(client.create(&invite[..15], &vault).await), ErrorReason::RequestMalformed);
    let links: Vec<Link> = vault.links.clone();
    assert_eq!(
        client.create(&invite, &Vault { links, ..Vault::with_devices(1, 3) }).await.expect("created").seq,
        2
    );
}
