//! Who gets in.

use haven_feed::SpaceId;
use haven_feed::auth::{AuthFault, Challenge};
use haven_feed::digest::Digest;
use haven_feed::keys::{Signature, Signer};
use haven_feed::roster::consent::Role;
use haven_wire::pb::server_service_client::ServerServiceClient;
use haven_wire::pb::{self, ErrorReason};
use haven_wire::session::Token;

use crate::client::{Challenged, Client, reason, within};
use crate::kit::{Device, Vault};
use crate::running::Running;

#[tokio::test]
async fn a_member_gets_in_and_knows_the_server() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::connect(&server.url, vault.space()).await;
    let said = ServerServiceClient::new(client.channel.clone()).get_server(pb::GetServerRequest {}).await;
    let said = said.expect("it introduces itself").into_inner();
    let Challenged { challenge, server_signature } =
        client.challenge(vault.devices[0].feed()).await.expect("asked");
    assert_eq!(said.server_key.as_ref(), challenge.server.as_bytes());
    assert_eq!(said.store_id.as_ref(), challenge.store.as_bytes());
    assert_eq!(haven_server::folder::identity(server.folder.path()).expect("read").len(), 64);
    let other = Signer::from_seed(&[1; 32]).key();
    assert_eq!(challenge.check_server(&challenge.server, &server_signature), Ok(()));
    assert_eq!(challenge.check_server(&other, &server_signature), Err(AuthFault::OtherServer));
    let signature =
        challenge.answer(&challenge.server, &server_signature, &vault.devices[0].signer).expect("signed");
    client.answer(&challenge, signature).await.expect("in");
}

#[tokio::test]
async fn a_log_in_cannot_be_replayed_forged_or_moved() {
    let vault = Vault::with_devices(1, 2);
    let other = Vault::new(2);
    let server = Running::with(&vault).await;
    server.hold(&other).await;
    let client = Client::connect(&server.url, vault.space()).await;
    let device = &vault.devices[0];
    let asked = || async { client.challenge(device.feed()).await.expect("asked").challenge };
    let sign = |challenge: &Challenge, device: &Device| device.signer.sign(&challenge.login_digest());

    let challenge = asked().await;
    client.answer(&challenge, sign(&challenge, device)).await.expect("in");
    assert_eq!(reason(client.answer(&challenge, sign(&challenge, device)).await), ErrorReason::NonceUnknown);

    let challenge = asked().await;
    assert_eq!(
        reason(client.answer(&challenge, Signature::from_bytes([7; 64])).await),
        ErrorReason::SignatureInvalid
    );
    let answer = client.answer(&challenge, sign(&challenge, device)).await;
    assert_eq!(reason(answer), ErrorReason::NonceUnknown, "a failed try spends the nonce");

    let challenge = asked().await;
    let foreign = sign(&challenge, &vault.devices[1]);
    assert_eq!(reason(client.answer(&challenge, foreign).await), ErrorReason::SignatureInvalid);

    let (own, beside) = (device.feed().into(), vault.devices[1].feed().into());
    for (space, role, member) in [
        (other.space(), Role::Feed, own),
        (vault.space(), Role::Feed, beside),
        (vault.space(), Role::Paper, own),
        (vault.space(), Role::Party, own),
    ] {
        let moved = Challenge { space, role, member, ..asked().await };
        let answer = client.answer(&moved, sign(&moved, device)).await;
        assert_eq!(reason(answer), ErrorReason::NonceUnknown, "a nonce is for one space, role and member");
    }
    let elsewhere = Challenge { server: Signer::from_seed(&[9; 32]).key(), ..asked().await };
    let answer = client.answer(&elsewhere, sign(&elsewhere, device)).await;
    assert_eq!(reason(answer), ErrorReason::SignatureInvalid, "an answer to another server");
    let challenge = asked().await;
    let as_server = device.signer.sign(&challenge.server_digest());
    assert_eq!(
        reason(client.answer(&challenge, as_server).await),
        ErrorReason::SignatureInvalid,
        "another label"
    );
    let bare = device.signer.sign(&Digest::from_bytes(*challenge.nonce.as_bytes()));
    assert_eq!(reason(client.answer(&asked().await, bare).await), ErrorReason::SignatureInvalid);
}

#[tokio::test]
async fn strangers_stay_out_and_a_removed_feed_reads_of_its_removal() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let mut first = Client::enter(&server.url, &vault, 0).await;
    let second = Client::enter(&server.url, &vault, 1).await;
    let stranger = Device::new(77);
    assert_eq!(reason(first.log_in(&stranger).await), ErrorReason::FeedUnknown);
    let mut nowhere = Client::connect(&server.url, SpaceId::from_bytes([8; 32])).await;
    assert_eq!(reason(nowhere.log_in(&vault.devices[0]).await), ErrorReason::SpaceUnknown);

    let removal = vault.removing(vault.devices[1].feed(), None);
    first.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    assert_eq!(reason(second.push(vault.write(1, 1)).await), ErrorReason::FeedRemoved);
    assert_eq!(second.list(None).await.expect("listed").0.len(), 3);
    let mut again = Client::connect(&server.url, vault.space()).await;
    again.log_in(&vault.devices[1]).await.expect("in, to read why");
}

#[tokio::test]
async fn a_call_needs_a_session_of_its_space() {
    let (vault, other) = (Vault::new(1), Vault::new(2));
    let server = Running::with(&vault).await;
    server.hold(&other).await;
    let member = Client::enter(&server.url, &vault, 0).await;
    let mut clients = vec![Client::connect(&server.url, vault.space()).await];
    clients.push(Client { token: Some(Token::from_bytes([1; 32])), ..member.beside() });
    clients.push(Client { space: other.space(), ..member.beside() });
    let link = vault.advancing();
    for client in clients {
        let nothing = haven_feed::Vector::default();
        for size in [300, 700_000] {
            assert_eq!(reason(client.push(vec![vec![1; size].into()]).await), ErrorReason::Unauthenticated);
        }
        assert_eq!(reason(client.pull(&nothing, None).await), ErrorReason::Unauthenticated);
        assert_eq!(reason(client.list(None).await), ErrorReason::Unauthenticated);
        assert_eq!(reason(client.append(vault.roster.head(), &link).await), ErrorReason::Unauthenticated);
        let open = pb::OpenMailboxRequest { mailbox: vec![1; 16].into(), kind: pb::MailboxKind::Link.into() };
        let opened = within(client.mailboxes().open_mailbox(client.request(open))).await;
        if client.space == vault.space() {
            assert_eq!(reason(opened), ErrorReason::Unauthenticated);
        }
    }
}

#[tokio::test]
async fn malformed_ids_are_refused() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::connect(&server.url, vault.space()).await;
    let mut sessions = pb::session_service_client::SessionServiceClient::new(client.channel.clone());
    for (space, feed) in [(31, 8), (32, 7), (0, 0), (33, 9)] {
        let (space, member) = (vec![1; space].into(), vec![1; feed].into());
        let request = pb::ChallengeRequest { space, member, role: pb::MemberRole::Feed.into() };
        assert_eq!(reason(sessions.challenge(request).await), ErrorReason::RequestMalformed);
    }
    for role in [0, 4, -1] {
        let (space, member) = (vec![1; 32].into(), vec![1; 8].into());
        let request = pb::ChallengeRequest { space, member, role };
        assert_eq!(reason(sessions.challenge(request).await), ErrorReason::RequestMalformed, "{role}");
    }
    let request = pb::LogInRequest {
        space: vec![1; 32].into(),
        member: vec![1; 8].into(),
        nonce: vec![1; 32].into(),
        signature: vec![1; 63].into(),
        role: pb::MemberRole::Feed.into(),
    };
    assert_eq!(reason(sessions.log_in(request).await), ErrorReason::RequestMalformed);
}
