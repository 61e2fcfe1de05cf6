//! Strangers take nothing from those who belong here.

use haven_feed::Vector;
use haven_wire::pb::{self, ErrorReason, MailboxKind};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::codegen::Service as _;
use tonic::{Code, Status};
use tower::ServiceExt as _;

use crate::client::{Client, Piece, bytes, reason, within};
use crate::kit::Vault;
use crate::process::allow_many_connections;
use crate::running::Running;

/// A message of one long field, with what gRPC puts before it.
fn message_of(bytes: usize) -> Vec<u8> {
    const HEAD: usize = 4;
    let mut message = vec![0; 5 + bytes];
    message[1..5].copy_from_slice(&u32::try_from(bytes).expect("fits").to_be_bytes());
    let field = bytes - HEAD;
    let digit = |at: u32| u8::try_from(field >> (7 * at) & 0x7f).expect("seven bits");
    message[5..5 + HEAD].copy_from_slice(&[0x0a, digit(0) | 0x80, digit(1) | 0x80, digit(2)]);
    message
}

/// Begins a call of which only the last byte is missing. What it's answered with tells why it ended.
fn stall(tasks: &mut JoinSet<Status>, stranger: &Client, url: &str, call: &str, bytes: usize) {
    let mut body = message_of(bytes);
    body.pop();
    let request = http::Request::post(format!("{url}/haven.sync.v1.{call}"))
        .header("content-type", "application/grpc")
        .body(tonic::body::Body::new(Piece::unfinished(body)))
        .expect("a request");
    let mut channel = stranger.channel.clone();
    tasks.spawn(async move {
        let ready = channel.ready().await.expect("a connection");
        let answer = ready.call(request).await.expect("an answer");
        Status::from_header_map(answer.headers()).expect("a refusal")
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_strangers_do_not_finish_keep_nobody_out() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let mut stalled = JoinSet::new();
    let mut strangers = Vec::new();
    // Each time several times of what there is room for, down to the last bytes: one that is sent away shows that the room is full.
    for bytes in [1_000_000, 100_000, 10_000, 1_000, 100] {
        for _ in 0..10 {
            let stranger = Client::connect(&server.url, vault.space()).await;
            for _ in 0..4 {
                stall(&mut stalled, &stranger, &server.url, "SpaceService/CreateSpace", bytes);
            }
            strangers.push(stranger);
        }
        // One to which a slow machine brought nothing for five seconds is ended for that, and shows nothing.
        loop {
            let ended = within(stalled.join_next()).await.expect("forty").expect("an answer");
            if ended.code() != Code::DeadlineExceeded {
                assert_eq!(reason::<()>(Err(ended)), ErrorReason::RateLimited);
                break;
            }
        }
        while stalled.try_join_next().is_some() {}
    }
    for call in ["SessionService/LogIn", "MailboxService/PostMessage", "SpaceService/FindSpaces"] {
        for _ in 0..8 {
            let stranger = Client::connect(&server.url, vault.space()).await;
            (0..4).for_each(|_| stall(&mut stalled, &stranger, &server.url, call, 8_000));
            strangers.push(stranger);
        }
    }
    let member = Client::enter(&server.url, &vault, 0).await;
    let token = member.token.as_ref().map(|token| bytes(token.as_bytes()));
    let of_space =
        pb::PullSpace { token: token.expect("logged in"), ..member.pulled(&Vector::default(), None) };
    let says_who_within = Client { token: None, ..member.beside() };
    says_who_within
        .pull_spaces(vec![of_space])
        .await
        .expect("a member gets in, also where its request alone says who it is");
    member.list(None).await.expect("a member gets in");
    let found = member.beside().find(&vault.paper, &vault.paper.signer).await;
    assert_eq!(found.expect("a kit finds its vault").len(), 1);
}

#[tokio::test]
async fn a_request_of_a_stranger_that_brings_nothing_more_is_ended() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let stranger = Client::connect(&server.url, vault.space()).await;
    let mut stalled = JoinSet::new();
    for call in ["SessionService/Challenge", "SpaceService/CreateSpace", "FeedService/Pull"] {
        stall(&mut stalled, &stranger, &server.url, call, 1_000);
    }
    while let Some(answer) = within(stalled.join_next()).await {
        assert_eq!(answer.expect("an answer").code(), Code::DeadlineExceeded);
    }
}

#[tokio::test]
async fn a_small_request_stays_small_whatever_follows_its_message() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let stranger = Client::connect(&server.url, vault.space()).await;
    let mut stalled = JoinSet::new();
    stall(&mut stalled, &stranger, &server.url, "SessionService/Challenge", 9_000);
    let answer = within(stalled.join_next()).await.expect("one").expect("an answer");
    assert_eq!(reason::<()>(Err(answer)), ErrorReason::RecordTooLarge);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_being_linked_is_not_cut_off_for_a_crowd() {
    const BOX: [u8; 16] = [7; 16];
    allow_many_connections();
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let member = Client::enter(&server.url, &vault, 0).await;
    let mailbox = BOX.to_vec();
    let opened = pb::OpenMailboxRequest { mailbox: mailbox.clone().into(), kind: MailboxKind::Link.into() };
    within(member.mailboxes().open_mailbox(member.request(opened))).await.expect("open");
    let joiner = Client::connect(&server.url, vault.space()).await;
    let watched = pb::WatchMailboxRequest { mailbox: mailbox.clone().into(), after_index: 0 };
    let mut messages = within(joiner.mailboxes().watch_mailbox(watched)).await.expect("watched").into_inner();

    let mut crowd = Vec::new();
    for _ in 0..600 {
        let address = server.url.trim_start_matches("http://");
        crowd.push(within(TcpStream::connect(address)).await.expect("a connection"));
    }
    // Whoever came first of them has made room.
    within(crowd[0].readable()).await.expect("cut off");
    let posted = pb::PostMessageRequest { mailbox: mailbox.into(), index: 1, message: b"words"[..].into() };
    within(member.mailboxes().post_message(posted)).await.expect("posted");
    let message = within(messages.message()).await.expect("not cut off").expect("a message");
    assert_eq!(message.message, b"words"[..]);
}
