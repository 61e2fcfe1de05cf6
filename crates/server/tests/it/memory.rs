//! What a server weighs.

use bytes::Bytes;
use haven_feed::limits::{FEEDS_EVER_MAX, HUSKS_TOLD_MAX};
use haven_feed::{FeedId, Position, RecordId, Vector};
use haven_server::init;
use haven_wire::pb;
use haven_wire::pb::space_service_client::SpaceServiceClient;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tonic::transport::Channel;
use tower::ServiceExt as _;

use crate::client::{Client, Piece, Pull, shown, within};
use crate::frames::unfinished;
use crate::kit::{Device, Vault, husk};
use crate::process::{Process, allow_many_connections};
use crate::running::{invite_of, unknown};

const MIB: u64 = 1024 * 1024;

/// A server that holds a vault, in a folder of its own, and the connection that brought it there.
async fn holding(vault: &Vault) -> (TempDir, Process, Client) {
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite_of(folder.path()), vault).await.expect("created");
    (folder, process, client)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_light_empty_full_and_listened_to() {
    allow_many_connections();
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let empty = process.resident();
    assert!(empty <= 15 * MIB, "{empty} bytes empty");

    let mut vaults: Vec<Vault> = (1..=34).map(Vault::new).collect();
    let mut members = Vec::new();
    for vault in &vaults {
        let client = Client::connect(&process.url, vault.space()).await;
        client.create(&invite_of(folder.path()), vault).await.expect("created");
        members.push(Client::enter(&process.url, vault, 0).await);
    }
    for _ in 0..20 {
        members[0].push(vaults[0].write_sized(0, 500, 1_200)).await.expect("pushed");
    }
    let past =
        members[0].pull(&Vector::default(), None).await.expect("pulled").past().await.expect("the past");
    assert_eq!(past.records.len(), 10_000);
    let full = process.resident();
    assert!(full <= 30 * MIB, "{full} bytes with 10,000 entries");

    let mut listeners = Vec::new();
    for (vault, member) in vaults.iter().zip(&members).skip(1) {
        for _ in 0..30 {
            let listener = member.elsewhere(&process.url).await;
            let mut pull =
                listener.pull(&Vector::default(), Some(vault.roster.head().seq)).await.expect("pulled");
            pull.past().await.expect("the past");
            listeners.push((listener, pull));
        }
    }
    let each = process.resident().saturating_sub(full) / listeners.len() as u64;
    assert!(each <= 40 * 1024, "{each} bytes a listener");
    println!("empty {empty}, full {full}, listener {each}");
}

/// Messages of half a million fields of two bytes, each of which would take a hundred where it is read; by strangers, and by a
/// member.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crowds_of_empty_fields_take_little_room() {
    let vault = Vault::new(1);
    let (_folder, process, _client) = holding(&vault).await;
    let before = process.resident();
    let mut asked = JoinSet::new();
    for n in 0..12 {
        let client = match n % 3 {
            0 => Client::enter(&process.url, &vault, 0).await,
            _ => Client::connect(&process.url, vault.space()).await,
        };
        asked.spawn(async move {
            match n % 3 {
                0 => client.push(vec![Bytes::new(); 500_000]).await.map(drop),
                1 => client.pull_spaces(vec![pb::PullSpace::default(); 500_000]).await.map(drop),
                _ => {
                    let links = vec![Bytes::new(); 500_000];
                    let request =
                        pb::CreateSpaceRequest { links, ..shown(&unknown().proof_for(&client.space)) };
                    let mut spaces = SpaceServiceClient::new(client.channel.clone());
                    within(spaces.create_space(request)).await.map(drop)
                }
            }
        });
    }
    while let Some(answered) = asked.join_next().await {
        assert!(answered.expect("it ends").is_err(), "none of these is a request");
    }
    let grown = process.peak().saturating_sub(before);
    println!("grown {grown}");
    assert!(grown <= 32 * MIB, "{grown} bytes");
    Client::enter(&process.url, &vault, 0).await.list(None).await.expect("the server goes on");
}

/// A quarter of the strangers there may be, each with as many requests as one connection may have, with many headers and a body
/// that never comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_that_never_end_take_little_room() {
    const STRANGERS: usize = 64;
    const STREAMS: usize = 64;
    const WAIT: usize = 4;
    allow_many_connections();
    let vault = Vault::new(1);
    let (_folder, process, _client) = holding(&vault).await;
    let before = process.resident();
    let mut asked = JoinSet::new();
    for _ in 0..STRANGERS {
        let stranger = Client::connect(&process.url, vault.space()).await;
        for _ in 0..STREAMS {
            let path = format!("{}/haven.sync.v1.SessionService/Challenge", process.url);
            let mut request = http::Request::post(path).header("content-type", "application/grpc");
            for n in 0..150 {
                request = request.header(format!("x-{n}"), "large");
            }
            let request =
                request.body(tonic::body::Body::new(Piece::unfinished(Vec::new()))).expect("a request");
            asked.spawn(stranger.channel.clone().oneshot(request));
        }
        // All but a few are answered at once.
        for _ in 0..STREAMS - WAIT {
            within(asked.join_next()).await.expect("asked").expect("it ends").expect("answered");
        }
    }
    let grown = process.resident().saturating_sub(before);
    println!("grown {grown}");
    assert!(grown <= 24 * MIB, "{grown} bytes");
    Client::enter(&process.url, &vault, 0).await.list(None).await.expect("the server goes on");
}

/// Four times as many strangers as there may be, at once; each begins as many requests as a connection may have and ends none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_that_comes_faster_than_it_goes_takes_little_room() {
    const STRANGERS: usize = 1_000;
    const STREAMS: u32 = 64;
    allow_many_connections();
    let vault = Vault::new(1);
    let (_folder, process, _client) = holding(&vault).await;
    let before = process.resident();
    let begun = unfinished("/haven.sync.v1.SpaceService/CreateSpace", STREAMS);
    let mut crowd = Vec::new();
    for _ in 0..STRANGERS {
        let address = process.url.trim_start_matches("http://");
        let mut stranger = within(TcpStream::connect(address)).await.expect("a connection");
        // Who was cut off already may be told so here.
        let _ = stranger.write_all(&begun).await;
        crowd.push(stranger);
    }
    Client::enter(&process.url, &vault, 0).await.list(None).await.expect("the server goes on");
    let grown = process.peak().saturating_sub(before);
    println!("grown {grown}");
    assert!(grown <= 64 * MIB, "{grown} bytes");
}

/// Asks for everything on many connections, as often as one takes it, and reads none of it. Gives what has to be kept for that.
async fn asks_and_reads_nothing(process: &Process, member: &Client) -> Vec<(Client, Vec<Pull>)> {
    const CONNECTIONS: usize = 16;
    const STREAMS: usize = 60;
    let mut asked = Vec::new();
    for _ in 0..CONNECTIONS {
        let client = member.elsewhere(&process.url).await;
        let mut pulls = Vec::new();
        for _ in 0..STREAMS {
            pulls.extend(client.pull(&Vector::default(), None).await.ok());
        }
        asked.push((client, pulls));
    }
    asked
}

/// A thief with a device's keys, and the same once the device was removed. The others hear all there is meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_nobody_reads_take_little_room() {
    allow_many_connections();
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let mut vault = Vault::with_devices(1, 2);
    while vault.links.iter().map(|link| link.bytes().len()).sum::<usize>() < 900 * 1024 {
        let link = vault.advancing();
        vault.append(link);
    }
    let client = Client::connect(&process.url, vault.space()).await;
    client.create(&invite_of(folder.path()), &vault).await.expect("created");
    let owner = Client::enter(&process.url, &vault, 0).await;
    for _ in 0..8 {
        owner.push(vault.write_sized(0, 32, 16_000)).await.expect("pushed");
    }
    let thief = Client::enter(&process.url, &vault, 1).await;
    for is_removed in [false, true] {
        if is_removed {
            let removal = vault.removing(vault.devices[1].feed(), None);
            owner.append(vault.roster.head(), &removal).await.expect("removed");
            vault.append(removal);
        }
        let before = process.resident();
        let asked = asks_and_reads_nothing(&process, &thief).await;
        for _ in 0..20 {
            let mut pull = owner.pull(&Vector::default(), None).await.expect("pulled");
            assert_eq!(pull.past().await.expect("the past").records.len(), 256);
        }
        let grown = process.resident().saturating_sub(before);
        println!("grown {grown}, removed {is_removed}");
        assert!(grown <= 48 * MIB, "{grown} bytes, removed {is_removed}");
        drop(asked);
    }
}

/// Whoever has a session, on a connection that takes no more than HTTP/2 begins with.
async fn narrow(process: &Process, member: &Client) -> Client {
    let endpoint = Channel::from_shared(process.url.clone()).expect("a url");
    let endpoint = endpoint.initial_stream_window_size(65_535).initial_connection_window_size(65_535);
    Client { channel: within(endpoint.connect()).await.expect("a connection"), ..member.beside() }
}

/// A member pushes a mebibyte again and again, of which all but the last record is there already, and listens without taking what
/// comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn news_that_nobody_takes_hold_on_to_no_push() {
    let mut vault = Vault::with_devices(1, 2);
    let (_folder, process, _client) = holding(&vault).await;
    let (owner, listener) =
        (Client::enter(&process.url, &vault, 0).await, Client::enter(&process.url, &vault, 1).await);
    let large = vault.write_sized(0, 1, 700_000);
    owner.push(large.clone()).await.expect("pushed");
    let listener = narrow(&process, &listener).await;
    let pull = listener.pull(&Vector::default(), None).await.expect("pulled");
    let before = process.resident();
    for _ in 0..220 {
        let push = [large.clone(), vault.write(0, 1)].concat();
        owner.push(push).await.expect("pushed");
    }
    let grown = process.peak().saturating_sub(before);
    println!("grown {grown}");
    assert!(grown <= 32 * MIB, "{grown} bytes");
    drop(pull);
}

/// A long list of devices, many streams that nobody reads, and a record between each of them: what a stream has to wait for is not
/// the whole list as it was then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_wait_hold_on_to_no_list_of_devices() {
    const MEMBERS: usize = 16;
    allow_many_connections();
    let folder = tempfile::tempdir().expect("a folder");
    init(folder.path()).expect("a data folder");
    let process = Process::start(folder.path());
    let mut vault = Vault::new(1);
    for _ in 0..1_500 {
        let link = vault.advancing();
        vault.append(link);
    }
    for n in 1..MEMBERS as u64 {
        vault.add(Device::new(1_000 + n));
    }
    let client = Client::connect(&process.url, vault.space()).await;
    let (invite, last) = (invite_of(folder.path()), vault.links.len() - 1);
    let mut held = 0;
    while held < last {
        let count = 150.min(last - held);
        client.bring(&invite, &vault, held, count, held + count < last).await.expect("taken");
        held += count;
    }
    let mut members = Vec::new();
    for device in 0..MEMBERS {
        let member = Client::enter(&process.url, &vault, device).await;
        members.push(narrow(&process, &member).await);
    }
    let owner = Client::enter(&process.url, &vault, 0).await;
    owner.push(vault.write(0, 1)).await.expect("pushed");
    let before = process.resident();
    let mut pulls = Vec::new();
    for member in &members {
        for _ in 0..28 {
            pulls.push(member.pull(&Vector::default(), None).await.expect("pulled"));
            owner.push(vault.write(0, 1)).await.expect("pushed");
        }
    }
    let grown = process.resident().saturating_sub(before);
    println!("grown {grown}");
    assert!(grown <= 48 * MIB, "{grown} bytes");
    drop(pulls);
}

/// A thief adds as many devices as there may be, and listens as each of them as often as it may and reads nothing, with vectors of as
/// many feeds as there can ever be, and as many husks as are told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn vectors_of_those_who_listen_take_little_room() {
    const MEMBERS: u64 = 60;
    allow_many_connections();
    let mut vault = Vault::with_devices(1, MEMBERS);
    let (_folder, process, _client) = holding(&vault).await;
    let made_up = |n: u64| (FeedId::from_bytes(n.to_be_bytes()), Position { seq: 1, id: RecordId::ZERO });
    let vector: Vector = (1..=FEEDS_EVER_MAX as u64).map(made_up).collect();
    let (mut members, mut pulls) = (Vec::new(), Vec::new());
    for device in 0..vault.devices.len() {
        members.push(Client::enter(&process.url, &vault, device).await);
    }
    members[0].push(vault.write(0, HUSKS_TOLD_MAX).iter().map(husk).collect()).await.expect("pushed");
    let before = process.resident();
    let owner = narrow(&process, &members[0]).await;
    let mut channels = vec![owner];
    for member in &members {
        for _ in 0..30 {
            if pulls.len() % 60 == 59 {
                channels.push(narrow(&process, member).await);
            }
            let client = channels.last().expect("one").beside();
            let pulled = member.pulled(&vector, Some(vault.roster.head().seq));
            pulls.extend(client.pull_spaces(vec![pulled]).await.ok());
        }
    }
    let grown = process.resident().saturating_sub(before);
    println!("grown {grown}, {} streams", pulls.len());
    assert!(grown <= 48 * MIB, "{grown} bytes");
    drop(pulls);
}

/// Devices that were removed ask for what they may still hear, on connections that no member has used: each has as many streams at once
/// as it may have requests, so that there are never many of them all together.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_removed_has_as_few_streams_as_requests() {
    const GUESTS: usize = 16;
    const WAIT: usize = 4;
    let mut vault = Vault::with_devices(1, 20);
    let (_folder, process, _client) = holding(&vault).await;
    let owner = Client::enter(&process.url, &vault, 0).await;
    for device in 1..20 {
        let removal = vault.removing(vault.devices[device].feed(), None);
        owner.append(vault.roster.head(), &removal).await.expect("removed");
        vault.append(removal);
    }
    let mut removed = Vec::new();
    for device in 1..20 {
        removed.push(Client::enter(&process.url, &vault, device).await);
    }
    let before = process.resident();
    let mut guests = Vec::new();
    for _ in 0..GUESTS {
        let guest = narrow(&process, &removed[0]).await;
        let mut pulls = Vec::new();
        for n in 0..60 {
            let asked = removed[n % removed.len()].pulled(&Vector::default(), None);
            pulls.extend(guest.pull_spaces(vec![asked]).await.ok());
        }
        // One of them may have come to its end meanwhile.
        assert!(pulls.len() <= 2 * WAIT, "{} streams", pulls.len());
        guests.push((guest, pulls));
    }
    println!("grown {}", process.resident().saturating_sub(before));
    drop(guests);
    owner.list(None).await.expect("the server goes on");
}
