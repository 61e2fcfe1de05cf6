//! The link to a server, against one that does what the test says.

use std::time::Duration;

use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::vault::{ServerInvite, SyncState};
use haven_wire::pb::ErrorReason as Wire;
use tokio::time::sleep;

use crate::device::{Device, STRONG, reason};
use crate::server::{FakeServer, URL};

const WAIT: Option<Duration> = Some(Duration::from_secs(30));

pub(crate) async fn connected() -> (Device, FakeServer) {
    let (device, server) = (Device::new(), FakeServer::new());
    device.host.serve(Some(server.routes()));
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    device.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.unwrap();
    device.client.sync(WAIT).await.unwrap();
    (device, server)
}

async fn state(device: &Device) -> SyncState {
    device.client.status().await.unwrap().sync.state
}

#[tokio::test(start_paused = true)]
async fn pushes_go_one_after_another_in_order_and_with_the_token() {
    let (device, server) = connected().await;
    let writing = (0..20).map(|number| {
        let client = device.client.clone();
        tokio::spawn(async move { client.add(Draft::note(format!("note {number}"))).await.unwrap() })
    });
    for task in writing.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    sleep(Duration::from_secs(5)).await;
    let status = device.client.status().await.unwrap().sync;
    assert_eq!((status.state, status.pending), (SyncState::Idle, 0));
    let seen = server.seen();
    assert_eq!((seen.most_pushing, seen.without_token), (1, 0));
    assert!(seen.pushed.len() >= 20 && seen.pushed.is_sorted_by(|a, b| a < b), "{:?}", seen.pushed);
}

#[tokio::test(start_paused = true)]
async fn a_silent_stream_is_dead_after_a_minute_and_a_pinged_one_is_not() {
    let (device, server) = connected().await;
    let before = server.seen().pulls.len();
    for _ in 0..20 {
        sleep(Duration::from_secs(25)).await;
        assert!(server.ping());
    }
    assert_eq!(server.seen().pulls.len(), before);
    sleep(Duration::from_secs(70)).await;
    assert!(server.seen().pulls.len() > before);
    assert_eq!(state(&device).await, SyncState::Idle);
}

#[tokio::test(start_paused = true)]
async fn an_ended_stream_and_a_stopping_server_are_come_back_to() {
    let (device, server) = connected().await;
    server.seen().pulls.clear();
    sleep(Duration::from_secs(5)).await;
    assert_eq!(state(&device).await, SyncState::Idle);
    server.seen().refuse_push = Some(Wire::Draining);
    device.note("kept here meanwhile").await;
    sleep(Duration::from_secs(1)).await;
    assert_eq!(device.client.status().await.unwrap().sync.pending, 1);
    server.seen().refuse_push = None;
    let synced = device.client.sync(WAIT).await.unwrap();
    assert_eq!(synced.status.pending, 0);
}

#[tokio::test(start_paused = true)]
async fn nobody_at_the_address_costs_a_try_a_minute_and_no_word() {
    let (device, server) = connected().await;
    device.host.serve(None);
    server.seen().pulls.clear();
    sleep(Duration::from_secs(600)).await;
    let before = device.host.dials();
    sleep(Duration::from_secs(3600)).await;
    let tries = device.host.dials() - before;
    assert!((30..=90).contains(&tries), "{tries}");
    let id = device.note("offline").await;
    assert_eq!(device.client.entry(&id, None).await.unwrap().text, "offline");
    assert_eq!(state(&device).await, SyncState::Offline);
    assert_eq!(reason(device.client.sync(WAIT).await), Some(Reason::ServerUnreachable));
    assert_eq!(reason(device.client.start_link().await), Some(Reason::ServerUnreachable));
    device.host.serve(Some(server.routes()));
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(state(&device).await, SyncState::Idle);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_cannot_prove_its_key_hears_nothing() {
    let (device, server) = connected().await;
    server.seen().forge = true;
    server.seen().pulls.clear();
    device.note("not for a stranger").await;
    let pushed = server.seen().pushed.len();
    sleep(Duration::from_secs(300)).await;
    assert!(server.seen().pulls.is_empty());
    assert_eq!(server.seen().pushed.len(), pushed);
    assert!(device.client.status().await.unwrap().alarms > 0);
    let stranger = Device::new();
    stranger.host.serve(Some(server.routes()));
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    let made = stranger.client.init("Laptop", STRONG.to_owned(), Some(choice)).await;
    assert_eq!(reason(made), Some(Reason::ServerUnreachable));
}

#[tokio::test(start_paused = true)]
async fn a_locked_vault_has_no_connection() {
    let (device, server) = connected().await;
    assert!(server.ping());
    device.client.lock().await.unwrap();
    sleep(Duration::from_millis(1)).await;
    assert!(!server.ping());
    let dials = device.host.dials();
    sleep(Duration::from_secs(600)).await;
    assert_eq!(device.host.dials(), dials);
}

#[tokio::test(start_paused = true)]
async fn an_invite_of_another_server_and_another_identity_are_refused() {
    let (device, server) = connected().await;
    assert_eq!(device.client.server().await.unwrap().identity.len(), 64);
    let choice = |invite: String| ServerInvite { url: URL.to_owned(), invite };
    for invite in ["nonsense".to_owned(), {
        let other = haven_feed::keys::Signer::from_seed(&[8; 32]);
        haven_feed::invite::Invite::from_entropy([9; 16], &other.key()).code()
    }] {
        assert_eq!(
            reason(device.client.set_server(choice(invite), false).await),
            Some(Reason::InviteInvalid)
        );
    }
    device.client.set_server(choice(String::new()), false).await.unwrap();
    device.client.set_server(choice(server.invite()), false).await.unwrap();
}
