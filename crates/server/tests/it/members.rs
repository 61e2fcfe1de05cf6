//! What somebody may do who proved a key: a feed, a paper, a party; and one who was a member once.

use bytes::Bytes;
use haven_feed::auth::Challenge;
use haven_feed::limits::PAPER_SPACES_MAX;
use haven_feed::roster::consent::Role;
use haven_feed::{SpaceId, Vector};
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::{self, ErrorReason};
use tonic::Status;

use crate::client::{Client, Pull, reason, within};
use crate::kit::{Device, Vault};
use crate::running::Running;

async fn as_paper(url: &str, vault: &Vault, paper: &Device) -> Result<Client, Status> {
    let mut client = Client::connect(url, vault.space()).await;
    client.log_in_as(Role::Paper, paper.keys.paper_id().into(), paper).await?;
    Ok(client)
}

/// Reads a stream to its end, on which nothing but links may come.
async fn only_links(pull: &mut Pull) -> (Vec<Bytes>, Status) {
    let mut links = Vec::new();
    loop {
        match pull.next().await {
            Ok(Event::Links(more)) => links.extend(more.links),
            Ok(_) => unreachable!("no hello, no record, no word of what there is"),
            Err(status) => return (links, status),
        }
    }
}

#[tokio::test]
async fn a_removed_member_reads_the_links_up_to_its_removal_and_nothing_else() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    one.push(vault.write(0, 2)).await.expect("pushed");
    let own = vault.write(1, 1);
    let removal = vault.removing(vault.devices[1].feed(), None);
    one.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal.clone());
    let until: Vec<_> = vault.links.iter().map(|link| link.bytes().clone()).collect();
    for _ in 0..3 {
        let later = vault.advancing();
        one.append(vault.roster.head(), &later).await.expect("appended");
        vault.append(later);
    }

    let removed = Client::enter(&server.url, &vault, 1).await;
    let (links, head) = removed.list(None).await.expect("listed");
    assert_eq!((links, head), (until.clone(), removal.head()), "as if the roster ended there");
    assert_eq!(removed.list(Some(3)).await.expect("listed").0.len(), 0);
    for (from, expected) in [(None, &until[..]), (Some(2), &until[3..]), (Some(3), &[]), (Some(99), &[])] {
        let mut pull = removed.pull(&Vector::default(), from).await.expect("pulled");
        let (links, end) = only_links(&mut pull).await;
        assert_eq!((&links[..], reason::<()>(Err(end))), (expected, ErrorReason::FeedRemoved));
    }
    let feed = vault.devices[0].feed();
    assert_eq!(reason(removed.push(own).await), ErrorReason::FeedRemoved);
    assert_eq!(reason(removed.fetch(feed, &[1]).await), ErrorReason::FeedRemoved);
    let link = vault.advancing();
    assert_eq!(reason(removed.append(vault.roster.head(), &link).await), ErrorReason::FeedRemoved);
    for kind in [pb::MailboxKind::Link, pb::MailboxKind::Contact] {
        let open = pb::OpenMailboxRequest { mailbox: vec![1; 16].into(), kind: kind.into() };
        let opened = within(removed.mailboxes().open_mailbox(removed.request(open))).await;
        assert_eq!(reason(opened), ErrorReason::FeedRemoved);
    }
}

/// Whoever was removed while it read nothing, so that all news were dropped on the way to it, hears up to its removal and no further:
/// not who was added after it, nor under which keys.
#[tokio::test]
async fn a_removed_member_that_is_behind_reads_no_link_after_its_removal() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let slow = Client::enter(&server.url, &vault, 1).await;
    let mut pull = slow.pull(&Vector::default(), Some(2)).await.expect("pulled");
    pull.past().await.expect("the past");
    // Far more than all buffers between here and there together.
    for _ in 0..150 {
        one.push(vault.write_sized(0, 1, 40_000)).await.expect("a slow listener holds nobody up");
    }
    let removal = vault.removing(vault.devices[1].feed(), None);
    one.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal.clone());
    let later = vault.adding(&Device::new(3_000));
    one.append(vault.roster.head(), &later).await.expect("added");
    vault.append(later);
    let mut links = Vec::new();
    let end = loop {
        match pull.next().await {
            Ok(Event::Links(more)) => links.extend(more.links),
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert!(links == [removal.bytes().clone()], "{} links", links.len());
    assert_eq!(reason::<()>(Err(end)), ErrorReason::FeedRemoved);
}

/// Removes a device, then adds another one and lets the first write: none of that is for the ears of who was removed. Says up to which
/// link it may hear.
async fn put_out(one: &Client, vault: &mut Vault, device: usize) -> Vec<Bytes> {
    let removal = vault.removing(vault.devices[device].feed(), None);
    one.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    let until = vault.links.iter().map(|link| link.bytes().clone()).collect();
    let later = vault.adding(&Device::new(3_000));
    one.append(vault.roster.head(), &later).await.expect("added");
    vault.append(later);
    one.push(vault.write(0, 1)).await.expect("pushed");
    until
}

/// A vault in which there is far more than all buffers between here and there together.
async fn full(server: &Running, number: u64) -> Vault {
    let mut vault = Vault::with_devices(number, 3);
    server.hold(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    for _ in 0..150 {
        one.push(vault.write_sized(0, 1, 40_000)).await.expect("pushed");
    }
    vault
}

/// The stream is still busy with another vault when the device is removed from this one: it hears so, and gets no greeting.
#[tokio::test]
async fn who_is_removed_before_its_greeting_hears_of_its_removal_alone() {
    let server = Running::start().await;
    let (other, mut vault) = (full(&server, 2).await, Vault::with_devices(1, 3));
    server.hold(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    one.push(vault.write(0, 2)).await.expect("pushed");
    let busy = Client::enter(&server.url, &other, 1).await;
    let removed = Client { channel: busy.channel.clone(), ..Client::enter(&server.url, &vault, 1).await };
    let asked = [&busy, &removed].map(|client| client.pulled(&Vector::default(), None));
    let mut pull = busy.pull_spaces(asked.into()).await.expect("pulled");
    let until = put_out(&one, &mut vault, 1).await;
    assert_eq!(pull.past().await.expect("the other vault").records.len(), 150);
    let (links, end) = only_links(&mut pull).await;
    assert!(links == until, "{} links", links.len());
    assert_eq!(reason::<()>(Err(end)), ErrorReason::FeedRemoved);
}

/// The same in the middle of what it lacks: it isn't told that this was all.
#[tokio::test]
async fn who_is_removed_while_it_catches_up_hears_of_its_removal_and_is_not_caught_up() {
    let server = Running::start().await;
    let mut vault = full(&server, 1).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let removed = Client::enter(&server.url, &vault, 1).await;
    let mut pull = removed.pull(&Vector::default(), None).await.expect("pulled");
    let Ok(Event::Hello(_)) = pull.next().await else { unreachable!("it was a member then") };
    let until = put_out(&one, &mut vault, 1).await;
    let (mut links, mut records) = (Vec::new(), 0);
    let end = loop {
        match pull.next().await {
            Ok(Event::Links(more)) => links.extend(more.links),
            Ok(Event::Records(more)) => records += more.records.len(),
            Ok(_) => unreachable!("it isn't caught up"),
            Err(status) => break status,
        }
    };
    assert!(links == until, "{} links", links.len());
    assert!(records < 150, "only what was on its way: {records} records");
    assert_eq!(reason::<()>(Err(end)), ErrorReason::FeedRemoved);
}

/// Forty connections of somebody who was removed take none of the thirty-two that a space's members have.
#[tokio::test]
async fn a_removed_member_takes_no_room() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let removal = vault.removing(vault.devices[1].feed(), None);
    one.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    let mut removed = Vec::new();
    for _ in 0..40 {
        let client = Client::enter(&server.url, &vault, 1).await;
        client.list(None).await.expect("listed");
        removed.push(client);
    }
    let again = Client::enter(&server.url, &vault, 0).await;
    again.push(vault.write(0, 1)).await.expect("there is room");
}

#[tokio::test]
async fn a_paper_reads_and_links_and_writes_no_records() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 2);
    one.push(written.clone()).await.expect("pushed");
    let paper = as_paper(&server.url, &vault, &vault.paper).await.expect("in");
    let past = paper.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!((past.records, past.links.len()), (written.clone(), 2));
    assert_eq!(paper.fetch(vault.devices[0].feed(), &[1]).await.expect("fetched").len(), 1);
    let link = vault.advancing();
    paper.append(vault.roster.head(), &link).await.expect("appended");
    vault.append(link);
    assert_eq!(reason(paper.push(vault.write(0, 1)).await), ErrorReason::RoleUnfit);
    let open = pb::OpenMailboxRequest { mailbox: vec![1; 16].into(), kind: pb::MailboxKind::Link.into() };
    assert_eq!(
        reason(within(paper.mailboxes().open_mailbox(paper.request(open))).await),
        ErrorReason::RoleUnfit
    );
    let mut forged = Client::connect(&server.url, vault.space()).await;
    let id = vault.paper.keys.paper_id().into();
    assert_eq!(
        reason(forged.log_in_as(Role::Paper, id, &vault.devices[0]).await),
        ErrorReason::SignatureInvalid
    );
    assert_eq!(reason(forged.log_in_as(Role::Feed, id, &vault.paper).await), ErrorReason::FeedUnknown);
}

#[tokio::test]
async fn a_former_paper_hears_that_it_was_replaced_and_nothing_else() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let before = as_paper(&server.url, &vault, &vault.paper).await.expect("in");
    let mut pull = before.pull(&Vector::default(), None).await.expect("pulled");
    pull.past().await.expect("the past");
    let new = Device::new(5_000);
    let link = vault.replacing_paper(&new);
    one.append(vault.roster.head(), &link).await.expect("replaced");
    vault.append(link);
    assert_eq!(pull.end().await, ErrorReason::MemberReplaced);
    assert_eq!(reason(before.list(None).await), ErrorReason::MemberReplaced, "its session is over");
    let again = as_paper(&server.url, &vault, &vault.paper).await.map(drop);
    assert_eq!(reason(again), ErrorReason::MemberReplaced);
    let mut forged = Client::connect(&server.url, vault.space()).await;
    let id = vault.paper.keys.paper_id().into();
    assert_eq!(
        reason(forged.log_in_as(Role::Paper, id, &new).await),
        ErrorReason::SignatureInvalid,
        "told to nobody who does not prove it"
    );
    as_paper(&server.url, &vault, &new).await.expect("the new one is in").list(None).await.expect("listed");
}

#[tokio::test]
async fn a_vault_is_found_by_the_key_of_its_paper_and_by_nothing_else() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    server.hold(&Vault::new(2)).await;
    let client = Client::connect(&server.url, vault.space()).await;
    let find = async |paper: &Device| client.find(paper, &paper.signer).await;
    let space = vec![Bytes::copy_from_slice(vault.space().as_bytes())];
    assert_eq!(find(&vault.paper).await.expect("found"), space);

    // Whether there is such a vault is not told to whoever cannot prove the key; every stranger hears the same.
    let (unknown, thief) = (Device::new(77), Device::new(78));
    assert_eq!(find(&unknown).await.expect("looked"), Vec::<Bytes>::new());
    for paper in [&vault.paper, &unknown] {
        assert_eq!(reason(client.find(paper, &thief.signer).await), ErrorReason::SignatureInvalid);
    }
    assert_eq!(find(&vault.devices[0]).await.expect("a feed is no paper").len(), 0);

    // A proof is good once, for this server, and not a log-in.
    let nowhere = Client { space: SpaceId::ZERO, ..client.beside() };
    let id = vault.paper.keys.paper_id().into();
    let asked = async |client: &Client| client.challenge_as(Role::Paper, id).await.expect("asked").challenge;
    let challenge = asked(&nowhere).await;
    nowhere.find_by(&challenge, &vault.paper, &vault.paper.signer).await.expect("found");
    let again = nowhere.find_by(&challenge, &vault.paper, &vault.paper.signer).await;
    assert_eq!(reason(again), ErrorReason::NonceUnknown);
    let log_in = asked(&client).await;
    let moved = nowhere.find_by(&log_in, &vault.paper, &vault.paper.signer).await;
    assert_eq!(reason(moved), ErrorReason::NonceUnknown, "a challenge of a space is none for a look-up");
    let elsewhere = Challenge { server: thief.signer.key(), ..asked(&nowhere).await };
    let answer = nowhere.find_by(&elsewhere, &vault.paper, &vault.paper.signer).await;
    assert_eq!(reason(answer), ErrorReason::SignatureInvalid, "an answer to another server");

    let (new, old) = (Device::new(5_000), Device::new(1_999));
    let link = vault.replacing_paper(&new);
    let one = Client::enter(&server.url, &vault, 0).await;
    one.append(vault.roster.head(), &link).await.expect("replaced");
    vault.append(link);
    assert_eq!(reason(find(&old).await), ErrorReason::MemberReplaced);
    assert_eq!(find(&new).await.expect("found"), space);
    let server = Running::on(server.stop().await, haven_server::options::Limits::default()).await;
    let client = Client::connect(&server.url, vault.space()).await;
    assert_eq!(client.find(&new, &new.signer).await.expect("after a restart"), space);
    assert_eq!(reason(client.find(&old, &old.signer).await), ErrorReason::MemberReplaced);
}

/// One kit, with which somebody began anew again and again: the vaults that have another paper by now hide none that has this one.
#[tokio::test]
async fn vaults_of_before_hide_none_of_now() {
    let server = Running::start().await;
    let paper = || Device::new(1_999);
    let nowhere = Client::connect(&server.url, SpaceId::ZERO).await;
    let find = async || nowhere.find(&paper(), &paper().signer).await;
    for number in 10..30 {
        let mut vault = Vault::of_paper(number, paper());
        let link = vault.replacing_paper(&Device::new(number * 1_000 + 5));
        vault.append(link);
        server.hold(&vault).await;
    }
    assert_eq!(reason(find().await), ErrorReason::MemberReplaced);
    let mut present = Vec::new();
    for number in 40..40 + PAPER_SPACES_MAX as u64 + 2 {
        let vault = Vault::of_paper(number, paper());
        server.hold(&vault).await;
        present.push(Bytes::copy_from_slice(vault.space().as_bytes()));
        let told = present.len().min(PAPER_SPACES_MAX);
        assert_eq!(find().await.expect("found"), present[..told]);
    }
}
