//! Starting, draining and starting again.

use haven_feed::Vector;
use haven_server::keeper;
use haven_server::options::Limits;
use haven_wire::error::Refusal;
use haven_wire::pb::ErrorReason;
use tokio::sync::mpsc;

use crate::client::{Client, within};
use crate::kit::Vault;
use crate::running::Running;

#[tokio::test]
async fn a_restart_changes_nothing_but_the_sessions() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let written = vault.write(0, 7);
    client.push(written.clone()).await.expect("pushed");
    let before = client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    let server = Running::on(server.stop().await, Limits::default()).await;
    let again = Client { token: client.token, ..Client::connect(&server.url, vault.space()).await };
    assert_eq!(crate::client::reason(again.list(None).await), ErrorReason::Unauthenticated);
    let again = Client::enter(&server.url, &vault, 1).await;
    let after = again.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(
        (&after.records, &after.vector, &after.store_id),
        (&written, &before.vector, &before.store_id)
    );
    again.push(vault.write(0, 1)).await.expect("the feed goes on where it stood");
}

#[tokio::test]
async fn a_drain_ends_streams_and_loses_no_answer() {
    let mut vault = Vault::with_devices(1, 8);
    let server = Running::with(&vault).await;
    let url = server.url.clone();
    let listener = Client::enter(&url, &vault, 0).await;
    let mut pull = listener.pull(&Vector::default(), None).await.expect("pulled");
    pull.past().await.expect("the past");
    let (acknowledged, mut acknowledgements) = mpsc::unbounded_channel();
    let mut pushing = tokio::task::JoinSet::new();
    for device in 0..8 {
        let (client, records) = (Client::enter(&url, &vault, device).await, vault.write(device, 2_000));
        let acknowledged = acknowledged.clone();
        pushing.spawn(async move {
            for record in records {
                match client.push(vec![record]).await {
                    Ok(vector) => acknowledged.send(vector).expect("counted"),
                    Err(status) => return Refusal::of(&status).reason,
                }
            }
            unreachable!("the server stops long before");
        });
    }
    drop(acknowledged);
    let mut promised = Vector::default();
    for _ in 0..50 {
        promised.advance_all(&within(acknowledgements.recv()).await.expect("an answer"));
    }
    let (folder, served) = server.begin_stop();
    within(served).await.expect("no panic").expect("a good end");
    assert_eq!(pull.end().await, ErrorReason::Draining);
    for reason in within(pushing.join_all()).await {
        assert!(matches!(reason, ErrorReason::Draining | ErrorReason::Unspecified), "{reason:?}");
    }
    while let Ok(vector) = acknowledgements.try_recv() {
        promised.advance_all(&vector);
    }
    assert!(!folder.path().join("store.db-wal").exists(), "the store was closed in order");
    let findings = keeper::check(folder.path()).expect("checked");
    assert_eq!(findings.problems, Vec::<String>::new());

    let server = Running::on(folder, Limits::default()).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let held =
        client.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past").vector;
    assert_eq!(promised.missing_from(&held).count(), 0, "every answer was a promise");
}

#[tokio::test]
async fn two_servers_do_not_share_a_folder() {
    let server = Running::start().await;
    let options = haven_server::Options::new(server.folder.path());
    assert!(haven_server::serve::open(&options).is_err());
    let folder = server.stop().await;
    assert!(haven_server::serve::open(&haven_server::Options::new(folder.path())).is_ok());
}
