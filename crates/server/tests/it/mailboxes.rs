//! Mailboxes between two devices that do not share a space yet.

use std::time::Duration;

use haven_wire::limits::MAILBOX_FAREWELL_INDEX;
use haven_wire::pb::{self, ErrorReason, MailboxKind};
use tonic::Status;

use crate::client::{Client, reason, within};
use crate::kit::Vault;
use crate::running::Running;

const BOX: [u8; 16] = [7; 16];

async fn open(client: &Client, mailbox: &[u8], kind: MailboxKind) -> Result<Duration, Status> {
    let message = pb::OpenMailboxRequest { mailbox: mailbox.to_vec().into(), kind: kind.into() };
    let answer = within(client.mailboxes().open_mailbox(client.request(message))).await?;
    Ok(Duration::from_millis(answer.get_ref().expires_in_ms))
}

async fn post(client: &Client, mailbox: &[u8], index: u32, message: &[u8]) -> Result<(), Status> {
    let message =
        pb::PostMessageRequest { mailbox: mailbox.to_vec().into(), index, message: message.to_vec().into() };
    within(client.mailboxes().post_message(message)).await.map(drop)
}

async fn watch(
    client: &Client,
    mailbox: &[u8],
    after_index: u32,
) -> Result<tonic::Streaming<pb::WatchMailboxResponse>, Status> {
    let message = pb::WatchMailboxRequest { mailbox: mailbox.to_vec().into(), after_index };
    Ok(within(client.mailboxes().watch_mailbox(message)).await?.into_inner())
}

async fn close(client: &Client, mailbox: &[u8]) -> Result<(), Status> {
    leave(client, mailbox, b"").await
}

async fn leave(client: &Client, mailbox: &[u8], farewell: &[u8]) -> Result<(), Status> {
    let farewell = farewell.to_vec().into();
    let message = pb::CloseMailboxRequest { mailbox: mailbox.to_vec().into(), farewell };
    within(client.mailboxes().close_mailbox(client.request(message))).await.map(drop)
}

#[tokio::test]
async fn two_ends_exchange_their_messages() {
    let vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let existing = Client::enter(&server.url, &vault, 0).await;
    let joiner = Client::connect(&server.url, vault.space()).await;
    assert_eq!(open(&existing, &BOX, MailboxKind::Link).await.expect("open"), Duration::from_secs(270));
    assert!(open(&existing, &BOX, MailboxKind::Link).await.expect("again") <= Duration::from_secs(270));
    let mut for_existing = watch(&existing, &BOX, 0).await.expect("watched");
    let mut for_joiner = watch(&joiner, &BOX, 1).await.expect("watched");
    for index in 1..=5 {
        let (from, to) =
            if index % 2 == 1 { (&joiner, &mut for_existing) } else { (&existing, &mut for_joiner) };
        let sent = vec![u8::try_from(index).expect("few"); 500];
        post(from, &BOX, index, &sent).await.expect("posted");
        post(from, &BOX, index, &sent).await.expect("the same again");
        assert_eq!(reason(post(from, &BOX, index, b"other").await), ErrorReason::MailboxFull);
        loop {
            let message = within(to.message()).await.expect("no fault").expect("a message");
            if message.index == index {
                assert_eq!(message.message, sent);
                break;
            }
        }
    }
    assert_eq!(reason(post(&joiner, &BOX, 6, b"one more").await), ErrorReason::MailboxFull);
    close(&existing, &BOX).await.expect("closed");
    while within(for_joiner.message()).await.expect("a closed mailbox ends its streams well").is_some() {}
    assert_eq!(reason(watch(&joiner, &BOX, 0).await), ErrorReason::MailboxUnknown);
    close(&existing, &BOX).await.expect("closed before is closed");
}

#[tokio::test]
async fn what_is_not_a_mailbox_is_refused() {
    let vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let stranger = Client::connect(&server.url, vault.space()).await;
    assert_eq!(reason(open(&stranger, &BOX, MailboxKind::Link).await), ErrorReason::Unauthenticated);
    assert_eq!(reason(open(&one, &BOX[..15], MailboxKind::Link).await), ErrorReason::RequestMalformed);
    assert_eq!(reason(open(&one, &BOX, MailboxKind::Unspecified).await), ErrorReason::RequestMalformed);
    assert_eq!(reason(post(&one, &BOX, 1, b"early").await), ErrorReason::MailboxUnknown);
    assert_eq!(reason(watch(&one, &BOX, 0).await), ErrorReason::MailboxUnknown);
    open(&one, &BOX, MailboxKind::Link).await.expect("open");
    assert_eq!(reason(open(&two, &BOX, MailboxKind::Link).await), ErrorReason::MailboxExists);
    close(&two, &BOX).await.expect("not its own: nothing happens");
    assert_eq!(reason(close(&stranger, &BOX).await), ErrorReason::Unauthenticated);
    post(&stranger, &BOX, 1, b"still open").await.expect("posted");
    assert_eq!(reason(post(&stranger, &BOX, 2, b"").await), ErrorReason::RequestMalformed);
    assert_eq!(reason(post(&stranger, &BOX, 2, &[1; 4_097]).await), ErrorReason::RequestMalformed);
    assert_eq!(reason(post(&stranger, &BOX, 2, &[1; 20_000]).await), ErrorReason::RecordTooLarge);
    for n in 0..7 {
        open(&one, &[100 + n; 16], MailboxKind::Link).await.expect("room");
    }
    assert_eq!(reason(open(&two, &[200; 16], MailboxKind::Link).await), ErrorReason::RateLimited);
    for n in 0..4 {
        open(&one, &[50 + n; 16], MailboxKind::Contact).await.expect("room of its own");
    }
    assert_eq!(reason(open(&two, &[60; 16], MailboxKind::Contact).await), ErrorReason::RateLimited);
    assert_eq!(reason(open(&one, &[50; 16], MailboxKind::Link).await), ErrorReason::MailboxExists);
}

/// Seven days are longer than any server runs: what was acknowledged is there after a restart, in the same places.
#[tokio::test]
async fn a_contacts_mailbox_outlives_a_restart() {
    let vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let contact = Client::connect(&server.url, vault.space()).await;
    let week = Duration::from_secs(7 * 24 * 3_600);
    assert_eq!(open(&one, &BOX, MailboxKind::Contact).await.expect("open"), week);
    open(&one, &[8; 16], MailboxKind::Link).await.expect("open");
    post(&contact, &BOX, 1, b"from one end").await.expect("posted");
    post(&one, &BOX, 2, b"from the other").await.expect("posted");

    let server = Running::on(server.stop().await, haven_server::options::Limits::default()).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let contact = Client::connect(&server.url, vault.space()).await;
    assert_eq!(
        reason(watch(&contact, &[8; 16], 0).await),
        ErrorReason::MailboxUnknown,
        "a few minutes are not"
    );
    assert!(open(&one, &BOX, MailboxKind::Contact).await.expect("still its own") <= week);
    let mut heard = watch(&contact, &BOX, 1).await.expect("watched");
    let message = within(heard.message()).await.expect("no fault").expect("a message");
    assert_eq!((message.index, &message.message[..]), (2, &b"from the other"[..]));
    assert_eq!(reason(post(&contact, &BOX, 1, b"another").await), ErrorReason::MailboxFull);
    post(&contact, &BOX, 1, b"from one end").await.expect("the same again");
    leave(&one, &BOX, b"why").await.expect("closed");
    let message = within(heard.message()).await.expect("no fault").expect("a message");
    assert_eq!((message.index, &message.message[..]), (MAILBOX_FAREWELL_INDEX, &b"why"[..]));

    let server = Running::on(server.stop().await, haven_server::options::Limits::default()).await;
    let contact = Client::connect(&server.url, vault.space()).await;
    assert_eq!(reason(watch(&contact, &BOX, 0).await), ErrorReason::MailboxUnknown);
}

#[tokio::test]
async fn whoever_listens_hears_the_farewell_of_the_opener_and_of_nobody_else() {
    let vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let joiner = Client::connect(&server.url, vault.space()).await;
    open(&one, &BOX, MailboxKind::Link).await.expect("open");
    let mut heard = watch(&joiner, &BOX, 1).await.expect("watched");
    leave(&two, &BOX, b"not theirs to leave").await.expect("nothing happens");
    assert_eq!(reason(leave(&one, &BOX, &[1; 4_097]).await), ErrorReason::RequestMalformed);
    leave(&one, &BOX, b"why").await.expect("closed");
    let message = within(heard.message()).await.expect("no fault").expect("a message");
    assert_eq!((message.index, &message.message[..]), (MAILBOX_FAREWELL_INDEX, &b"why"[..]));
    assert!(within(heard.message()).await.expect("it ends well").is_none());
    assert_eq!(reason(watch(&joiner, &BOX, 0).await), ErrorReason::MailboxUnknown);
}

/// A stolen device takes all the mailboxes that a vault may have, and is removed. Those who stay have room at once, also where what it opened
/// lasts for a week; what they opened themselves stays, also after a restart.
#[tokio::test]
async fn whoever_was_removed_takes_up_no_mailbox_of_those_who_stay() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let stolen = Client::enter(&server.url, &vault, 1).await;
    open(&one, &[1; 16], MailboxKind::Link).await.expect("open");
    open(&one, &[2; 16], MailboxKind::Contact).await.expect("open");
    let kinds = [(MailboxKind::Link, 100, 7), (MailboxKind::Contact, 200, 3)];
    for (kind, first, count) in kinds {
        for n in first..first + count {
            open(&stolen, &[n; 16], kind).await.expect("room");
        }
        assert_eq!(reason(open(&one, &[50; 16], kind).await), ErrorReason::RateLimited);
    }
    let removal = vault.removing(vault.devices[1].feed(), None);
    one.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    for (kind, first, count) in kinds {
        post(&stolen, &[first; 16], 1, b"there while there is room").await.expect("posted");
        for n in 0..count {
            open(&one, &[first + 20 + n; 16], kind).await.expect("those make room");
            assert_eq!(reason(watch(&one, &[first + n; 16], 0).await), ErrorReason::MailboxUnknown);
        }
        assert_eq!(reason(open(&one, &[50; 16], kind).await), ErrorReason::RateLimited);
        post(&one, &[first + 20; 16], 1, b"still there").await.expect("posted");
    }
    post(&one, &[1; 16], 1, b"still there").await.expect("posted");

    let server = Running::on(server.stop().await, haven_server::options::Limits::default()).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    for (mailbox, is_there) in [(2, true), (200, false), (202, false), (220, true), (222, true)] {
        assert_eq!(watch(&one, &[mailbox; 16], 0).await.is_ok(), is_there, "{mailbox}");
    }
}
