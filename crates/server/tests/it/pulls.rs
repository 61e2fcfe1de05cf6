//! Records down: what a device lacks, then what arrives.

use haven_feed::Vector;
use haven_wire::pb::pull_response::Event;

use crate::client::{Client, place, vector, within};
use crate::kit::Vault;
use crate::running::Running;

#[tokio::test]
async fn a_new_device_gets_everything_in_the_order_of_arrival() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mut all = Vec::new();
    for turn in 0..30 {
        let written = vault.write_sized(turn % 3, 1 + turn % 4, 300 + 5_000 * (turn % 7));
        client.push(written.clone()).await.expect("pushed");
        all.extend(written);
    }
    let new = Client::enter(&server.url, &vault, 1).await;
    let past = new.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records, all);
    assert_eq!(past.links.len(), vault.links.len());
    assert_eq!(past.head, vault.roster.head());
    assert_eq!(past.vector.len(), 3);
    assert_eq!(past.store_id.len(), 16);
}

#[tokio::test]
async fn a_stream_resumes_from_any_vector() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let (mut all, mut stands) = (Vec::new(), vec![Vector::default()]);
    for turn in 0..12 {
        let written = vault.write(turn % 3, 2);
        all.extend(written.clone());
        let mut vector = stands.last().expect("a vector").clone();
        vector.advance_all(&client.push(written).await.expect("pushed"));
        stands.push(vector);
    }
    for (turn, stand) in stands.iter().enumerate() {
        let past = client.pull(stand, Some(2)).await.expect("pulled").past().await.expect("the past");
        assert_eq!(past.records, all[2 * turn..], "after {turn} pushes");
        assert!(past.links.is_empty());
    }
    let only = |device: usize| vector(&[(vault.devices[device].feed(), vault.position(device))]);
    let past = client.pull(&only(1), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 16);
    assert!(past.records.iter().all(|record| place(record).0 != vault.devices[1].feed()));
}

#[tokio::test]
async fn who_has_more_than_the_server_is_told_where_it_stands() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 5);
    client.push(written[..2].to_vec()).await.expect("pushed");
    let has = vector(&[(vault.devices[0].feed(), vault.position(0))]);
    let mut pull = client.pull(&has, Some(9)).await.expect("pulled");
    let past = pull.past().await.expect("the past");
    assert_eq!(past.vector.seq(&vault.devices[0].feed()), 2);
    assert!(past.records.is_empty() && past.links.is_empty());
    let other = Client::enter(&server.url, &vault, 1).await;
    other.push(written[2..].to_vec()).await.expect("refilled");
    let news = vault.write(1, 1);
    other.push(news.clone()).await.expect("pushed");
    assert_eq!(pull.records(1).await, news, "what the device has is not sent to it");
}

#[tokio::test]
async fn what_arrives_goes_to_everybody_but_the_one_who_brought_it() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let mut clients = Vec::new();
    let mut pulls = Vec::new();
    for device in 0..3 {
        let client = Client::enter(&server.url, &vault, device).await;
        let mut pull = client.pull(&Vector::default(), None).await.expect("pulled");
        pull.past().await.expect("the past");
        clients.push(client);
        pulls.push(pull);
    }
    let first = vault.write(0, 3);
    clients[0].push(first.clone()).await.expect("pushed");
    let second = vault.write(1, 2);
    clients[1].push(second.clone()).await.expect("pushed");
    assert_eq!(pulls[2].records(5).await, [first.clone(), second.clone()].concat());
    assert_eq!(pulls[0].records(2).await, second);
    assert_eq!(pulls[1].records(3).await, first);
    let elsewhere = clients[0].elsewhere(&server.url).await;
    let third = vault.write(0, 1);
    elsewhere.push(third.clone()).await.expect("pushed");
    assert_eq!(
        pulls[0].records(1).await,
        third,
        "the same feed on another connection is not the one who listens"
    );
}

#[tokio::test]
async fn large_pushes_are_not_echoed_either() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (one, two) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let mut own = one.pull(&Vector::default(), None).await.expect("pulled");
    let mut others = two.pull(&Vector::default(), None).await.expect("pulled");
    own.past().await.expect("the past");
    others.past().await.expect("the past");
    let mut all = Vec::new();
    for _ in 0..4 {
        let written = vault.write_sized(0, 100, 8_000);
        one.push(written.clone()).await.expect("pushed");
        all.extend(written);
    }
    assert_eq!(others.records(400).await, all);
    let back = vault.write(1, 1);
    two.push(back.clone()).await.expect("pushed");
    assert_eq!(own.records(1).await, back);
}

#[tokio::test]
async fn who_does_not_read_misses_nothing() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let one = Client::enter(&server.url, &vault, 0).await;
    let two = Client::enter(&server.url, &vault, 1).await;
    let slow = Client::enter(&server.url, &vault, 2).await;
    let mut pull = slow.pull(&Vector::default(), None).await.expect("pulled");
    pull.past().await.expect("the past");
    let mut all = Vec::new();
    // Far more than all buffers between here and there together.
    for turn in 0..300 {
        let (client, device) = if turn % 2 == 0 { (&one, 0) } else { (&two, 1) };
        let written = vault.write_sized(device, 1, 40_000);
        client.push(written.clone()).await.expect("a slow listener holds nobody up");
        all.extend(written);
    }
    assert_eq!(pull.records(300).await, all);
    let news = vault.write(0, 1);
    one.push(news.clone()).await.expect("pushed");
    assert_eq!(pull.records(1).await, news);
}

#[tokio::test]
async fn one_stream_serves_many_spaces() {
    let mut vaults: Vec<Vault> = (1..5).map(Vault::new).collect();
    let server = Running::start().await;
    let mut writers = Vec::new();
    for vault in &mut vaults {
        server.hold(vault).await;
        let writer = Client::enter(&server.url, vault, 0).await;
        writer.push(vault.write(0, 3)).await.expect("pushed");
        writers.push(writer);
    }
    let mut listener = Client::connect(&server.url, vaults[0].space()).await;
    let mut spaces = Vec::new();
    for vault in &vaults {
        listener.space = vault.space();
        listener.log_in(&vault.devices[0]).await.expect("in");
        spaces.push(listener.pulled(&Vector::default(), None));
    }
    let mut pull = listener.pull_spaces(spaces).await.expect("pulled");
    for vault in &vaults {
        let past = pull.past().await.expect("the past");
        assert_eq!((past.records.len(), past.head), (3, vault.roster.head()));
    }
    for (vault, writer) in vaults.iter_mut().zip(&writers).rev() {
        let news = vault.write(0, 1);
        writer.push(news.clone()).await.expect("pushed");
        let Event::Records(records) = pull.next().await.expect("records") else {
            unreachable!("records come")
        };
        assert_eq!((records.space.as_ref(), records.records), (vault.space().as_bytes().as_slice(), news));
    }
}

#[tokio::test]
async fn pushing_while_others_begin_to_listen_loses_nothing() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (writer, reader) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    let written = vault.write(0, 200);
    let expected = written.clone();
    let pushing = tokio::spawn(async move {
        for record in written {
            writer.push(vec![record]).await.expect("pushed");
        }
    });
    for _ in 0..10 {
        let mut pull = reader.pull(&Vector::default(), None).await.expect("pulled");
        let mut records = pull.past().await.expect("the past").records;
        if records.len() < expected.len() {
            let rest = expected.len() - records.len();
            records.extend(pull.records(rest).await);
        }
        assert_eq!(records, expected);
    }
    within(pushing).await.expect("no panic");
}

/// Whoever has taken all the connections that a space may have, as a thief with a device's keys can, keeps nobody out: the oldest of
/// theirs make room, also once they are no member any more.
#[tokio::test]
async fn a_member_that_takes_every_connection_keeps_nobody_out() {
    let mut vault = Vault::with_devices(1, 3);
    let server = Running::with(&vault).await;
    let thief = Client::enter(&server.url, &vault, 1).await;
    let mut taken = Vec::new();
    for _ in 0..40 {
        let client = thief.elsewhere(&server.url).await;
        client.list(None).await.expect("the newest has room");
        taken.push(client);
    }
    let other = Client::enter(&server.url, &vault, 2).await;
    let mut pull = other.pull(&Vector::default(), Some(2)).await.expect("pulled");
    pull.past().await.expect("the past");
    let owner = Client::enter(&server.url, &vault, 0).await;
    let removal = vault.removing(vault.devices[1].feed(), None);
    owner.append(vault.roster.head(), &removal).await.expect("removed");
    vault.append(removal);
    for _ in 0..40 {
        let client = owner.elsewhere(&server.url).await;
        client.list(None).await.expect("the newest has room");
        taken.push(client);
    }
    let linked = pull.next().await.expect("those who have few connections keep them");
    assert!(matches!(linked, Event::Links(_)));
    taken.last().expect("forty").push(vault.write(0, 1)).await.expect("pushed");
    assert_eq!(pull.records(1).await.len(), 1);
}
