//! The link to a server, against one that does what the test says.

use std::time::Duration;

use bytes::Bytes;
use haven_api::devices::{Join, JoinState};
use haven_api::error::ErrorReason as Reason;
use haven_api::journal::Draft;
use haven_api::vault::{ServerInvite, SyncState};
use haven_wire::pb::{self, ErrorReason as Wire, pull_response::Event};
use tokio::time::sleep;

use crate::device::{Device, STRONG, reason};
use crate::server::{FakeServer, URL, later};

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
async fn whoever_asks_to_sync_and_does_not_wait_is_told_that_the_server_is_away_only_if_it_is() {
    let (device, _server) = connected().await;
    for _ in 0..3 {
        assert_ne!(device.client.sync(None).await.unwrap().status.state, SyncState::Offline);
    }
    device.host.serve(None);
    assert_eq!(device.client.sync(None).await.unwrap().status.state, SyncState::Offline);
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
    let error = device.client.start_link().await.err().unwrap();
    assert_eq!(error.reason, Reason::ServerUnreachable);
    assert!(!error.next.contains("sent later") && error.next.ends_with('.'), "{}", error.next);
    device.host.serve(Some(server.routes()));
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(state(&device).await, SyncState::Idle);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_is_not_there_is_not_set_and_nothing_is_said_to_be_kept_for_it() {
    let alone = Device::with_vault().await;
    let (connected, server) = connected().await;
    let code = connected.client.start_link().await.unwrap().code;
    connected.host.serve(None);
    for (device, what) in [(&alone, "no server was set"), (&connected, "the server was not changed")] {
        let choice = ServerInvite { url: "http://127.0.0.1:1".to_owned(), invite: server.invite() };
        let error = device.client.set_server(choice, false).await.unwrap_err();
        assert_eq!((error.reason, error.what.as_str()), (Reason::ServerUnreachable, what));
        assert!(!error.next.contains("sent later") && error.next.ends_with('.'), "{}", error.next);
    }
    assert_eq!(reason(alone.client.server().await), Some(Reason::NoServer));
    assert_eq!(connected.client.server().await.unwrap().url, URL);
    let new = Device::new();
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    let error = new.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.err().unwrap();
    assert_eq!((error.reason, error.what.as_str()), (Reason::ServerUnreachable, "no journal was made"));
    assert!(!error.next.contains("sent later"), "{}", error.next);
    let joining = Join {
        code,
        server_url: URL.to_owned(),
        device_name: "Phone".to_owned(),
        passphrase: STRONG.to_owned(),
    };
    let mut states = new.client.join(joining).await.unwrap();
    assert_eq!(states.next().await.unwrap(), Some(JoinState::Connecting));
    let error = states.next().await.unwrap_err();
    assert_eq!((error.reason, error.what.as_str()), (Reason::ServerUnreachable, "not joined"));
    assert!(!error.next.contains("sent later"), "{}", error.next);
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

/// Who the server is was asked, and it proved it. Then somebody else answers, and says that there is no such vault: the invite
/// stays where it is.
#[tokio::test(start_paused = true)]
async fn an_invite_is_not_shown_to_somebody_else_who_answers() {
    let (device, server) = (Device::new(), FakeServer::new());
    server.seen().denies = true;
    device.host.serve(Some(server.routes()));
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    device.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.unwrap();
    sleep(Duration::from_secs(300)).await;
    assert_eq!(server.seen().invites, 0);
    assert_eq!(problem(&device).await, Some(Reason::ServerIdentityChanged));
    server.seen().denies = false;
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(problem(&device).await, None);
    assert_eq!(server.seen().invites, 1);
}

/// A hundred thousand records or links of no bytes in one message: that's no message of a server.
#[tokio::test(start_paused = true)]
async fn a_message_of_nothing_but_empty_parts_is_none() {
    for of_links in [false, true] {
        let (device, server) = connected().await;
        let space = Bytes::copy_from_slice(server.seen().head.unwrap().hash.as_bytes());
        let parts = vec![Bytes::new(); 100_000];
        let event = match of_links {
            true => Event::Links(pb::PullLinks { space, links: parts }),
            false => Event::Records(pb::PullRecords { space, records: parts }),
        };
        let before = server.seen().pulls.len();
        let sent = server.seen().pulls[before - 1].send(Ok(pb::PullResponse { event: Some(event) }));
        assert!(sent.is_ok());
        sleep(Duration::from_secs(5)).await;
        assert!(server.seen().pulls.len() > before, "the connection is begun anew");
        assert_eq!(device.client.alarms().await.unwrap(), []);
        assert_eq!(state(&device).await, SyncState::Idle);
    }
}

/// A device that was begun with a server that refuses it so.
async fn refused(reason: Wire) -> (Device, FakeServer) {
    let (device, server) = (Device::new(), FakeServer::new());
    server.seen().refuse_space = Some(reason);
    device.host.serve(Some(server.routes()));
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    let made = device.client.init("Laptop", STRONG.to_owned(), Some(choice)).await.unwrap();
    assert_eq!(made.kit.len(), 34, "the kit is told whatever the server says");
    (device, server)
}

async fn problem(device: &Device) -> Option<Reason> {
    device.client.status().await.unwrap().sync.problem
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_the_vault_is_told_with_its_reason_and_the_vault_stands() {
    for (wire, reason) in [
        (Wire::InviteUsed, Reason::InviteUsed),
        (Wire::InviteInvalid, Reason::InviteInvalid),
        (Wire::QuotaExceeded, Reason::ServerRefused),
    ] {
        let (device, server) = refused(wire).await;
        sleep(Duration::from_secs(1)).await;
        assert_eq!(problem(&device).await, Some(reason));
        let error = device.client.sync(WAIT).await.unwrap_err();
        assert_eq!(error.reason, reason);
        assert!(error.next.ends_with('.'), "{}", error.next);
        device.note("written all the same").await;
        server.seen().refuse_space = None;
        let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
        device.client.set_server(choice, false).await.unwrap();
        device.client.sync(WAIT).await.unwrap();
        assert_eq!(problem(&device).await, None);
        assert_eq!(server.seen().pushed, [1]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_person_who_must_act_first_is_not_kept_waiting() {
    let (device, _server) = refused(Wire::InviteUsed).await;
    let began = tokio::time::Instant::now();
    assert_eq!(reason(device.client.sync(WAIT).await), Some(Reason::InviteUsed));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_take_the_vault_is_not_set_and_the_one_before_stays() {
    let device = Device::with_vault().await;
    let (first, other) = (FakeServer::new(), FakeServer::with_seed(8));
    let choice = |server: &FakeServer| ServerInvite { url: URL.to_owned(), invite: server.invite() };
    for server in [&first, &other] {
        server.seen().refuse_space = Some(Wire::InviteUsed);
    }
    device.host.serve(Some(first.routes()));
    let set = device.client.set_server(choice(&first), false).await;
    assert_eq!(reason(set), Some(Reason::InviteUsed));
    assert_eq!(reason(device.client.server().await), Some(Reason::NoServer));
    assert_eq!(state(&device).await, SyncState::None);
    first.seen().refuse_space = None;
    device.client.set_server(choice(&first), false).await.unwrap();
    device.client.sync(WAIT).await.unwrap();
    let before = device.client.server().await.unwrap();

    device.host.serve(Some(other.routes()));
    assert_eq!(reason(device.client.set_server(choice(&other), false).await), Some(Reason::InviteUsed));
    assert_eq!(device.client.server().await.unwrap(), before);
    device.host.serve(Some(first.routes()));
    device.note("goes to the first one").await;
    device.client.sync(WAIT).await.unwrap();
    assert_eq!((first.seen().pushed.len(), other.seen().pushed.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn another_server_that_the_person_sets_gets_everything() {
    let (device, first) = connected().await;
    device.note("for both").await;
    device.client.sync(WAIT).await.unwrap();
    let other = FakeServer::with_seed(8);
    device.host.serve(Some(other.routes()));
    let without = ServerInvite { url: URL.to_owned(), invite: String::new() };
    assert_eq!(
        reason(device.client.set_server(without.clone(), false).await),
        Some(Reason::ServerIdentityChanged)
    );
    let unknown = device.client.set_server(without, true).await.unwrap_err();
    assert_eq!(unknown.reason, Reason::ServerRefused);
    assert!(unknown.next.contains("an invite") && unknown.at_terminal.contains("--invite"), "{unknown:?}");
    let choice = ServerInvite { url: URL.to_owned(), invite: other.invite() };
    device.client.set_server(choice, false).await.unwrap();
    let synced = device.client.sync(WAIT).await.unwrap();
    assert_eq!((synced.status.pending, synced.status.problem), (0, None));
    assert_eq!((first.seen().pushed.clone(), other.seen().pushed.clone()), (vec![1], vec![1]));
    assert_eq!(device.client.status().await.unwrap().alarms, 0);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_lost_the_vault_gets_nothing_until_the_person_sets_it_again() {
    let (device, server) = connected().await;
    device.note("still here").await;
    device.client.sync(WAIT).await.unwrap();
    {
        let mut seen = server.seen();
        (seen.head, seen.vector) = (None, haven_feed::ids::Vector::default());
        seen.pushed.clear();
        seen.pulls.clear();
    }
    assert_eq!(reason(device.client.sync(WAIT).await), Some(Reason::ServerLostData));
    assert_eq!(problem(&device).await, Some(Reason::ServerLostData));
    let alarms = device.client.alarms().await.unwrap();
    assert_eq!(alarms.iter().map(|alarm| &*alarm.kind).collect::<Vec<_>>(), ["SPACE_LOST"]);
    assert_eq!(server.seen().pushed, [0; 0]);
    let choice = ServerInvite { url: URL.to_owned(), invite: server.invite() };
    device.client.set_server(choice, false).await.unwrap();
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(server.seen().pushed, [1]);
    assert_eq!(device.client.alarms().await.unwrap(), []);
}

#[tokio::test(start_paused = true)]
async fn when_device_and_server_last_agreed_is_known_and_outlives_a_lock() {
    let (device, server) = connected().await;
    let synced = |device: &Device| {
        let client = device.client.clone();
        async move { client.status().await.unwrap().sync.synced }
    };
    let first = synced(&device).await.unwrap();
    sleep(Duration::from_secs(3600)).await;
    device.host.serve(None);
    server.seen().pulls.clear();
    sleep(Duration::from_secs(600)).await;
    let last = synced(&device).await.unwrap();
    let gone_ms = last.as_millis() - first.as_millis();
    assert!((3_500_000..3_700_000).contains(&gone_ms), "in step until the connection broke: {gone_ms}");
    assert_eq!(problem(&device).await, Some(Reason::ServerUnreachable));
    device.client.lock().await.unwrap();
    assert_eq!(synced(&device).await, None, "it is part of what is locked");
    device.client.unlock(STRONG.to_owned()).await.unwrap();
    let kept = synced(&device).await.unwrap();
    let lag_ms = last.as_millis() - kept.as_millis();
    assert!((0..=60_000).contains(&lag_ms), "it is kept to the minute: {lag_ms}");
    assert_eq!(synced(&Device::with_vault().await).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_takes_no_records_is_asked_less_and_less_often_and_says_why() {
    let (device, server) = connected().await;
    server.seen().refuse_push = Some(Wire::QuotaExceeded);
    device.note("no room for it there").await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(problem(&device).await, Some(Reason::ServerRefused));
    let before = device.host.dials();
    sleep(Duration::from_secs(3600)).await;
    let tries = device.host.dials() - before;
    assert!((30..=150).contains(&tries), "{tries}");
    server.seen().refuse_push = None;
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(problem(&device).await, None);
}

#[tokio::test(start_paused = true)]
async fn what_a_later_server_says_besides_is_passed_over() {
    let (device, server) = connected().await;
    let before = device.host.dials();
    for _ in 0..5 {
        assert!(server.say_something_new());
        sleep(Duration::from_secs(20)).await;
    }
    device.note("goes out on the same connection").await;
    sleep(Duration::from_secs(5)).await;
    let status = device.client.status().await.unwrap().sync;
    assert_eq!((status.state, status.pending, status.problem), (SyncState::Idle, 0, None));
    assert_eq!(device.host.dials(), before);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_for_a_reason_of_a_later_version_is_told_and_not_run_against() {
    let (device, server) = connected().await;
    server.seen().refuse_push_later = true;
    device.note("not taken yet").await;
    sleep(Duration::from_secs(600)).await;
    assert_eq!(problem(&device).await, Some(Reason::ServerRefused));
    let before = device.host.dials();
    sleep(Duration::from_secs(3600)).await;
    let tries = device.host.dials() - before;
    assert!((30..=150).contains(&tries), "{tries}");
    server.seen().refuse_push_later = false;
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(problem(&device).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_everything_and_then_refuses_is_come_back_to_less_and_less_often() {
    let (device, server) = connected().await;
    {
        let mut seen = server.seen();
        seen.end_streams = Some(later());
        seen.pulls.clear();
    }
    sleep(Duration::from_secs(600)).await;
    let before = device.host.dials();
    sleep(Duration::from_secs(3600)).await;
    let tries = device.host.dials() - before;
    assert!((30..=150).contains(&tries), "{tries}");
    server.seen().end_streams = None;
    device.note("brought all the same").await;
    device.client.sync(WAIT).await.unwrap();
    assert_eq!(problem(&device).await, None);
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
    let later = device.client.set_server(choice(server.invite() + "-2345-6789"), false).await.unwrap_err();
    assert_eq!(later.reason, Reason::InviteInvalid);
    assert!(later.why.contains("64 characters") && later.next.contains("update Haven"), "{later:?}");
    device.client.set_server(choice(String::new()), false).await.unwrap();
    device.client.set_server(choice(server.invite()), false).await.unwrap();
}
