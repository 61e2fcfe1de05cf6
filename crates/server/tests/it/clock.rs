//! What time does. The clock of these tests stands still and jumps when nothing else is to be done.

use std::time::Duration;

use haven_feed::Vector;
use haven_wire::error::Refusal;
use haven_wire::pb::feed_service_client::FeedServiceClient;
use haven_wire::pb::pull_response::Event;
use haven_wire::pb::{self, ErrorReason, MailboxKind};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, advance, pause};

use crate::client::{Client, bytes};
use crate::kit::Vault;
use crate::running::Running;

/// A server with a vault of one record, a client that is in, and then the clock stopped.
async fn stopped() -> (Running, Vault, Client) {
    let mut vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    client.push(vault.write(0, 1)).await.expect("pushed");
    pause();
    (server, vault, client)
}

fn about(passed: Duration, seconds: u64) -> bool {
    passed >= Duration::from_secs(seconds) && passed < Duration::from_secs(seconds + 1)
}

#[tokio::test]
async fn who_asks_nothing_is_shown_out_after_ten_seconds() {
    let (server, _, _client) = stopped().await;
    for said in [&b""[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"] {
        let start = Instant::now();
        let mut stream =
            TcpStream::connect(server.url.trim_start_matches("http://")).await.expect("connected");
        stream.write_all(said).await.expect("written");
        let mut came = Vec::new();
        let _ = stream.read_to_end(&mut came).await;
        assert!(about(start.elapsed(), 10), "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_quiet_stream_is_pinged_and_ends_well_when_its_connection_is_old() {
    let (_server, _, client) = stopped().await;
    let start = Instant::now();
    let request = client.request(pb::PullRequest { spaces: vec![client.pulled(&Vector::default(), None)] });
    let mut stream =
        FeedServiceClient::new(client.channel.clone()).pull(request).await.expect("pulled").into_inner();
    let mut last = start;
    let mut pings = 0;
    while let Some(message) = stream.message().await.expect("no fault") {
        if let Some(Event::Ping(_)) = message.event {
            assert!(about(last.elapsed(), 25), "{:?}", last.elapsed());
            pings += 1;
        }
        last = Instant::now();
    }
    let age = start.elapsed();
    assert!(age >= Duration::from_secs(3_599) && age <= Duration::from_secs(3_960), "{age:?}");
    assert!(pings >= 143, "{pings}");
}

#[tokio::test]
async fn a_challenge_is_good_for_a_minute_and_a_session_for_a_quarter_of_an_hour() {
    let (_server, vault, mut client) = stopped().await;
    let device = &vault.devices[0];
    for (seconds, is_good) in [(59, true), (60, false)] {
        let challenge = client.challenge(device.feed()).await.expect("asked").challenge;
        advance(Duration::from_secs(seconds)).await;
        let answer = client.answer(&challenge, device.signer.sign(&challenge.login_digest())).await;
        match answer {
            Ok(_) => assert!(is_good, "{seconds}"),
            Err(status) => {
                assert_eq!((is_good, Refusal::of(&status).reason), (false, ErrorReason::NonceUnknown));
            }
        }
    }
    client.log_in(device).await.expect("in");
    advance(Duration::from_secs(899)).await;
    client.list(None).await.expect("still in");
    advance(Duration::from_secs(1)).await;
    assert_eq!(crate::client::reason(client.list(None).await), ErrorReason::Unauthenticated);
    client.log_in(device).await.expect("in again");
    client.list(None).await.expect("in");
}

#[tokio::test]
async fn a_mailbox_is_over_once_both_devices_had_their_time() {
    let (_server, _, client) = stopped().await;
    let mailbox = bytes([7; 16]);
    let open = pb::OpenMailboxRequest { mailbox: mailbox.clone(), kind: MailboxKind::Link.into() };
    client.mailboxes().open_mailbox(client.request(open)).await.expect("open");
    let post = |index| pb::PostMessageRequest { mailbox: mailbox.clone(), index, message: bytes([1; 9]) };
    client.mailboxes().post_message(post(1)).await.expect("posted");
    let start = Instant::now();
    let watch = pb::WatchMailboxRequest { mailbox: mailbox.clone(), after_index: 0 };
    let mut stream = client.mailboxes().watch_mailbox(watch.clone()).await.expect("watched").into_inner();
    assert_eq!(stream.message().await.expect("no fault").expect("a message").index, 1);
    let end = stream.message().await.expect_err("the end");
    assert_eq!(Refusal::of(&end).reason, ErrorReason::MailboxExpired);
    assert!(about(start.elapsed(), 270) || about(start.elapsed(), 269), "{:?}", start.elapsed());
    let late = client.mailboxes().post_message(post(2)).await.expect_err("over");
    let never = client.mailboxes().watch_mailbox(watch).await.expect_err("over");
    for status in [late, never] {
        assert_eq!(Refusal::of(&status).reason, ErrorReason::MailboxUnknown, "like one that never was");
    }
}

#[tokio::test]
async fn who_takes_nothing_for_a_minute_is_cut_off() {
    let mut vault = Vault::with_devices(1, 2);
    let server = Running::with(&vault).await;
    let (writer, listener) =
        (Client::enter(&server.url, &vault, 0).await, Client::enter(&server.url, &vault, 1).await);
    for _ in 0..30 {
        writer.push(vault.write_sized(0, 1, 700_000)).await.expect("pushed");
    }
    pause();
    let start = Instant::now();
    let mut pull = listener.pull(&Vector::default(), None).await.expect("pulled");
    // The stream is not read while the clock runs; the connection itself answers pings.
    tokio::time::sleep_until(start + Duration::from_secs(200)).await;
    let mut records = 0;
    let end = loop {
        match pull.next().await {
            Ok(Event::Records(more)) => records += more.records.len(),
            Ok(_) => {}
            Err(status) => break status,
        }
    };
    assert!(records < 30, "{records} came before the cut");
    assert_eq!(Refusal::of(&end).reason, ErrorReason::Unspecified, "{end:?}");
    writer.list(None).await.expect("others go on");
}
