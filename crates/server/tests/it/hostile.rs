//! Connections that want to be in the way.

use std::io;

use haven_feed::Vector;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tonic::body::Body;
use tonic::transport::Channel;
use tower::ServiceExt as _;

use haven_server::init;

use crate::client::{Client, Piece, within};
use crate::frames::PREFACE;
use crate::kit::Vault;
use crate::process::{Process, allow_many_connections};
use crate::running::{Running, invite_of};

async fn raw(url: &str) -> TcpStream {
    within(TcpStream::connect(url.trim_start_matches("http://"))).await.expect("a connection")
}

/// Reads until the other side closes. Returns what came.
async fn until_closed(stream: &mut TcpStream) -> Vec<u8> {
    let mut came = Vec::new();
    let end: io::Result<usize> = within(stream.read_to_end(&mut came)).await;
    let _ = end;
    came
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_who_say_nothing_do_not_hold_up_one_who_does() {
    allow_many_connections();
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let mut vault = Vault::new(1);
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite_of(folder.path()), &vault).await.expect("created");
    let client = Client::enter(&process.url, &vault, 0).await;

    let mut silent = Vec::new();
    for n in 0..2_000 {
        let mut stream = raw(&process.url).await;
        // Nothing at all, half a preface, a preface without settings, a frame that never ends.
        let said = [&b""[..], &PREFACE[..9], PREFACE, &[PREFACE, &[0, 0, 200, 4, 0, 0, 0, 0, 0]].concat()];
        stream.write_all(said[n % 4]).await.expect("written");
        silent.push(stream);
    }
    for _ in 0..50 {
        client.push(vault.write(0, 1)).await.expect("pushed in time");
    }
    let new = Client::enter(&process.url, &vault, 0).await;
    let past = new.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 50);
    // The one that has been silent longest has made room.
    until_closed(&mut silent[0]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_descriptors_goes_on_once_it_has_some() {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start_with_descriptors(folder.path(), 30);
    let mut silent = Vec::new();
    for _ in 0..100 {
        silent.push(raw(&process.url).await);
    }
    let vault = Vault::new(1);
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite_of(folder.path()), &vault).await.expect("created beside them");
    drop(silent);
    Client::enter(&process.url, &vault, 0).await.list(None).await.expect("the server goes on");
}

#[tokio::test]
async fn whoever_speaks_something_else_is_shown_out() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let frame = |length: [u8; 3], kind: u8, flags: u8, stream: u32| {
        [&length[..], &[kind, flags], &stream.to_be_bytes()].concat()
    };
    let settings = frame([0; 3], 4, 0, 0);
    // A window update of nothing, a frame above the limit, headers that cannot be decoded, data on no stream.
    let frames = [
        [frame([0, 0, 4], 8, 0, 0), vec![0; 4]].concat(),
        frame([0xff; 3], 0, 0, 1),
        [frame([0, 0, 8], 1, 4, 1), vec![0xff; 8]].concat(),
        [frame([0, 0, 4], 0, 0, 1), vec![0; 4]].concat(),
    ];
    let mut said: Vec<Vec<u8>> = frames.iter().map(|frame| [PREFACE, &settings, frame].concat()).collect();
    said.push(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec());
    said.push(vec![0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    said.push(vec![0; 100]);
    for (index, bytes) in said.into_iter().enumerate() {
        let mut stream = raw(&server.url).await;
        stream.write_all(&bytes).await.expect("written");
        let came = until_closed(&mut stream).await;
        assert!(!came.starts_with(b"HTTP/1"), "case {index}");
    }
    Client::enter(&server.url, &vault, 0).await.list(None).await.expect("the server goes on");
}

#[tokio::test]
async fn large_headers_are_refused() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    let mut sent = 0;
    for kib in [1, 4, 20, 200] {
        let mut request = client.request(haven_wire::pb::GetServerRequest {});
        let value = "x".repeat(kib << 10).parse().expect("ASCII");
        request.metadata_mut().insert("x-large", value);
        let mut servers =
            haven_wire::pb::server_service_client::ServerServiceClient::new(client.channel.clone());
        sent += usize::from(within(servers.get_server(request)).await.is_ok());
    }
    assert_eq!(sent, 2, "1 KiB and 4 KiB pass, 20 KiB and 200 KiB do not");
    Client::enter(&server.url, &vault, 0).await.list(None).await.expect("the server goes on");
}

#[tokio::test]
async fn streams_that_are_opened_and_dropped_leave_nothing() {
    let mut vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::enter(&server.url, &vault, 0).await;
    client.push(vault.write(0, 100)).await.expect("pushed");
    for _ in 0..300 {
        let pull = client.pull(&Vector::default(), None).await.expect("pulled");
        drop(pull);
    }
    let mut opened = tokio::task::JoinSet::new();
    for _ in 0..300 {
        let client = client.beside();
        opened.spawn(async move { client.pull(&Vector::default(), None).await.map(drop) });
    }
    opened.abort_all();
    while within(opened.join_next()).await.is_some() {}
    let next = Client::enter(&server.url, &vault, 0).await;
    let past = next.pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 100);
    server.stop().await;
}

#[tokio::test]
async fn unknown_calls_are_unknown() {
    let vault = Vault::new(1);
    let server = Running::with(&vault).await;
    let client = Client::connect(&server.url, vault.space()).await;
    let health = tonic_health::pb::health_client::HealthClient::new(client.channel.clone());
    let request = || tonic_health::pb::HealthCheckRequest { service: String::new() };
    let answer = within(health.clone().check(request())).await.expect("healthy").into_inner();
    assert_eq!(answer.status(), tonic_health::pb::health_check_response::ServingStatus::Serving);
    let watch = within(health.clone().watch(request())).await;
    assert_eq!(watch.err().map(|status| status.code()), Some(tonic::Code::Unimplemented));
}

/// A device that was removed asks for the list of devices again and again and takes none of it: that takes up no room of those who
/// log in or bring a journal.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_removed_takes_up_no_room_of_those_who_come() {
    let mut vault = Vault::with_devices(1, 2);
    while vault.links.iter().map(|link| link.bytes().len()).sum::<usize>() < 600 * 1024 {
        let link = vault.advancing();
        vault.append(link);
    }
    let server = Running::with(&vault).await;
    let owner = Client::enter(&server.url, &vault, 0).await;
    let removed = Client::enter(&server.url, &vault, 1).await;
    let removal = vault.removing(vault.devices[1].feed(), None);
    owner.append(vault.roster.head(), &removal).await.expect("removed");
    let endpoint = Channel::from_shared(server.url.clone()).expect("a url");
    let endpoint = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
    let removed = Client { channel: within(endpoint.connect()).await.expect("a connection"), ..removed };
    let message = [&[0, 0, 0, 0, 34, 0x0a, 32][..], removed.space.as_bytes()].concat();
    let mut answers = Vec::new();
    for _ in 0..20 {
        let mut request = http::Request::post("http://server/haven.sync.v1.RosterService/ListLinks")
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(Body::new(Piece::whole(message.clone())))
            .expect("a request");
        request.headers_mut().extend(removed.request(()).metadata().clone().into_headers());
        answers.push(within(removed.channel.clone().oneshot(request)).await.expect("an answer"));
    }
    let mut large = Vault::with_devices(2, 60);
    for _ in 0..5 {
        let link = large.advancing();
        large.append(link);
    }
    server.hold(&large).await;
    Client::enter(&server.url, &vault, 0).await.list(None).await.expect("listed");
    drop(answers);
}
