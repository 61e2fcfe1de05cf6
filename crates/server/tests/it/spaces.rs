//! Invites, and what they buy.

use bytes::Bytes;
use haven_feed::invite::InviteProof;
use haven_feed::keys::Signature;
use haven_feed::roster::Link;
use haven_wire::pb::space_service_client::SpaceServiceClient;
use haven_wire::pb::{self, ErrorReason};

use crate::client::{Client, reason, shown};
use crate::kit::Vault;
use crate::running::{Running, unknown};

#[tokio::test]
async fn an_invite_buys_one_space() {
    let server = Running::start().await;
    let (vault, other) = (Vault::with_devices(1, 3), Vault::new(2));
    let client = Client::connect(&server.url, vault.space()).await;
    let invite = server.invite();
    assert_eq!(reason(client.create(&unknown(), &vault).await), ErrorReason::InviteInvalid);
    assert_eq!(client.create(&invite, &vault).await.expect("created"), vault.roster.head());
    assert_eq!(
        client.create(&invite, &vault).await.expect("again"),
        vault.roster.head(),
        "a lost answer does no harm"
    );
    assert_eq!(reason(client.create(&invite, &other).await), ErrorReason::InviteUsed);
    assert_eq!(reason(client.create(&server.invite(), &vault).await), ErrorReason::SpaceExists);
    assert_eq!(
        reason(client.create(&unknown(), &vault).await),
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
            genesis: Bytes::copy_from_slice(genesis),
            links,
            ..shown(&invite.proof_for(&vault.space()))
        };
        let answer = SpaceServiceClient::new(client.channel.clone()).create_space(request).await;
        assert_eq!(reason(answer), expected);
    }
    let genesis = Bytes::copy_from_slice(genesis);
    let whole = pb::CreateSpaceRequest { genesis, ..shown(&invite.proof_for(&vault.space())) };
    for (key, signature, expected) in [
        (31, 64, ErrorReason::RequestMalformed),
        (32, 63, ErrorReason::RequestMalformed),
        (0, 64, ErrorReason::RequestMalformed),
    ] {
        let request = pb::CreateSpaceRequest {
            invite_key: whole.invite_key.slice(..key),
            invite_signature: whole.invite_signature.slice(..signature),
            ..whole.clone()
        };
        let answer = SpaceServiceClient::new(client.channel.clone()).create_space(request).await;
        assert_eq!(reason(answer), expected, "{key} {signature}");
    }
    let links: Vec<Link> = vault.links.clone();
    assert_eq!(
        client.create(&invite, &Vault { links, ..Vault::with_devices(1, 3) }).await.expect("created").seq,
        2
    );
}

/// Who stands between a device and its server sees what is shown of the invite. It is good for that device's space, and makes no other.
#[tokio::test]
async fn an_invite_that_was_overheard_makes_no_other_space() {
    let server = Running::start().await;
    let (vault, others) = (Vault::new(1), Vault::new(2));
    let invite = server.invite();
    let client = Client::connect(&server.url, vault.space()).await;
    let overheard = invite.proof_for(&vault.space());
    let mut forged = *overheard.signature.as_bytes();
    forged[0] ^= 1;
    let forged = InviteProof { signature: Signature::from_bytes(forged), ..overheard };
    for (proof, vault) in [(overheard, &others), (forged, &vault)] {
        let genesis = vault.links[0].bytes().clone();
        let request = pb::CreateSpaceRequest { genesis, ..shown(&proof) };
        let answer = SpaceServiceClient::new(client.channel.clone()).create_space(request).await;
        assert_eq!(reason(answer), ErrorReason::InviteInvalid);
    }
    client.create(&invite, &vault).await.expect("the invite is not spent");
}
