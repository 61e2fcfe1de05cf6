//! Rosters: the server orders links and cannot write them.

use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use haven_wire::pb::pull_response::Event;

use crate::client::{Client, reason};
use crate::kit::{Device, Vault};
use crate::running::Running;

#[tokio::test]
async fn of_two_links_at_one_place_one_is_appended() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    for round in 0..5 {
        let links =
            [vault.adding(&Device::new(500 + 2 * round)), vault.adding(&Device::new(501 + 2 * round))];
        let head = vault.roster.head();
        let answers = tokio::join!(one.append(head, &links[0]), two.append(head, &links[1]));
        assert!(answers.0.is_ok() != answers.1.is_ok(), "round {round}");
        let [first, second] = links;
        let (won, lost, refused) = match answers {
            (Ok(_), Err(refused)) => (first, second, refused),
            (Err(refused), Ok(_)) => (second, first, refused),
            _ => unreachable!("one of them"),
        };
        vault.append(won);
        let refusal = Refusal::of(&refused);
        assert_eq!(
            (refusal.reason, refusal.roster_head),
            (ErrorReason::RosterMoved, Some(vault.roster.head()))
        );
        assert_eq!(reason(one.append(head, &lost).await), ErrorReason::RosterMoved, "it stays lost");
        let confirmed = one.append(head, vault.links.last().expect("a link")).await.expect("confirmed again");
        assert_eq!(confirmed, vault.roster.head());
    }
    let (links, head) = one.list(Some(2)).await.expect("listed");
    assert_eq!(links, vault.later_links()[2..].to_vec());
    assert_eq!(head, vault.roster.head());
    assert_eq!(one.list(Some(head.seq)).await.expect("listed").0.len(), 0);
    assert_eq!(one.list(Some(u64::MAX)).await.expect("listed").0.len(), 0);
}

#[tokio::test]
async fn a_link_that_does_not_hold_is_refused() {
    let (mut vault, other) = (Vault::with_devices(1, 2), Vault::new(2));
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let head = vault.roster.head();
    let by_stranger = Vault {
        roster: vault.roster.clone(),
        links: vec![],
        devices: vec![Device::new(66)],
        paper: Device::new(67),
    };
    let without_consent = vault.adding(&Device { keys: Device::new(5).keys, ..Device::new(6) });
    let cases = [
        (by_stranger.adding(&Device::new(67)), ErrorReason::LinkRejected),
        (without_consent, ErrorReason::LinkRejected),
        (vault.adding(&Device::new(1_001)), ErrorReason::LinkRejected),
        (vault.removing(Device::new(7).feed(), None), ErrorReason::LinkRejected),
        (other.adding(&Device::new(8)), ErrorReason::RequestMalformed),
        (vault.links[0].clone(), ErrorReason::RequestMalformed),
    ];
    for (index, (link, expected)) in cases.into_iter().enumerate() {
        assert_eq!(reason(client.append(head, &link).await), expected, "case {index}");
    }
    let good = vault.advancing();
    assert_eq!(reason(client.append(vault.links[0].head(), &good).await), ErrorReason::RequestMalformed);
    assert_eq!(client.append(head, &good).await.expect("appended"), good.head());
    vault.append(good);
    assert_eq!(client.list(None).await.expect("listed").0.len(), vault.links.len());
}

#[tokio::test]
async fn a_new_link_comes_to_those_who_listen_and_its_feed_may_write() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let mut pull = two.pull(&haven_feed::Vector::default(), Some(0)).await.expect("pulled");
    assert_eq!(pull.past().await.expect("the past").links, vault.later_links());

    let head = vault.roster.head();
    vault.add(Device::new(1_500));
    let link = vault.links.last().expect("a link").clone();
    one.append(head, &link).await.expect("appended");
    let Event::Links(links) = pull.next().await.expect("the link") else { unreachable!("a link comes") };
    assert_eq!(links.links, [link.bytes().clone()]);

    let third = Client::enter(&server.url, &vault, 2).await;
    let written = vault.write(2, 2);
    third.push(written.clone()).await.expect("pushed");
    assert_eq!(pull.records(2).await, written);
}

#[tokio::test]
async fn a_removed_feed_hears_of_it_and_of_nothing_more() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let mut pull = two.pull(&haven_feed::Vector::default(), None).await.expect("pulled");
    pull.past().await.expect("the past");
    let link = vault.removing(vault.devices[1].feed(), None);
    one.append(vault.roster.head(), &link).await.expect("removed");
    vault.append(link.clone());
    let Event::Links(links) = pull.next().await.expect("the link") else { unreachable!("a link comes") };
    assert_eq!(links.links, [link.bytes().clone()]);
    one.push(vault.write(0, 1)).await.expect("pushed");
    let Err(end) = pull.next().await else { unreachable!("the stream ends") };
    assert_eq!(Refusal::of(&end).reason, ErrorReason::FeedRemoved);
    let mut again = two.pull(&haven_feed::Vector::default(), None).await.expect("pulled");
    assert_eq!(again.end().await, ErrorReason::FeedRemoved);
}
